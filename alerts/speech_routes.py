"""The announcement of an alert as a WAV file, to play over a loudspeaker by hand."""

from textwrap import shorten
from typing import Any

from flask import Response

from alerts import queries, speech
from alerts.rules import ORDERS, words_on_air
from incident import schemas as s
from incident.api import Door, me, post, rule
from incident.errors import NotFound, Refused
from incident.routes import s_id
from incident.rules import ROLE_SEES

api = Door("speech", __name__, url_prefix="/api/v1", description="Alerts as sound")
FILE = {"description": "The file", "content": {"audio/wav": {"schema": {"type": "string", "format": "binary"}}}}


class CannotSpeak(Refused):
    """This machine has no voice, or it failed; the sentence says what to install."""

    status = 409


class SpeechIn(s.Strict):
    """What is to be spoken: the text as it would be sent, its headline, the order (an evacuation begins otherwise)."""

    text = s.words(500, required=True)
    headline = s.words(120)
    order = s.one_of(ORDERS, required=True)


@api.get("/alerts/<int:alert_id>/speech")
@rule(api, "alert.read", 404, 409)
@api.doc(responses={200: FILE})
@api.response(200, s.Anything)
def read_speech(alert_id: int) -> Response:
    """The words of an alert as speech in Bahasa Indonesia (WAV, 22,050 Hz, one channel)."""
    alert = _shown(alert_id)
    return _spoken(alert["headline"], alert["text"], alert["order"], f"siaran-{alert_id}.wav")


@api.post("/alerts/speech")
@rule(api, "alert.write", 409)
@api.doc(responses={200: FILE})
@api.response(200, s.Anything)
@api.arguments(SpeechIn)
def preview_speech(given: dict[str, Any]) -> Response:
    """The same of words that are still being written; nothing is sent."""
    text = words_on_air(given["text"], post().settings.exercise)
    title = given.get("headline") or shorten(given["text"], 80, placeholder=" …")
    return _spoken(title, text, given["order"], "siaran-baru.wav")


def _spoken(headline: str, text: str, order: str, name: str) -> Response:
    try:
        path = speech.speech_file(post().settings.data / "speech", headline, text, is_alarm=order == "evacuate")
    except speech.NoVoice as silence:
        raise CannotSpeak(str(silence)) from None
    given = Response(path.read_bytes(), mimetype="audio/wav")
    given.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return given


def _shown(alert_id: int) -> Any:
    with post().database.read() as conn:
        alert = queries.find_alert(conn, s_id(alert_id))
    if alert is None or (alert["state"] == "draft" and ROLE_SEES[me().role]["alerts"] != "all"):
        raise NotFound("Siaran itu tidak ada.")
    return alert
