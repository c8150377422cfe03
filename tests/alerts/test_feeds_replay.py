"""A month of earthquakes through the feeds in virtual time: what is known, what is proposed, and nothing doubled."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import insert, select

from alerts.bulletins import cli, replay
from alerts.bulletins.models import Bulletin
from alerts.xml_in import BadBulletin
from gis.database import Database
from gis.models import Area
from incident import journal
from incident.config import Settings, load_settings
from incident.errors import Refused
from incident.post import Post
from tests.alerts.bulletin_ground import lay_villages
from tests.factories import on_spatialite

LENT = Path(__file__).parents[3] / "shared" / "data"
HEAD = "datetime_utc\tlat\tlon\tdepth_km\tmag\tregion\n"
SEQUENCE = HEAD + "\n".join(
    [
        "2018-08-05T11:46:37.363Z\t-8.35\t116.50\t32\t6.8\tLombok",
        "2018-08-05T11:52:10.000Z\t-8.36\t116.52\t11\t5.2\tLombok",
        "2018-08-05T11:52:24.000Z\t-8.37\t116.51\t10\t5.1\tLombok",
        "2018-08-05T12:01:00.000Z\t-8.30\t116.45\t10\t3.1\tLombok",
        "2018-08-09T05:25:32.601Z\t-8.40\t116.48\t14\t5.8\tLombok",
        "2018-08-19T14:56:27.086Z\t-8.37\t116.60\t18\t6.9\tLombok",
    ]
)


@pytest.fixture
def mine(settings: Settings) -> Iterator[Post]:
    """The room whose villages are used and that must not be touched otherwise."""
    database = Database(settings.database)
    room = Post(settings, database)
    lay_villages(room)
    yield room
    database.close()


@pytest.fixture
def room(mine: Post, tmp_path: Path) -> Iterator[Post]:
    """The room it is played in."""
    opened = replay.open_room(tmp_path / "replay", mine.settings)
    replay.prepare(opened, mine.database, "52.03")
    yield opened
    opened.database.close()


@on_spatialite
def test_a_sequence_is_played_and_every_quake_is_known_once(room: Post):
    shocks = replay.read_sequence(SEQUENCE)
    played = replay.play(room, shocks)
    assert (played.shocks, played.happenings) == (6, 6)
    assert played.new > 6, "the lists of BMKG tell most of them more than once"
    assert replay.rule_counts(played.proposals) == {"gempa_kuat": 2, "gempa_sedang": 1}
    titles = [one["title"] for one in played.proposals][::-1]
    assert [title[:5] for title in titles] == ["M6,8,", "M5,8,", "M6,9,"]
    assert all("kepala desa?" in title for title in titles)


@on_spatialite
def test_played_twice_it_tells_nothing_new(room: Post):
    shocks = replay.read_sequence(SEQUENCE)
    first, second = replay.play(room, shocks), replay.play(room, shocks)
    assert second.new == 0 and second.happenings == first.happenings
    assert [one["id"] for one in second.proposals] == [one["id"] for one in first.proposals]


@on_spatialite
def test_it_happens_in_the_time_of_the_quakes_and_its_journal_holds_together(room: Post):
    shocks = replay.read_sequence(SEQUENCE)
    replay.play(room, shocks)
    with room.database.read() as conn:
        told = list(conn.scalars(select(Bulletin.received_at)))
        assert list(journal.verify(conn)) == []
    assert min(told) == shocks[0].heard_at and max(told).date() == shocks[-1].heard_at.date()
    assert room.clock().year >= 2024, "afterwards the clock is the room's own again"


@on_spatialite
def test_the_room_it_is_called_from_is_not_touched(mine: Post, room: Post):
    with mine.database.read() as conn:
        before = journal.head(conn)
    replay.play(room, replay.read_sequence(SEQUENCE))
    with mine.database.read() as conn:
        assert journal.head(conn) == before and conn.scalar(select(Bulletin.id)) is None


@pytest.mark.parametrize(
    "words", ["", "a\tb\n1\t2\n", HEAD, HEAD + "gestern\t1\t2\t3\t4\tx\n", HEAD + "2018-08-05\t\t\t\t\t\n"]
)
def test_a_table_that_is_none_is_refused_in_a_sentence(words: str):
    with pytest.raises(BadBulletin, match="Tabel gempa"):
        replay.read_sequence(words)


def test_the_pace_is_that_of_the_quakes_divided_by_the_speed():
    slept: list[float] = []
    shocks = replay.read_sequence(SEQUENCE)
    wait = replay.pace(100.0, slept.append)
    for shock in shocks[:3]:
        wait(shock)
    assert slept == pytest.approx([3.32637, 0.14])
    replay.pace(0, slept.append)(shocks[0])
    assert len(slept) == 2


# typed by a person


@pytest.fixture
def typed(mine: Post, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """`posko feeds …` with the settings of this room."""
    for name in ("database", "data"):
        monkeypatch.setenv(f"POSKO_{name.upper()}", str(getattr(mine.settings, name)))
    monkeypatch.setenv("POSKO_SITE", "Kabupaten Lombok Timur, 52.03, Asia/Makassar")
    assert load_settings().site.area_code == "52.03"
    return lambda *words: CliRunner().invoke(cli.feeds, list(words))


@on_spatialite
def test_the_command_counts_the_proposals(typed: Callable[..., Any], tmp_path: Path):
    file = tmp_path / "quakes.tsv"
    file.write_text(SEQUENCE)
    said = typed("replay", str(file), "--json")
    assert said.exit_code == 0, said.output
    told = json.loads(said.stdout)
    assert (told["shocks"], told["happenings"], told["rules"]) == (6, 6, {"gempa_kuat": 2, "gempa_sedang": 1})
    kept = [typed("replay", str(file), "--into", str(tmp_path / "kept")).output for _ in range(2)]
    assert "6 known, 0 new bulletins" not in kept[0] and "6 known, 0 new bulletins" in kept[1]


@on_spatialite
def test_the_command_lists_the_feeds_and_refuses_what_is_none(typed: Callable[..., Any], tmp_path: Path):
    said = typed("list")
    assert said.exit_code == 0 and "bmkg_latest     off" in said.output
    assert json.loads(typed("list", "--json").output)[0]["name"] == "bmkg_latest"
    for wrong in (("check", "tiktok"), ("check", "cap_rss"), ("replay", str(tmp_path / "settings.txt"))):
        (tmp_path / "settings.txt").write_text("x")
        assert isinstance(typed(*wrong).exception, Refused), wrong


if (LENT / "bmkg" / "lombok_2018_sequence.tsv").is_file():

    def lay_the_villages_of_lombok_timur(post: Post) -> int:
        """All 254, at their published points."""
        drawn = json.loads((LENT / "boundaries" / "lombok_timur_desa.geojson").read_text())["features"]
        told = [one["properties"] for one in drawn]
        bare = {"level": 4, "postcode": None, "radius_m": None}
        rows = [
            {"code": one["kode"], "name": one["nama"], "folded": one["nama"].lower(), "lon": one["lng"]}
            | {"lat": one["lat"], **bare}
            for one in told
        ]
        post.database.write(lambda conn: conn.execute(insert(Area), rows))
        return len(rows)

    @on_spatialite
    @pytest.mark.slow
    def test_the_month_of_lombok_2018_is_known_once_and_asks_eleven_times(settings: Settings, tmp_path: Path):
        room = replay.open_room(tmp_path / "replay", settings)
        try:
            villages = lay_the_villages_of_lombok_timur(room)
            replay.prepare(room, room.database, "99")
            shocks = replay.read_sequence((LENT / "bmkg" / "lombok_2018_sequence.tsv").read_text())
            played = replay.play(room, shocks)
        finally:
            room.database.close()
        assert played.shocks == played.happenings == 2078, "no two were joined and none is there twice"
        assert replay.rule_counts(played.proposals) == {"gempa_kuat": 4, "gempa_sedang": 7}
        assert villages == 254 and all(0 < one["villages"] <= villages for one in played.proposals)
