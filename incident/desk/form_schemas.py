"""What the routes of the form take: what is known of a call so far, notes of places, times, cards."""

from marshmallow import EXCLUDE, Schema, fields, validate

from incident.desk import notes, times
from incident.desk.cards import LARGEST_B
from incident.schemas import Placed, RepeatsIn, Strict, degrees, meant, moment, one_of, sender_key, words


class CluesIn(RepeatsIn):
    """What is known of a call so far, with the words of its place (RT, RW); any of it may be missing."""

    text = words(200)
    with_place = fields.Boolean(
        load_default=True, metadata={"description": "False: the place is as it was, only the number or the words grew."}
    )


class NoteIn(Placed):
    """A note of a place: its words stay with the desk."""

    uid = sender_key()
    kind = one_of(notes.KINDS, required=True)
    words = words(300, required=True)
    lon = degrees(180, required=True)
    lat = degrees(90, required=True)
    radius_m = fields.Float(load_default=50.0, allow_nan=False, validate=validate.Range(5, notes.WIDEST_M))
    expires_at = moment()
    confirmed = meant()


class NoteStrikeIn(Strict):
    uid = sender_key()
    why = words(200, required=True)


class NotesQuery(Schema):
    class Meta:
        unknown = EXCLUDE

    struck = fields.Boolean(load_default=False)
    limit = fields.Integer(load_default=200, validate=validate.Range(1, 1000))


class TimeIn(Strict):
    """One of t0 to t15 as it should be, and why."""

    uid = sender_key()
    which = one_of(times.ORDER, required=True)
    at = fields.AwareDateTime(format="iso", required=True)
    why = words(200, required=True)
    confirmed = fields.Boolean(metadata={"description": "Meant so, though the line of times then looks odd."})


class CardIn(Strict):
    """A question card as TOML; with `check` nothing is kept."""

    uid = sender_key()
    text = fields.String(required=True, validate=validate.Length(min=1, max=LARGEST_B))
    check = fields.Boolean(load_default=False)
