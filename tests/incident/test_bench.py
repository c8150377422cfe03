"""The measurements run and say what they promise; what they measured is never asserted."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from incident.bench import PARTS, bench, part, wire
from incident.bench.screen import Picture


@pytest.mark.slow
def test_save_prints_its_figures_with_limit_and_ratio(tmp_path: Path) -> None:
    words = ["save", "--quick", "--calls", "400", "--screens", "2", "--json"]
    done = CliRunner().invoke(bench, words, env={"POSKO_DATA": str(tmp_path), "POSKO_DATABASE": ""})
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert {"one", "many", "bare", "tutorial"} <= set(said["raw"])
    assert said["raw"]["many"]["refused"] == 0
    for figure in said["figures"]:
        assert {"name", "value", "unit", "limit", "of", "goal", "ratio"} == set(figure)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_a_slow_disk_is_slow_for_us_and_for_the_bare_commit(tmp_path: Path) -> None:
    words = ["bench", "save", "--quick", "--calls", "400", "--screens", "2", "--disk-ms", "20", "--json"]
    env = os.environ | {"POSKO_DATA": str(tmp_path), "POSKO_DATABASE": ""}
    done = subprocess.run([sys.executable, "-m", "incident.cli", *words], env=env, capture_output=True, check=True)
    raw = json.loads(done.stdout)["raw"]
    assert raw["bare"]["p50_ms"] > 20 < raw["one"]["p50_ms"]
    assert "tutorial" not in raw


@pytest.mark.slow
def test_gis_prints_its_figures_with_limit_and_ratio(tmp_path: Path) -> None:
    words = ["gis", "--quick", "--sizes", "4000,9000", "--boards", "", "--json"]
    done = CliRunner().invoke(bench, words, env={"POSKO_DATA": str(tmp_path), "POSKO_DATABASE": ""})
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    names = [figure["name"] for figure in said["figures"]]
    for wanted in ("viewport of 400, p95", "viewport of 900, largest", "nearest 5 of 300 units, p95", "reverse of"):
        assert any(name.startswith(wanted) for name in names), wanted
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_sizes_that_are_no_numbers_are_refused_by_name() -> None:
    done = CliRunner().invoke(bench, ["gis", "--sizes", "many"])
    assert done.exit_code == 2
    assert "'many'" in done.output


@pytest.mark.parametrize("name", PARTS)
def test_each_part_says_how_it_is_called(name: str) -> None:
    done = CliRunner().invoke(bench, [name, "--help"])
    assert done.exit_code == 0
    assert f"Example: posko bench {name}" in done.output
    assert part(name).name == name


# the wire, all at once and byte by byte

UPGRADED = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"
SHORT, LONG = b'42["heartbeat",{"head":1}]', b'42["entries",' + b"1" * 70_000 + b"]"


def _frame(text: bytes) -> bytes:
    if len(text) < 126:
        return bytes([0x81, len(text)]) + text
    return b"\x81\x7f" + len(text).to_bytes(8, "big") + text


@pytest.mark.parametrize("step", [1, 7, 1000, 10**6])
def test_frames_are_read_however_they_arrive(step: int) -> None:
    stream = UPGRADED + _frame(SHORT) + _frame(LONG) + _frame(SHORT)
    frames, texts = wire.Frames(), []
    for begins in range(0, len(stream), step):
        texts += frames.feed(stream[begins : begins + step])
    assert texts == [SHORT, LONG, SHORT]


def test_a_refused_socket_is_said() -> None:
    with pytest.raises(wire.BadAnswer, match="403"):
        wire.Frames().feed(b"HTTP/1.1 403 Forbidden\r\n\r\n")


def test_a_closed_socket_is_said() -> None:
    with pytest.raises(wire.BadAnswer, match="closed"):
        wire.Frames().feed(UPGRADED + b"\x88\x00")


@pytest.mark.parametrize("step", [1, 5, 1000])
def test_answers_are_read_however_they_arrive(step: int) -> None:
    stream = b"HTTP/1.1 201 CREATED\r\nContent-Length: 2\r\n\r\n{}HTTP/1.1 204 NO\r\ncontent-length: 0\r\n\r\n"
    answers, found = wire.Answers(), []
    for begins in range(0, len(stream), step):
        found += answers.feed(stream[begins : begins + step])
    assert found == [(201, b"{}"), (204, b"")]


# the picture of a screen


def _entry(seq: int, **cards: Any) -> dict[str, Any]:
    return {"seq": seq, "body": {"cards": cards}}


def test_a_picture_grows_by_entries_and_refuses_a_gap() -> None:
    picture = Picture({"seq": 4, "incidents": [{"id": 1, "state": "new"}]})
    assert picture.apply([_entry(4), _entry(5, incidents=[{"id": 1, "gone": True}, {"id": 2}])])
    assert not picture.apply([_entry(7)])
    assert picture.differences(Picture({"seq": 5, "incidents": [{"id": 2}]})) == []


def test_an_alert_that_leaves_takes_its_recipients_along() -> None:
    picture = Picture({"seq": 1, "alerts": [{"id": 1}], "recipients": [{"id": 1, "alert_id": 1}]})
    picture.apply([_entry(2, alerts=[{"id": 1, "gone": True}])])
    assert picture.differences(Picture({"seq": 2})) == []


def test_a_picture_names_what_differs() -> None:
    old = Picture({"seq": 1, "units": [{"id": 1}]})
    fresh = Picture({"seq": 2, "units": [{"id": 1, "state": "standby"}]})
    assert old.differences(fresh) == ["it stands at 1, the server at 2", "1 units differ, the first is 1"]


@pytest.mark.slow
def test_the_public_page_is_measured_beside_a_static_file_in_both_languages(tmp_path: Path) -> None:
    words = ["info", "--requests", "200", "--readers", "4", "--json"]
    done = CliRunner().invoke(bench, words, env={"POSKO_DATA": str(tmp_path), "POSKO_DATABASE": ""})
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    for name in ("page, id", "page, en", "RSS", "CAP"):
        for answer in ("200", "304"):
            assert said["raw"][name][answer]["refused"] == 0 and said["raw"][name][answer]["answers"] == 200
    assert all(one["limit"] for one in said["figures"]) and list(tmp_path.iterdir()) == []
