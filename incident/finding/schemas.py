"""What the search takes and gives."""

from marshmallow import Schema, fields, validate

from incident import schemas as s
from incident.schemas import Strict


class FindIn(Strict):
    """What is looked for. It comes in a body: a name or a phone number never stands in an address."""

    q = s.words(200, required=True)
    limit = fields.Integer(load_default=8, strict=True, validate=validate.Range(1, 50))


class FindGroup(Schema):
    """Things of one kind: incidents, calls, rings, tasks, decisions, units, lines, shifts, notes, landmarks."""

    kind = fields.String(required=True)
    rows = fields.List(fields.Dict(), required=True)
    more = fields.Boolean(required=True)


class FindOut(Schema):
    groups = fields.List(fields.Nested(FindGroup), required=True)
