"""What the routes of bulletins take."""

from marshmallow import EXCLUDE, Schema, fields, validate

from alerts.bulletins import rules
from alerts.feeds.shape import KINDS
from incident import schemas as s
from incident.schemas import Placed, Strict, degrees, moment, one_of, sender_key


class BulletinsQuery(Schema):
    """How far back to look, for which kind."""

    class Meta:
        unknown = EXCLUDE

    kind = one_of(KINDS)
    hours = fields.Float(load_default=24.0, allow_nan=False, validate=validate.Range(0.1, 24 * 366))
    limit = fields.Integer(load_default=200, validate=validate.Range(1, 1000))


class VolcanoIn(Placed):
    """The level of a volcano as its observatory set it; `basis` is where that stands written."""

    uid = sender_key()
    name = s.words(60, required=True)
    level = one_of(tuple(rules.VOLCANO_LEVELS), required=True)
    lon = degrees(180, required=True)
    lat = degrees(90, required=True)
    basis = s.words(300, required=True)
    at = moment()


class ProposalsQuery(Schema):
    class Meta:
        unknown = EXCLUDE

    state = one_of(("open", "accepted", "declined", "lapsed", "withdrawn"))
    limit = fields.Integer(load_default=100, validate=validate.Range(1, 1000))


class ProposalVerbIn(Strict):
    """The reason; declining needs one."""

    uid = sender_key()
    text = s.words(500)


class FeedIn(Strict):
    """On or off, and what the feed is asked for; what is left out stays as it was."""

    uid = sender_key()
    is_on = fields.Boolean(required=True)
    villages = fields.List(s.words(20), validate=validate.Length(max=200))
    addresses = fields.List(s.words(300), validate=validate.Length(max=200))
