"""What one may ask of the figures."""

from marshmallow import EXCLUDE, Schema, fields, validate

from incident import rules as house
from incident.figures.rules import BY

FORMS = ("csv", "xlsx")


class FiguresQuery(Schema):
    """A period in days of the site's calendar, a grouping, and what to narrow it to."""

    class Meta:
        unknown = EXCLUDE

    since = fields.Date(
        data_key="from", metadata={"description": "First day, YYYY-MM-DD; 30 days up to today without it."}
    )
    until = fields.Date(data_key="to", metadata={"description": "Last day, counted in."})
    by = fields.String(load_default="type", validate=validate.OneOf(BY, error="Pilih salah satu: {choices}."))
    type = fields.String(validate=validate.Length(max=30))
    priority = fields.String(validate=validate.OneOf(("", *house.PRIORITIES), error="Pilih salah satu: {choices}."))
    agency = fields.String(validate=validate.Length(max=20))
    area = fields.String(
        validate=validate.Regexp(r"^$|^\d\d(\.\d\d(\.\d\d(\.\d{4})?)?)?$", error="Kode Kemendagri, misalnya 52.03.01."),
        metadata={"description": "A Kemendagri code: everything whose code begins with it."},
    )
