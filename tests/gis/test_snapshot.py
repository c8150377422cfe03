"""The situation map stands alone: everything inside, nobody asked, and no word of anyone's is anything but text."""

import base64
import hashlib
import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from typing import Any

import pytest

from gis import snapshot
from incident.situation_sample import invent
from tests.room import START
from tests.tricks import TRICKS

CDNS = ("cdn.jsdelivr", "code.jquery", "cdnjs", "bootstrapcdn", "unpkg", "openstreetmap.org", "googleapis")


class Elements(HTMLParser):
    """Every element of a page, as a browser without our trust in it would see them."""

    def __init__(self, page: bytes):
        super().__init__(convert_charrefs=False)
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.inside: list[tuple[str, dict[str, str | None], str]] = []
        self.is_open = False
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        self.is_open = tag in ("script", "style")
        if self.is_open:
            self.inside.append((tag, dict(attrs), ""))

    def handle_data(self, data: str) -> None:
        if self.is_open:
            tag, facts, text = self.inside[-1]
            self.inside[-1] = (tag, facts, text + data)

    def handle_endtag(self, tag: str) -> None:
        self.is_open = False

    def names(self) -> list[str]:
        return [tag for tag, _ in self.found]


def tricked(trick: str) -> dict[str, Any]:
    """A picture with the trick in every text that comes from people or from files."""
    picture = invent(3, START)
    picture["made"]["site"] = trick
    picture["types"] = [[code, trick, trick] for code, _, _ in picture["types"]]
    for row in picture["incidents"]:
        row[9] = row[10] = trick
    picture["units"] = [[trick, 116.5, -8.5, "standby", 10]]
    picture["facilities"] = [[trick, trick, 116.5, -8.5, 5, 5]]
    picture["zones"] = [{**zone, "kind": trick, "words": trick} for zone in picture["zones"]]
    picture["ground"]["names"] = [[116.5, -8.5, 3, trick]]
    picture["ground"]["source"] = trick
    return picture


@pytest.fixture(scope="module")
def plain() -> list[str]:
    """The elements of a file in which nobody tries anything."""
    return Elements(snapshot.draw(tricked("Selong"))).names()


def test_the_file_asks_nobody_for_anything() -> None:
    page = snapshot.draw(invent(5, START))
    for tag, facts in Elements(page).found:
        assert "src" not in facts, tag
        assert (facts.get("href") or "data:").startswith("data:"), facts
    assert [cdn for cdn in CDNS if cdn.encode() in page] == []
    assert not re.search(rb"url\((?!data:|#)", page)
    assert b"sourceMappingURL" not in page


def test_every_script_and_style_is_one_of_ours_by_its_hash() -> None:
    page = Elements(snapshot.draw(invent(5, START)))
    policy = next(facts["content"] for _, facts in page.found if facts.get("http-equiv") == "Content-Security-Policy")
    assert policy == snapshot.policy() and "unsafe" not in policy and "default-src 'none'" in policy
    ours = [(tag, text) for tag, facts, text in page.inside if facts.get("type") != "application/json"]
    assert [tag for tag, _ in ours] == ["style"] * 3 + ["script"] * 3
    for _tag, text in ours:
        assert f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" in policy


@pytest.mark.parametrize("trick", TRICKS)
def test_a_trick_in_every_text_changes_no_element_and_arrives_as_it_was_said(plain: list[str], trick: str) -> None:
    page = Elements(snapshot.draw(tricked(trick)))
    assert page.names() == plain
    text = next(text for _, facts, text in page.inside if facts.get("id") == "picture")
    picture = json.loads(text)
    assert picture["incidents"][0][10] == picture["zones"][0]["words"] == picture["made"]["site"] == trick
    assert not set("<&\u2028\u2029") & set(text)


def test_a_script_that_would_end_its_own_element_is_refused() -> None:
    with pytest.raises(ValueError, match="end its own element"):
        snapshot._inlined("let a = '</ScRiPt>'", "script")


def test_an_exercise_says_so_before_anything_else() -> None:
    picture = invent(1, START)
    assert b"<title>LATIHAN \xc2\xb7 Peta situasi" in snapshot.draw(picture)
    picture["made"] |= {"exercise": False, "language": "en"}
    page = snapshot.draw(picture)
    assert b"<title>Situation map Kabupaten Contoh" in page and b"is-exercise" not in page.split(b"<body")[1][:40]


def test_ten_thousand_incidents_stay_below_five_megabytes() -> None:
    assert len(snapshot.draw(invent(10_000, START))) < 2_000_000


def test_a_module_is_bundled_after_everything_it_imports() -> None:
    seen: set[str] = set()
    for name in snapshot.MODULES:
        text = (snapshot.SCRIPTS / f"{name}.js").read_text()
        wanted = {found[2].rpartition("/")[2] for found in snapshot._IMPORT.finditer(text)}
        assert len(wanted) <= len(re.findall(r"^import", text, re.MULTILINE)) == len(snapshot._IMPORT.findall(text)), (
            name
        )
        assert wanted <= seen, name
        seen.add(snapshot._key(name))


def test_every_module_of_the_map_is_in_the_bundle() -> None:
    files = {f"situation/{path.stem}" for path in (snapshot.SCRIPTS / "situation").glob("*.js")}
    assert files == {name for name in snapshot.MODULES if name.startswith("situation/")}


@pytest.mark.slow
def test_the_web_process_starts_without_folium() -> None:
    starts = "import incident.app, incident.join, sys; raise SystemExit('folium' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", starts], check=False).returncode == 0
