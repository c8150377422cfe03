"""Which modules a page's script begins with: all of them, once, and nothing that is fetched only when needed."""

from pathlib import Path

import pytest

from incident.modules import modules_of

STATIC = Path(__file__).parents[2] / "static"


def _write(folder: Path, **files: str) -> None:
    (folder / "js").mkdir()
    for name, text in files.items():
        (folder / "js" / f"{name}.js").write_text(text, encoding="utf-8")


def test_all_imports_are_found_through_others_each_once(tmp_path: Path):
    several = 'import {\n  b,\n} from "./b.js";\nexport { c } from "./c.js";\nimport "./d.js";'
    _write(tmp_path, a=several, b='import { c } from "./c.js";', c="", d='import x from "../js/a.js";')
    assert modules_of(tmp_path, "js/a.js") == ("js/a.js", "js/b.js", "js/c.js", "js/d.js")


def test_what_is_fetched_only_when_needed_and_words_that_look_like_it_are_left_out(tmp_path: Path):
    _write(tmp_path, a='const later = () => import("./b.js");\n// import "./gone.js" is history\nsay("from ./c.js");')
    assert modules_of(tmp_path, "js/a.js") == ("js/a.js",)


def test_a_module_that_is_not_there_stops_the_page_in_the_test_not_in_the_room():
    for name in modules_of(STATIC, "js/shell.js", "js/board.js"):
        assert (STATIC / name).is_file(), name
    with pytest.raises(FileNotFoundError):
        modules_of(STATIC, "js/nosuch.js")
