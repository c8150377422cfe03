"""Screens of every role, kept true by the real reducer of the browser, run in node."""

import datetime as dt
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

from incident import board, journal, lens, queue
from incident.post import Post
from incident.rules import COLLECTIONS

REDUCER = Path(__file__).parent / "journeys" / "reducer.mjs"


class Reducer:
    """static/js/picture.js in one long-lived node process."""

    def __init__(self) -> None:
        node = shutil.which("node") or "node"
        self._node = subprocess.Popen([node, str(REDUCER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def apply(
        self, snapshot: dict[str, Any], entries: list[dict[str, Any]], page: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """The snapshot with the entries applied and the page of the queue added, as a screen would hold it."""
        assert self._node.stdin and self._node.stdout
        told = {"snapshot": snapshot, "entries": entries, "page": page}
        self._node.stdin.write(json.dumps(told).encode() + b"\n")
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
    """One open page: a snapshot that grows by entries; of a queue longer than `most` its head, then its next pages."""

    def __init__(self, post: Post, reducer: Reducer, viewer: lens.Viewer, most: int = queue.MOST):
        self.post, self.reducer, self.viewer = post, reducer, viewer
        self.picture = board.snapshot(post, viewer, most)

    def receive(self, entries: list[dict[str, Any]]) -> None:
        """Apply what came, as this viewer gets it."""
        told = [lens.told(self.viewer, entry) for entry in entries]
        self.picture = self.reducer.apply(self.picture, json.loads(json.dumps(told)))

    def catch_up(self) -> None:
        """Fetch everything after the cursor, in one batch."""
        with self.post.database.read() as conn:
            lines = journal.after(conn, self.picture["seq"], 5000)
        self.receive([line.told() for line in lines])

    def read_on(self, limit: int) -> dict[str, Any] | None:
        """The next page of the queue, as the server tells it now; None when all of it is here."""
        until = self.picture["queue"]["until"]
        return board.more(self.post, self.viewer, queue.read_place(until), limit) if until else None

    def add(self, page: dict[str, Any]) -> None:
        """A page that came, perhaps long after it was read."""
        self.picture = self.reducer.apply(self.picture, [], json.loads(json.dumps(page)))

    def ids(self, collection: str) -> list[int]:
        """Of the cards it shows, in their order."""
        return [card["id"] for card in self.picture[collection]]

    def faults(self) -> dict[str, Any]:
        """Where the picture differs from the whole truth, by collection; empty when it is true."""
        return differences(self.picture, board.snapshot(self.post, self.viewer, 1_000_000))


def differences(grown: dict[str, Any], fresh: dict[str, Any]) -> dict[str, Any]:
    """What differs between a picture and a fresh one of everything, by collection and id; the seq must be the same too.

    A picture of a long queue may lack incidents that stand behind its `until` and that no unit is at work on, nothing
    else; and how many are open it must know all the same.
    """
    found: dict[str, Any] = {}
    for name in COLLECTIONS:
        mine, true = by_id(grown.get(name, [])), by_id(fresh.get(name, []))
        missing = {key for key in true.keys() - mine.keys() if name == "incidents" and _may_lack(grown, true[key])}
        wrong = [key for key in (mine | true).keys() - missing if mine.get(key) != true.get(key)]
        if wrong:
            found[name] = {str(key): (mine.get(key), true.get(key)) for key in wrong}
    for name in ("seq", "queue"):
        said = [one[name] if name == "seq" else one[name]["open"] for one in (grown, fresh)]
        if said[0] != said[1]:
            found[name] = said
    return found


def _may_lack(grown: dict[str, Any], card: dict[str, Any]) -> bool:
    until = grown["queue"]["until"]
    is_settled = card["state"] == "controlled"
    place = queue.Place(card["priority"], is_settled, dt.datetime.fromisoformat(card["opened_at"]), card["id"])
    return until is not None and not card["unit_ids"] and place > queue.read_place(until)


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
