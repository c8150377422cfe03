"""Screens of every role, kept true by the real reducer of the browser, run in node."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

from incident import board, journal, lens
from incident.post import Post
from incident.rules import COLLECTIONS

REDUCER = Path(__file__).parent / "journeys" / "reducer.mjs"


class Reducer:
    """static/js/picture.js in one long-lived node process."""

    def __init__(self) -> None:
        node = shutil.which("node") or "node"
        self._node = subprocess.Popen([node, str(REDUCER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def apply(self, snapshot: dict[str, Any], entries: list[dict[str, Any]]) -> dict[str, Any]:
        """The snapshot with the entries applied, as a screen would hold it."""
        assert self._node.stdin and self._node.stdout
        self._node.stdin.write(json.dumps({"snapshot": snapshot, "entries": entries}).encode() + b"\n")
        self._node.stdin.flush()
        answer = json.loads(self._node.stdout.readline())
        assert "failure" not in answer, answer["failure"]
        return answer["picture"]  # type: ignore[no-any-return]

    def stop(self) -> None:
        assert self._node.stdin and self._node.stdout
        self._node.stdin.close()
        self._node.wait(10)
        self._node.stdout.close()


class Screen:
    """One open page: a snapshot that grows by entries."""

    def __init__(self, post: Post, reducer: Reducer, viewer: lens.Viewer):
        self.post, self.reducer, self.viewer = post, reducer, viewer
        self.picture = board.snapshot(post, viewer)

    def receive(self, entries: list[dict[str, Any]]) -> None:
        """Apply what came, as this viewer gets it."""
        told = [lens.told(self.viewer, entry) for entry in entries]
        self.picture = self.reducer.apply(self.picture, json.loads(json.dumps(told)))

    def catch_up(self) -> None:
        """Fetch everything after the cursor, in one batch."""
        with self.post.database.read() as conn:
            lines = journal.after(conn, self.picture["seq"], 5000)
        self.receive([line.told() for line in lines])

    def faults(self) -> dict[str, Any]:
        """Where the picture differs from a fresh one, by collection; empty when it is true."""
        return differences(self.picture, board.snapshot(self.post, self.viewer))


def differences(grown: dict[str, Any], fresh: dict[str, Any]) -> dict[str, Any]:
    """What differs between two pictures, by collection and id; the seq must be the same too."""
    found: dict[str, Any] = {}
    for name in COLLECTIONS:
        mine, true = by_id(grown.get(name, [])), by_id(fresh.get(name, []))
        if wrong := {str(key): (mine.get(key), true.get(key)) for key in mine | true if mine.get(key) != true.get(key)}:
            found[name] = wrong
    if grown["seq"] != fresh["seq"]:
        found["seq"] = (grown["seq"], fresh["seq"])
    return found


def by_id(cards: list[dict[str, Any]]) -> dict[Any, dict[str, Any]]:
    return {card["id"]: card for card in cards}


def of_every_kind(units: dict[str, int]) -> dict[str, lens.Viewer]:
    """One viewer of each role, and those whose own is empty, another's, or nobody's."""
    return {
        **{role: lens.Viewer(role) for role in ("admin", "coordinator", "dispatcher", "call_taker", "leader")},
        **{f"field {name}": lens.Viewer("field", unit_id=unit) for name, unit in units.items()},
        "field of no unit": lens.Viewer("field"),
        "agency BPBD": lens.Viewer("agency", agency_code="BPBD"),
        "agency PSC119": lens.Viewer("agency", agency_code="PSC119"),
        "agency of none": lens.Viewer("agency"),
        "village Pringgabaya": lens.Viewer("village", area_code="52.03.01.2001"),
        "district Keruak": lens.Viewer("village", area_code="52.03.02"),
        "village of nowhere": lens.Viewer("village"),
    }
