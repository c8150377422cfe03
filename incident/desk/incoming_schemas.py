"""What the routes of the incoming side take and give: rings, holds, the declared status."""

from marshmallow import EXCLUDE, Schema, fields, validate

from incident.desk import holding, ringing
from incident.desk.decree import MOST_DAYS, STATUS_KINDS
from incident.schemas import Strict, a_word, moment, one_of, phone_number, sender_key, some_id, words

HOURS = holding.LONGEST_HOLD.total_seconds() / 3600


class RingIn(Strict):
    """A call that rings, as an exchange, a gateway or a person at a desk announces it."""

    uid = sender_key()
    phone = phone_number()
    line = words(40)
    source = a_word()
    rang_at = moment()
    claim = fields.Boolean(metadata={"description": "Whoever announces it holds it at once: the key of a desk."})


class RingVerbIn(Strict):
    """The fields of a ring's verbs; each verb says which it needs."""

    uid = sender_key()
    at = moment()
    result = one_of(ringing.RESULTS)
    why = words(200)
    agent = words(60)


class RingOut(Schema):
    """The ring's number, its entry, and whether its telephone number is held back."""

    ring = fields.Integer(required=True)
    seq = fields.Integer(required=True)
    held = fields.Boolean(required=True)


class RingsQuery(Schema):
    class Meta:
        unknown = EXCLUDE

    settled = fields.Integer(load_default=0, validate=validate.Range(0, 500))


class HoldIn(Strict):
    """A number to hold back, given itself or by the ring or call it came with."""

    uid = sender_key()
    phone = phone_number()
    ring = some_id()
    call = some_id()
    reason = words(200, required=True)
    hours = fields.Float(required=True, allow_nan=False, validate=validate.Range(0, HOURS, min_inclusive=False))


class DeclarationIn(Strict):
    """A status declared by decree; `starts_on` is a date of the site."""

    uid = sender_key()
    kind = one_of(STATUS_KINDS, required=True)
    decree = words(120, required=True)
    starts_on = fields.Date(required=True)
    days = fields.Integer(required=True, strict=True, validate=validate.Range(1, MOST_DAYS))


class ExtensionIn(Strict):
    uid = sender_key()
    decree = words(120, required=True)
    days = fields.Integer(required=True, strict=True, validate=validate.Range(1, MOST_DAYS))
