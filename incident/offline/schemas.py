"""What the doors of the offline browser give."""

from marshmallow import Schema, fields


class MeOut(Schema):
    """Who is logged in; `csrf` is null for a token, which needs none."""

    name = fields.String(required=True)
    role = fields.String(required=True)
    csrf = fields.String(required=True, allow_none=True)


class OutboxSecretOut(Schema):
    """The secret of this person's outboxes."""

    secret = fields.String(required=True)
