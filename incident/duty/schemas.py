"""What the routes of units at work take and give."""

from marshmallow import EXCLUDE, Schema, fields, validate

from incident import schemas as s
from incident.duty.roster import ROLES
from incident.duty.run_cards import HIGHEST_LEVEL
from incident.duty.status import HOWS
from incident.schemas import Strict, moment, one_of, sender_key, some_id


def seen_entry() -> fields.Integer:
    """What the writer had before them; left out, nothing written meanwhile stands in the way."""
    words = "The `seq` at which the writer's screen stood: what another wrote of this unit since is answered 409."
    return fields.Integer(strict=True, validate=validate.Range(0, 2**53), metadata={"description": words})


class DigitIn(Strict):
    """The digit as spoken on the radio; `at` when it was said earlier than it is written."""

    uid = sender_key()
    digit = fields.Integer(required=True, strict=True, validate=validate.Range(0, 9))
    at = moment()
    note = s.words(500)
    seen = seen_entry()


class ServiceIn(Strict):
    """In or out of service; out needs a reason."""

    uid = sender_key()
    in_service = fields.Boolean(required=True)
    reason = s.words(200)
    seen = seen_entry()


class UnitFactsIn(Strict):
    """What is known of a unit; what is left out stays as it is."""

    uid = sender_key()
    kind = fields.String(validate=validate.Length(min=1, max=40))
    agency_code = s.words(20, allow_none=True)
    capabilities = fields.List(
        fields.String(validate=validate.Regexp(r"^[\w\- ]{1,30}$")), validate=validate.Length(max=6)
    )
    base = s.words(80)
    seen = seen_entry()


class UnitTextIn(Strict):
    uid = sender_key()
    text = s.words(500, required=True)


class CalmIn(UnitTextIn):
    """Why a mayday is over."""

    seen = seen_entry()


class SafeIn(Strict):
    """By which way the unit said that it is safe: its own telephone, or by voice to whoever writes it down."""

    uid = sender_key()
    how = one_of(HOWS, required=True)
    text = s.words(200)


class CrewIn(Strict):
    uid = sender_key()
    name = s.words(60, required=True)
    role = one_of(ROLES, required=True)


class DutyShiftIn(Strict):
    uid = sender_key()
    starts_at = fields.AwareDateTime(format="iso", required=True)
    ends_at = fields.AwareDateTime(format="iso", required=True)


class DutyQuery(Schema):
    """The day of the shift table, in the site's zone; today where left out."""

    class Meta:
        unknown = EXCLUDE

    day = fields.Date()


class KindIn(Strict):
    uid = sender_key()
    code = fields.String(required=True, validate=validate.Length(1, 40))
    name_id = s.words(60, required=True)
    name_en = s.words(60, required=True)
    agency_code = s.words(20, allow_none=True)
    least_crew = fields.Integer(load_default=0, strict=True, validate=validate.Range(0, 50))


class CapabilityIn(Strict):
    uid = sender_key()
    code = fields.String(required=True, validate=validate.Length(1, 30))
    name_id = s.words(60, required=True)
    name_en = s.words(60, required=True)
    serves = fields.List(
        fields.String(validate=validate.Regexp(r"^[\w\-/]{1,30}$")), load_default=list, validate=validate.Length(max=12)
    )


class SendAllIn(Strict):
    """The units as they were proposed."""

    uid = sender_key()
    unit_ids = fields.List(some_id(), required=True, validate=validate.Length(1, 50))


class RunCardQuery(Schema):
    class Meta:
        unknown = EXCLUDE

    level = fields.Integer(validate=validate.Range(1, HIGHEST_LEVEL))


class SentOut(Schema):
    """The units that were sent now, and the entries; `again`: nothing new was written."""

    sent = fields.List(fields.Integer(), required=True)
    entries = fields.List(fields.Nested(s.EntryOut), required=True)
    again = fields.Boolean(required=True)
