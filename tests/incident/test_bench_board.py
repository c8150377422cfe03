"""What the measurement of a standing board makes of frames and heaps."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from incident.bench import bench, page
from incident.bench.board import Seen, slope


def test_a_straight_line_has_its_slope_and_a_flat_one_none() -> None:
    assert slope([(0.0, 5.0), (10.0, 7.0), (20.0, 9.0)]) == pytest.approx(0.2)
    assert slope([(0.0, 5.0), (10.0, 5.0)]) == 0
    assert slope([]) == slope([(3.0, 4.0)]) == slope([(3.0, 4.0), (3.0, 9.0)]) == 0


def test_frames_are_counted_by_whole_seconds_and_the_last_part_of_one_is_left_out() -> None:
    seen = Seen(frames=[100.0 + 20 * number for number in range(50)] + [1150.0, 1600.0, 2100.0, 2150.0])
    assert seen.per_second == [50, 2]
    assert max(seen.gaps) == 500.0
    assert Seen().per_second == Seen(frames=[3.0]).per_second == Seen().gaps == []


@pytest.mark.slow
@pytest.mark.skipif(page.why_not() is not None, reason="Chromium or playwright is missing")
def test_the_board_is_watched_while_entries_arrive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("incident.bench.board.LOOK_EVERY_S", 2.5)  # two looks at least, whose frames are joined
    words = ["board", "--incidents", "200", "--units", "30", "--minutes", "0.8", "--quick", "--json"]
    done = CliRunner().invoke(bench, words, env={"POSKO_DATA": str(tmp_path), "POSKO_DATABASE": ""})
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert said["raw"]["refused"] == 0 < said["raw"]["sent"]
    assert len(said["raw"]["heap"]) >= 2 and any(said["raw"]["per_second"])
    assert [figure["unit"] for figure in said["figures"]].count("frames/s") == 2
    assert list(tmp_path.iterdir()) == []
