"""What the routes of the handover take and give."""

from marshmallow import EXCLUDE, Schema, fields, validate

from incident import schemas as s
from incident.handover.rules import DECISION_STATES
from incident.schemas import Strict, moment, one_of, sender_key, some_id


def _ends_at() -> fields.AwareDateTime:
    field = moment()
    field.required = True
    return field


class ShiftIn(Strict):
    """A shift that begins: its name and until when it is planned."""

    uid = sender_key()
    name = s.words(40, required=True)
    ends_at = _ends_at()


class LeaveIn(Strict):
    """What the shift that leaves wants the next one to know; it may be empty, it must be said."""

    uid = sender_key()
    words = fields.String(required=True, validate=validate.Length(max=4000))


class SignIn(Strict):
    """The hash of the list that was read, a remark, and the shift that begins with the signature."""

    uid = sender_key()
    hash = s.words(64, required=True)
    remark = s.words(2000)
    name = s.words(40, required=True)
    ends_at = _ends_at()


class DecisionIn(Strict):
    """What was decided, on what basis, who does it, until when, and what it belongs to."""

    uid = sender_key()
    words = s.words(500, required=True)
    owner = s.words(80, required=True)
    basis = s.words(500)
    meeting = s.words(120)
    due_at = moment()
    decided_at = moment()
    incident = some_id()
    status = some_id()


class DecisionVerbIn(Strict):
    """The reason, where the verb needs one."""

    uid = sender_key()
    text = s.words(500)


class DecisionsQuery(Schema):
    class Meta:
        unknown = EXCLUDE

    state = one_of(DECISION_STATES)
    late = fields.Boolean(load_default=False)
    incident = fields.Integer(validate=validate.Range(1, 2**53))
    limit = fields.Integer(load_default=500, validate=validate.Range(1, 5000))


class DecisionsOut(Schema):
    decisions = fields.List(fields.Dict(), required=True)


class ShiftsOut(Schema):
    """The shift that stands with what it handed over, what is open now, and the newest that were signed."""

    standing = fields.Dict(allow_none=True)
    items = fields.List(fields.Dict(), required=True)
    signed = fields.List(fields.Dict(), required=True)
