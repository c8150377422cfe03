"""Every page there is, taken from the addresses the application knows: a new page is tested the day it is born."""

import http.client
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from incident import rules
from incident.app import create_app
from incident.config import load_settings
from tests.browser.room import SITE, Room
from tests.cast import NAMES

NO_PAGES = ("/api/", "/static/", "/socket.io", "/language/")
FILES = (".png", ".js", ".xml", ".webmanifest")  # a page is asked for by no such name, and drawing one takes seconds
# what stands where an address has a gap
GAPS = {"shift_id": "1", "language": "id", "key": "tidak-berlaku", "shelf_id": "units", "item_id": "1"}
# who looks at a page first, if several may
EYES = ("coordinator", "admin", "call_taker", "dispatcher", "field", "leader", "agency", "village")


@dataclass(frozen=True)
class Leaf:
    """One page: its address, the right it asks for (None: nobody's), and who of the cast looks at it."""

    path: str
    verb: str

    @property
    def roles(self) -> list[str]:
        """Who may open it, the usual one first; nobody needs to be anybody for a public page."""
        return [role for role in EYES if rules.may(role, self.verb)]

    @property
    def name(self) -> str | None:
        """Who opens it in a test about the page itself; nobody, where it is public."""
        return None if self.verb in rules.PUBLIC_VERBS else NAMES[self.roles[0]]


def leaves(room: Room, template: Path, folder: Path) -> list[Leaf]:
    """Every address that answers with a page of this room."""
    return [leaf for leaf in _asked_for(template, folder) if _is_page(room, leaf)]


def _asked_for(template: Path, folder: Path) -> list[Leaf]:
    """Every address that can be opened, its gaps filled; raises KeyError for a gap nobody can fill."""
    shutil.copy(template, folder / "posko.db")
    app = create_app(load_settings(database=f"sqlite:///{folder}/posko.db", data=str(folder), site=SITE), migrate=False)
    try:
        return sorted(
            {_leaf(app, one) for one in app.url_map.iter_rules() if _may_be_page(one)}, key=lambda it: it.path
        )
    finally:
        app.extensions["live"].stop()
        app.extensions["posko"].database.close()


def _may_be_page(one: Any) -> bool:
    return "GET" in one.methods and not one.rule.startswith(NO_PAGES) and not one.rule.endswith(FILES)


def _leaf(app: Any, one: Any) -> Leaf:
    given = {gap: GAPS.get(gap, "1") for gap in one.arguments}
    with app.test_request_context():
        path = app.url_map.bind("127.0.0.1").build(one.endpoint, given, force_external=False)
    return Leaf(path, app.view_functions[one.endpoint].verb)


def _is_page(room: Room, leaf: Leaf) -> bool:
    """Whether a browser is given HTML there."""
    assert room.cast is not None
    line = http.client.HTTPConnection("127.0.0.1", room.port, timeout=20)
    headers = {"Accept": "text/html", **(room.cast.headers(leaf.roles[0]) if leaf.name else {})}
    try:
        line.request("GET", leaf.path, headers=headers)
        answer = line.getresponse()
        return answer.status == 200 and answer.headers.get_content_type() == "text/html"
    finally:
        line.close()
