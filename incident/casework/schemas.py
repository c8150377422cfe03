"""What the routes of casework take and give."""

from marshmallow import EXCLUDE, Schema, fields, validate

from incident import schemas as s
from incident.casework.presence import DOINGS
from incident.casework.rules import OWNER_KINDS, TASK_STATES
from incident.schemas import Strict, moment, one_of, seen_moment, sender_key, some_id

MANY = 200  # rows of one split


class TaskIn(Strict):
    """A task: what, for which incident, whose, until when."""

    uid = sender_key()
    words = s.words(500, required=True)
    incident = some_id()
    due_at = moment()
    owner_kind = one_of(OWNER_KINDS)
    owner = s.words(60)


class TaskVerbIn(Strict):
    """The fields of a task's verbs: `hand_over` needs the owner, `drop` a text."""

    uid = sender_key()
    text = s.words(500)
    owner_kind = one_of(OWNER_KINDS)
    owner = s.words(60)


class TasksQuery(Schema):
    class Meta:
        unknown = EXCLUDE

    state = one_of(TASK_STATES)
    incident = fields.Integer(validate=validate.Range(1, 2**53))
    limit = fields.Integer(load_default=200, validate=validate.Range(1, 1000))


class MergeIn(Strict):
    """Which incident it goes to, why, and both as the writer saw them."""

    uid = sender_key()
    into = fields.Integer(required=True, strict=True, validate=validate.Range(1, 2**53))
    text = s.words(500, required=True)
    seen = seen_moment()
    seen_into = seen_moment()


class SplitIn(Strict):
    """Which calls and assignments become an incident of their own, and why."""

    uid = sender_key()
    calls = fields.List(some_id(), required=True, validate=validate.Length(max=MANY))
    assignments = fields.List(some_id(), load_default=list, validate=validate.Length(max=MANY))
    type = s.words(30)
    text = s.words(500, required=True)
    seen = seen_moment()


class StrikeLineIn(Strict):
    uid = sender_key()
    text = s.words(500, required=True)


class PresenceIn(Strict):
    """Read, typed at, or left."""

    doing = one_of((*DOINGS, "left"), required=True)


class PersonHere(Schema):
    name = fields.String(required=True)
    doing = one_of(DOINGS, required=True)


class PresenceOut(Schema):
    """Who is at the incident now, the one who asks among them."""

    people = fields.List(fields.Nested(PersonHere), required=True)


class PresentOut(Schema):
    """incident -> people."""

    present = fields.Dict(required=True)


class UnmaskOut(Schema):
    """The number, and for how many seconds the screen shows it."""

    call = fields.Integer(required=True)
    phone = fields.String(required=True)
    shown_s = fields.Integer(required=True)
    seq = fields.Integer(required=True)


class TasksOut(Schema):
    tasks = fields.List(fields.Dict(), required=True)
