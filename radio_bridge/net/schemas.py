"""What the doors of the net take."""

from marshmallow import fields, validate

from incident import schemas as s
from radio_bridge.net.control import LINES, ORDERS

CALL_SIGN = validate.Regexp(r"^[\w.\-/ ]{2,30}$", error="Nama panggilan: 2 sampai 30 huruf, angka, titik atau garis.")
SIGNAL = validate.Regexp(r"^([1-5]([/ ]?[1-9])?)?$", error="Laporan sinyal seperti diucapkan: 59 atau 5/9.")
NUMBER = fields.Integer(strict=True, validate=validate.Range(1, 200))


class RollCallIn(s.Strict):
    uid = s.sender_key()


class RelaysIn(s.Strict):
    """All relays by number, in the order in which they speak. `before`: the list that the sender changed."""

    uid = s.sender_key()
    relays = fields.List(NUMBER, required=True)
    before = fields.List(NUMBER)


class VoiceNetIn(s.Strict):
    """A net is opened under a name, on a channel as people call it."""

    uid = s.sender_key()
    name = s.words(60, required=True)
    channel = s.words(60, required=True)


class VoiceLineIn(s.Strict):
    """`said_at` when it was said earlier than it is written."""

    uid = s.sender_key()
    kind = fields.String(required=True, validate=validate.OneOf(LINES))
    call_sign = fields.String(required=True, validate=CALL_SIGN)
    report = s.words(300)
    signal = fields.String(validate=SIGNAL)
    said_at = s.moment()


class VoiceOrderIn(s.Strict):
    uid = s.sender_key()
    order = fields.String(required=True, validate=validate.OneOf(tuple(ORDERS)))


class VoiceKeyIn(s.Strict):
    """The sender's key alone: a line is struck, a net is closed."""

    uid = s.sender_key()
