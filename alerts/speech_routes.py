"""The announcement of an alert as a WAV file, to play over a loudspeaker by hand."""

from typing import Any

from flask import Response

from alerts import queries, speech
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


@api.get("/alerts/<int:alert_id>/speech")
@rule(api, "alert.read", 404, 409)
@api.doc(responses={200: FILE})
@api.response(200, s.Anything)
def read_speech(alert_id: int) -> Response:
    """The words of an alert as speech in Bahasa Indonesia (WAV, 22,050 Hz, one channel)."""
    alert = _shown(alert_id)
    is_alarm = alert["order"] == "evacuate"
    try:
        path = speech.speech_file(post().settings.data / "speech", alert["headline"], alert["text"], is_alarm=is_alarm)
    except speech.NoVoice as silence:
        raise CannotSpeak(str(silence)) from None
    given = Response(path.read_bytes(), mimetype="audio/wav")
    given.headers["Content-Disposition"] = f'attachment; filename="siaran-{alert_id}.wav"'
    return given


def _shown(alert_id: int) -> Any:
    with post().database.read() as conn:
        alert = queries.find_alert(conn, s_id(alert_id))
    if alert is None or (alert["state"] == "draft" and ROLE_SEES[me().role]["alerts"] != "all"):
        raise NotFound("Siaran itu tidak ada.")
    return alert
