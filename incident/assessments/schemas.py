"""What the doors of the rapid assessment take."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from incident import schemas as s
from incident.assessments import rules


class FigureIn(s.Strict):
    """One figure: a number, nihil, or still being counted."""

    what = s.one_of(rules.WHATS, required=True)
    state = s.one_of(rules.STATES, required=True)
    value = fields.Integer(strict=True, allow_none=True, validate=validate.Range(1, rules.MOST))

    @validates_schema
    def check_value(self, given: dict[str, Any], **_: Any) -> None:
        has_value = given.get("value") is not None
        if given.get("state") == rules.NUMBER and not has_value:
            raise ValidationError("Isi angkanya; nol ditulis sebagai NIHIL.", "value")
        if given.get("state") != rules.NUMBER and has_value:
            raise ValidationError("Angka hanya untuk keadaan angka.", "value")


class AssessIn(s.Strict):
    """Figures of one source, counted or heard at one time."""

    uid = s.sender_key()
    figures = fields.List(fields.Nested(FigureIn), required=True, validate=validate.Length(1, len(rules.WHATS)))
    source = s.one_of(rules.SOURCES, required=True)
    source_words = s.words(120)
    method = s.one_of(rules.METHODS, required=True)
    at = s.moment()

    @validates_schema
    def check_figures(self, given: dict[str, Any], **_: Any) -> None:
        whats = [one["what"] for one in given.get("figures", [])]
        if len(set(whats)) < len(whats):
            raise ValidationError("Satu hal disebut dua kali.", "figures")


class FigureStrikeIn(s.Strict):
    """Why a figure is struck through."""

    uid = s.sender_key()
    why = s.words(200, required=True)


class FigureChooseIn(s.Strict):
    """The sender's key alone."""

    uid = s.sender_key()
