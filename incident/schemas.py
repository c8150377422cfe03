"""What the routes take and give, in one place: it checks bodies and it is the OpenAPI document."""

import datetime as dt
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, pre_load, validate

from gis.coordinates import BadPosition, position
from gis.doubts import is_swapped
from gis.spelling import straightened
from incident import queue, rules
from incident.errors import BadReport


def _speak_indonesian() -> None:
    """marshmallow's own sentences reach the operator: say them in Bahasa Indonesia."""
    sentences: dict[Any, dict[str, str]] = {
        fields.Field: {"required": "Wajib diisi.", "null": "Tidak boleh kosong.", "validator_failed": "Tidak sah."},
        fields.String: {"invalid": "Harus berupa teks.", "invalid_utf8": "Teks berisi karakter yang tidak sah."},
        fields.Number: {"invalid": "Harus berupa angka.", "too_large": "Angkanya terlalu besar."},
        fields.Integer: {"invalid": "Harus berupa bilangan bulat."},
        fields.Float: {"special": "Harus berupa angka biasa."},
        fields.UUID: {"invalid_uuid": "Bukan UUID yang sah."},
        fields.DateTime: {"invalid": "Bukan waktu yang sah (RFC 3339).", "format": "Bukan waktu yang sah."},
        fields.AwareDateTime: {"invalid_awareness": "Waktu harus menyebut zonanya (RFC 3339)."},
        fields.Boolean: {"invalid": "Harus true atau false."},
        fields.List: {"invalid": "Harus berupa daftar."},
        fields.Nested: {"type": "Harus berupa objek."},
        fields.Mapping: {"invalid": "Harus berupa objek."},
    }
    for kind, said in sentences.items():
        kind.default_error_messages = {**kind.default_error_messages, **said}
    validate.Length.message_min = "Paling sedikit {min} huruf."
    validate.Length.message_max = "Paling banyak {max} huruf."
    validate.Length.message_all = "Antara {min} dan {max} huruf."
    validate.Range.message_all = "Antara {{min}} dan {{max}}."
    validate.Range.message_min = "Paling kecil {{min}}."
    validate.Range.message_max = "Paling besar {{max}}."
    validate.Regexp.default_message = "Bentuknya tidak sah."
    validate.OneOf.default_message = "Pilih salah satu: {choices}."


_speak_indonesian()


class Lasting(Schema):
    """A form that nobody changes: flask-smorest copies it for each answer of each route, field by field."""

    def __deepcopy__(self, memo: Any) -> "Lasting":
        return self


class Strict(Lasting):
    """A body: unknown fields are left out, text is trimmed and cleared of turning marks, NUL bytes are refused."""

    class Meta:
        unknown = EXCLUDE

    @pre_load
    def clean(self, given: Any, **_: Any) -> Any:
        if not isinstance(given, dict):
            raise ValidationError("Badan permintaan harus objek JSON.")
        return {name: _trimmed(name, value) for name, value in given.items()}


def _trimmed(name: str, value: Any) -> Any:
    if isinstance(value, str):
        if "\x00" in value:
            raise ValidationError("Teks berisi karakter yang tidak sah.", name)
        try:
            value.encode()
        except UnicodeEncodeError:
            raise ValidationError("Teks berisi karakter yang tidak sah.", name) from None
        return straightened(value).strip()
    return value


def words(limit: int, required: bool = False, **more: Any) -> fields.String:
    """A text of at most `limit` characters; longer is refused, never cut."""
    return fields.String(required=required, validate=validate.Length(min=1 if required else 0, max=limit), **more)


def one_of(choices: Any, required: bool = False) -> fields.String:
    return fields.String(required=required, validate=validate.OneOf(list(choices)))


def a_word(required: bool = False) -> fields.String:
    """A short word of the sender's own table: a channel, a method."""
    return fields.String(required=required, validate=validate.Regexp(r"^[a-z0-9_]{1,20}$"))


def some_id() -> fields.Integer:
    return fields.Integer(strict=True, validate=validate.Range(1, 2**53))


def sender_key() -> fields.UUID:
    return fields.UUID(required=True, metadata={"description": "The sender's key: sent again it does nothing new."})


def moment() -> fields.AwareDateTime:
    """A time with its zone, near enough to ours that every zone can say it (year 1 at +14:00 cannot be said in UTC)."""
    return fields.AwareDateTime(format="iso", validate=_is_of_our_time)


def _is_of_our_time(at: dt.datetime) -> None:
    if not 1970 < at.year < 2200:
        raise ValidationError("Waktu itu tidak mungkin.")


def seen_moment() -> fields.AwareDateTime:
    """What the writer had before them; left out, nothing written meanwhile stands in the way."""
    words = "`changed_at` of the incident as the writer saw it: what another wrote since and conflicts is answered 409."
    return fields.AwareDateTime(format="iso", validate=_is_of_our_time, metadata={"description": words})


def type_code() -> fields.String:
    """A code to look for; also what is no type is answered, with nothing found."""
    return fields.String(validate=validate.Regexp(r"^[\w-]{0,30}$"))


def degrees(limit: int, required: bool = False) -> fields.Float:
    return fields.Float(required=required, allow_nan=False, validate=validate.Range(-limit, limit))


def meant() -> fields.Boolean:
    """Whether a place that looks wrong is meant; asked for by a problem with `confirm`."""
    words = "A place outside Indonesia, or far outside the site's outline, is answered 422 with `confirm: true` "
    return fields.Boolean(metadata={"description": f"{words}until it is sent again with `confirmed: true`."})


def code_of_area() -> fields.String:
    return fields.String(validate=validate.Regexp(r"^\d\d(\.\d\d(\.\d\d(\.\d{4})?)?)?$"))


def phone_number() -> fields.String:
    return fields.String(validate=validate.Regexp(r"^[0-9+*# ()-]{3,30}$"))


class Placed(Strict):
    """A body with `lon` and `lat`; exchanged axes are answered with a problem that offers them as `swapped`."""

    blamed = "lat"

    @pre_load
    def look_at_axes(self, given: Any, **_: Any) -> Any:
        lon, lat = (given.get("lon"), given.get("lat")) if isinstance(given, dict) else (None, None)
        if is_swapped(lon, lat):
            sentence = f"Lintang dan bujur tertukar. Maksudnya bujur {lat}, lintang {lon}?"
            raise BadReport(sentence, self.blamed, swapped={"lon": lat, "lat": lon})
        return given


class PlaceIn(Placed):
    """Where: WGS 84 degrees, `radius_m` the doubt in metres, `text` as the caller said it."""

    blamed = "place"
    lon = degrees(180)
    lat = degrees(90)
    radius_m = fields.Float(allow_nan=False, validate=validate.Range(0, 200_000))
    method = a_word(required=True)
    text = words(200)
    area_code = code_of_area()


class CallerIn(Strict):
    """Who called; stays in the call's row, masked by default."""

    name = words(120)
    phone = phone_number()


class TimesIn(Strict):
    """When it rang (t0), was answered (t1), classified (t2), located (t3), and written on a paper form (t4)."""

    rang_at = moment()
    answered_at = moment()
    classified_at = moment()
    located_at = moment()
    written_at = moment()


def card_answers() -> fields.Dict:
    """Question code -> answer code of a question card; no free words."""
    code = fields.String(validate=validate.Regexp(r"^[a-z][a-z0-9_]{0,29}$"))
    return fields.Dict(keys=code, values=code, validate=validate.Length(max=10))


class CallIn(Strict):
    """A call as the call taker, a form or a gateway gives it."""

    uid = sender_key()
    class_ = fields.String(required=True, data_key="class", validate=validate.OneOf(rules.CLASSES))
    type = fields.String(allow_none=True, validate=validate.Length(max=30))
    priority = fields.String(allow_none=True, validate=validate.OneOf(rules.PRIORITIES))
    priority_reason = words(200, allow_none=True)
    narrative = words(4000, allow_none=True)
    caller = fields.Nested(CallerIn)
    place = fields.Nested(PlaceIn)
    channel = a_word(required=True)
    received_at = moment()
    incident = some_id()
    ring = some_id()
    times = fields.Nested(TimesIn)
    source = one_of(("live", "paper"))
    answers = card_answers()
    suggested = one_of(rules.PRIORITIES)
    confirmed = meant()


def checked_position(lon: Any, lat: Any) -> Any:
    """A Position, or a field error in the operator's words."""
    try:
        return position(lon, lat)
    except BadPosition as fault:
        raise ValidationError(str(fault), "place") from None


class Repeat(Lasting):
    incident = fields.Integer()
    number = fields.String()
    type = fields.String()
    place = fields.String()
    calls = fields.Integer()
    distance_m = fields.Integer(allow_none=True)
    age_s = fields.Integer()
    score = fields.Float()
    reasons = fields.List(fields.String())


class CallOut(Lasting):
    """The call's number, its incident (null unless normal), its entry, and what it may repeat."""

    call = fields.Integer(required=True)
    incident = fields.Integer(required=True, allow_none=True)
    seq = fields.Integer(required=True)
    repeats = fields.List(fields.Nested(Repeat), required=True)


class EntryOut(Lasting):
    """An entry of the journal."""

    seq = fields.Integer(required=True)
    at = fields.String(required=True)
    kind = fields.String(required=True)
    incident_id = fields.Integer(required=True, allow_none=True)
    by = fields.String(required=True)
    body = fields.Dict(required=True)


class Problem(Lasting):
    """RFC 9457."""

    type = fields.String()
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    field = fields.String()
    allowed = fields.List(fields.String())
    confirm = fields.Boolean(metadata={"description": "Send it again with `confirmed: true` if it is meant so."})
    rows = fields.List(fields.Dict(), metadata={"description": "The rows of a file at fault: line, why, confirm."})
    changed = fields.List(
        fields.Dict(), metadata={"description": "What others wrote meanwhile: entries, newest first."}
    )
    fresh = fields.String(metadata={"description": "Send this as `seen` to write all the same."})
    leads_to = fields.Integer(metadata={"description": "The incident that this one was merged into."})
    swapped = fields.Dict(metadata={"description": "The position or the shape with longitude and latitude exchanged."})


class VerbIn(Strict):
    """The fields of an incident's verbs; each verb says which it needs."""

    uid = sender_key()
    text = words(2000)
    disposition = one_of(rules.DISPOSITIONS)
    reason = one_of(rules.OBSTACLE_REASONS)
    unblock_by = words(120)
    next_word_at = moment()
    type = words(30)
    priority = one_of(rules.PRIORITIES)
    place = fields.Nested(PlaceIn)
    confirmed = meant()
    seen = seen_moment()


class AssignIn(Strict):
    """Which unit; `at` when it was told earlier than it is written, by voice or on paper."""

    uid = sender_key()
    unit = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(1, 2**53),
        metadata={"description": "The unit's number; `unit_id` is the same."},
    )
    at = moment()

    @pre_load
    def also_known_as(self, given: Any, **_: Any) -> Any:
        return {"unit": given["unit_id"], **given} if isinstance(given, dict) and "unit_id" in given else given


class StatusIn(Strict):
    """A unit's next status; `at` when it was said earlier than it is written."""

    uid = sender_key()
    note = words(500)
    at = moment()


class PositionIn(Placed):
    uid = sender_key()
    lon = fields.Float(required=True, allow_nan=False, validate=validate.Range(-180, 180))
    lat = fields.Float(required=True, allow_nan=False, validate=validate.Range(-90, 90))
    at = moment()
    by_hand = fields.Boolean(metadata={"description": "A person sent it: it counts as a word of the unit."})
    confirmed = meant()


class UnitIn(Placed):
    uid = sender_key()
    call_sign = fields.String(required=True, validate=validate.Regexp(r"^[\w.\- ]{2,30}$"))
    kind = words(40, required=True)
    agency_code = words(20, allow_none=True)
    capabilities = fields.List(
        fields.String(validate=validate.Regexp(r"^[\w\- ]{1,30}$")), validate=validate.Length(max=6)
    )
    base = words(80)
    lon = degrees(180)
    lat = degrees(90)
    station = fields.Integer(strict=True, validate=validate.Range(1, 200), allow_none=True)
    confirmed = meant()


class PersonIn(Strict):
    uid = sender_key()
    name = words(60, required=True)
    role = one_of(rules.ROLES, required=True)
    secret = fields.String(required=True, load_only=True, validate=validate.Length(8, 200))
    unit_id = fields.Integer(strict=True, allow_none=True, validate=validate.Range(1, 2**53))
    agency_code = words(20, allow_none=True)
    area_code = words(13, allow_none=True)


class UidIn(Strict):
    uid = sender_key()


class IncidentsQuery(Lasting):
    class Meta:
        unknown = EXCLUDE

    bbox = fields.String(metadata={"description": "west,south,east,north in degrees"})
    state = one_of(rules.INCIDENT_STATES)
    type = type_code()
    priority = one_of(rules.PRIORITIES)
    since = moment()
    limit = fields.Integer(load_default=500, validate=validate.Range(1, 5000))
    cursor = fields.Integer(load_default=0, validate=validate.Range(0, 2**53))


class JournalQuery(Lasting):
    class Meta:
        unknown = EXCLUDE

    after = fields.Integer(load_default=0, validate=validate.Range(0, 2**53))
    limit = fields.Integer(load_default=500, validate=validate.Range(1, 2000))


class BoardQuery(Lasting):
    class Meta:
        unknown = EXCLUDE

    most = fields.Integer(load_default=queue.MOST, validate=validate.Range(0, 1_000_000))


class QueueQuery(Lasting):
    class Meta:
        unknown = EXCLUDE

    after = fields.String(load_default=None, validate=validate.Length(max=80))
    limit = fields.Integer(load_default=100, validate=validate.Range(1, 500))
    show = fields.String(load_default="open", validate=validate.OneOf(queue.SHOWS))
    priority = fields.String(load_default=None, validate=validate.OneOf(rules.PRIORITIES))
    q = fields.String(load_default="", validate=validate.Length(max=100))
    state = fields.String(load_default=None, validate=validate.OneOf(rules.OPEN_STATES))
    type = fields.String(load_default=None, validate=validate.Length(max=30))
    agency = fields.String(load_default=None, validate=validate.Length(max=20))
    area = fields.String(load_default=None, validate=validate.Regexp(r"\d\d(\.\d\d(\.\d\d(\.\d{4})?)?)?\Z"))


class RecommendQuery(Lasting):
    class Meta:
        unknown = EXCLUDE

    incident = fields.Integer(required=True, validate=validate.Range(1, 2**53))


class LimitQuery(Lasting):
    class Meta:
        unknown = EXCLUDE

    limit = fields.Integer(load_default=20, validate=validate.Range(1, 200))


class RepeatsQuery(Lasting):
    class Meta:
        unknown = EXCLUDE

    lon = fields.Float(required=True, allow_nan=False, validate=validate.Range(-180, 180))
    lat = fields.Float(required=True, allow_nan=False, validate=validate.Range(-90, 90))
    type = type_code()


class RepeatsIn(Strict):
    """What is known of a call so far; any of it may be missing."""

    lon = degrees(180)
    lat = degrees(90)
    radius_m = fields.Float(allow_nan=False, validate=validate.Range(0, 200_000))
    area_code = code_of_area()
    type = type_code()
    phone = phone_number()
    narrative = words(4000)


class RepeatsOut(Lasting):
    """Open incidents it may be about, the likeliest first."""

    repeats = fields.List(fields.Nested(Repeat), required=True)


class Features(Lasting):
    """A GeoJSON FeatureCollection (RFC 7946)."""

    type = fields.String(required=True, validate=validate.Equal("FeatureCollection"))
    features = fields.List(fields.Dict(), required=True)
    next = fields.Integer(allow_none=True)


class JournalOut(Lasting):
    entries = fields.List(fields.Nested(EntryOut), required=True)
    head = fields.Integer(required=True)


class Anything(Lasting):
    """An object whose members the docs describe."""

    class Meta:
        unknown = EXCLUDE
