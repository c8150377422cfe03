"""What the doors of attachments take."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from incident import schemas as s


def _number() -> fields.Integer:
    """An id in a form, where everything is text."""
    return fields.Integer(validate=validate.Range(1, 2**53))


class AttachmentIn(s.Strict):
    """The fields of the form beside `file`; exactly one of incident_id, call_id, call_uid says whose it is."""

    uid = s.sender_key()
    incident_id = _number()
    call_id = _number()
    call_uid = fields.UUID(metadata={"description": "The key the call was sent with: it may still be on its way."})
    words = s.words(500)
    taken_at = s.moment()

    @validates_schema
    def require_owner(self, given: dict[str, Any], **_: Any) -> None:
        if sum(name in given for name in ("incident_id", "call_id", "call_uid")) != 1:
            raise ValidationError("Sebut satu kejadian atau satu laporan.", "incident_id")


class AttachmentStrikeIn(s.Strict):
    """Why it no longer counts."""

    uid = s.sender_key()
    text = s.words(500, required=True)


class AttachmentOfferIn(s.Strict):
    """Take (true) or leave (false) the position or the time of the camera; what is not named stays offered."""

    uid = s.sender_key()
    position = fields.Boolean()
    time = fields.Boolean()
    seen = s.seen_moment()
    confirmed = fields.Boolean(load_default=False)
