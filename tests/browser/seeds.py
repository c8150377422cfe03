"""An hour in a command room, told through the API: what a browser test or a screenshot looks at."""

import json
import time
import urllib.request
from typing import Any
from uuid import uuid4

from alerts.channels import Incoming
from alerts.webhooks import actions as receiving
from tests.browser.room import Room

CALLS = (
    ("banjir", 116.6268, -8.5542, "Desa Pringgabaya, sebelah pasar", "Air setinggi pinggang, dua orang di atap"),
    ("medis", 116.5361, -8.6501, "Selong, dekat masjid agung", "Bapak 60 tahun, sesak napas"),
    ("longsor", 116.5011, -8.4005, "Sembalun Lawang, km 12", "Jalan tertutup tanah, satu mobil terjebak"),
    ("kebakaran", 116.6103, -8.7012, "Labuhan Haji, gudang ikan", "Api besar, asap hitam"),
    ("pohon", 116.5803, -8.6105, "Aikmel, jalan raya", "Pohon menutup jalan"),
    ("laka", 116.5452, -8.7205, "Keruak, simpang tiga", "Dua motor, satu tidak sadar"),
)


class Caller:
    """Speaks to the API as a role of the cast."""

    def __init__(self, room: Room, role: str):
        assert room.cast is not None
        self.origin, self.token = f"http://127.0.0.1:{room.port}/api/v1", room.cast.tokens[role]

    def post(self, path: str, **said: Any) -> dict[str, Any]:
        return self._ask(path, json.dumps({"uid": str(uuid4()), **said}).encode())

    def put(self, path: str, **said: Any) -> dict[str, Any]:
        return self._ask(path, json.dumps({"uid": str(uuid4()), **said}).encode(), "PUT")

    def get(self, path: str) -> dict[str, Any]:
        return self._ask(path, None)

    def _ask(self, path: str, body: bytes | None, method: str | None = None) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        asked = urllib.request.Request(self.origin + path, body, headers, method=method)
        with urllib.request.urlopen(asked, timeout=60) as answer:
            told: dict[str, Any] = json.load(answer)
            return told


def call(desk: Caller, kind: str, lon: float, lat: float, text: str, narrative: str, **more: Any) -> dict[str, Any]:
    """Take one call."""
    place = {"lon": lon, "lat": lat, "radius_m": 150, "method": "map", "text": text}
    caller = {"name": "Bu Sri", "phone": "081234567321"}
    said = {"class": "normal", "type": kind, "channel": "112", "narrative": narrative, "caller": caller, "place": place}
    return desk.post("/calls", **said, **more)


def a_busy_hour(room: Room) -> list[int]:
    """Six incidents, two units on their way, one alert seen by nobody yet, a prank and a ghost call."""
    desk, head = Caller(room, "call_taker"), Caller(room, "coordinator")
    assert room.cast is not None
    incidents = [int(call(desk, *one)["incident"]) for one in CALLS]
    for kind in ("prank", "ghost"):
        desk.post("/calls", **{"class": kind, "channel": "112"})
    units = room.cast.units
    for incident, unit in zip(incidents, units.values(), strict=False):
        assigned = head.post(f"/incidents/{incident}/assignments", unit_id=unit)
        head.post(f"/assignments/{assigned['body']['assignment']}/acknowledge")
    head.post(
        "/alerts",
        incident_id=incidents[0],
        priority="P1",
        order="go",
        text="Bawa perahu, dua orang di atap.",
        unit_ids=[units["TRC-1"]],
    )
    time.sleep(0.2)
    return incidents


def a_shift_handed_over(room: Room) -> int:
    """A shift begins and leaves its list to be signed."""
    head = Caller(room, "coordinator")
    begun = head.post("/shifts", name="Piket malam", ends_at="2030-01-01T00:00:00Z")
    shift = int(begun["body"]["cards"]["shifts"][0]["id"])
    head.post(f"/shifts/{shift}/leave", words="Pompa 2 rusak.")
    return shift


def a_rumour_and_a_shelter(room: Room) -> None:
    """One answer to a rumour on the public page, one that waits for a second person, and a shelter that is open."""
    desk, head = Caller(room, "dispatcher"), Caller(room, "coordinator")
    for claim in ("Bendungan Pandanduri jebol", "Bantuan hanya untuk pendukung"):
        desk.post("/clarifications", claim=claim, fact="Tidak benar.", evidence="Diperiksa petugas pukul 14.10.")
    waiting = head.get("/clarifications")["clarifications"][0]
    head.post(f"/clarifications/{waiting['id']}/approve", text_hash=waiting["text_hash"])
    shelter = desk.post("/facilities", kind="shelter", name="Lapangan Tugu", lon=116.53, lat=-8.65, capacity=400)
    desk.post(f"/openings/{shelter['body']['facility']}", state="open", hours="24 jam")


def a_kept_message(room: Room, text: str = "Air masuk rumah di Dusun Rejeki, kami di atap") -> None:
    """Somebody wrote what could not be read as a report; it waits for a person."""
    post = room.post()
    try:
        said = {"channel": "whatsapp", "foreign_id": f"wamid.{uuid4()}", "sender": "6281234500077"}
        post.do(receiving.set_aside, "whatsapp", None, Incoming(**said, text=text, at=post.clock()))
    finally:
        post.database.close()
