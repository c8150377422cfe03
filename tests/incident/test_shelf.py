"""The browser's files: kept for a year under the address of their version, asked again under any other."""

import re
from pathlib import Path

import pytest

from incident import shelf
from tests.factories import on_spatialite


def address(app: object) -> str:
    page = app.test_client().get("/login").text  # type: ignore[attr-defined]
    found = re.search(r'src="(/static/[0-9a-f]{12}/js/shell\.js)"', page)
    assert found, page
    return found[1]


@on_spatialite
def test_a_page_names_the_version_of_its_files_and_the_browser_keeps_them(app):
    answer = app.test_client().get(address(app), buffered=True)
    assert answer.status_code == 200
    assert answer.cache_control.max_age == shelf.KEEP_S


@on_spatialite
@pytest.mark.parametrize("path", ["/static/js/shell.js", "/static/0123456789ab/js/shell.js"])
def test_without_a_version_or_with_an_old_one_the_file_is_asked_for_again(app, path):
    answer = app.test_client().get(path, buffered=True)
    assert answer.status_code == 200
    assert answer.data == app.test_client().get(address(app), buffered=True).data
    assert answer.cache_control.max_age is None
    again = app.test_client().get(path, buffered=True, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


@on_spatialite
@pytest.mark.parametrize("path", ["/static/none.js", "/static/../setup.cfg", "/static/0123456789ab/../../setup.cfg"])
def test_nothing_else_is_on_the_shelf(app, path):
    assert app.test_client().get(path, buffered=True).status_code == 404


def test_the_version_changes_with_any_file(tmp_path: Path):
    (tmp_path / "a.js").write_text("a")
    first = shelf.version_of(tmp_path)
    (tmp_path / "b.js").write_text("b")
    shelf.version_of.cache_clear()
    assert shelf.version_of(tmp_path) != first
