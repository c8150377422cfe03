"""A file for the map comes in from the page whole or not at all, by a process of its own that says how far it is."""

import fcntl
import io
import json
import os
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from xlsxwriter import Workbook

from gis.models import Boundary, Facility
from incident import ground_import_routes, ground_shelf, ground_worker, journal
from incident.ground_shelf import Order, Shelf
from tests.cast import NAMES
from tests.factories import on_spatialite, uid
from tests.gis.shapes import box, feature
from tests.tiles import pmtiles, png

VILLAGE, OTHER = "52.03.01.2001", "52.03.01.2002"
PATIENCE_S = 90.0
LIST = "nama,jenis,bujur,lintang,kapasitas\nRSUD,rsud,116.53,-8.65,120\nSDN 1,sd,116.5,-8.5,300\n"
Bring = Callable[..., Any]


def collection(*features: dict[str, Any]) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


GOOD = collection(feature(VILLAGE, box(116.4, -8.5), "Labuhan"), feature(OTHER, box(116.5, -8.5), "Pringgabaya"))


@pytest.fixture
def send(app: Any, cast: Any) -> Bring:
    """Send the bytes of a file as a role; answers at once."""

    def sent(content: bytes, what: str = "boundaries", role: str = "coordinator", **query: Any) -> Any:
        headers = {**cast.headers(role), "Content-Type": "application/octet-stream"}
        asked = {"uid": uid(), "what": what, "name": "desa.geojson"} | query
        return app.test_client().post("/api/v1/ground/imports", data=content, headers=headers, query_string=asked)

    return sent


@pytest.fixture
def over(ask: Any) -> Callable[[Any], Any]:
    """Wait for an import to end; answers what came of it."""

    def waited(answer: Any) -> Any:
        assert answer.status_code == 202, answer.json
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            told = ask("coordinator", "GET", f"/ground/imports/{answer.json['uid']}").json
            if told["state"] not in ("waiting", "running"):
                return told
            time.sleep(0.05)
        raise AssertionError(f"still not over: {told}")

    return waited


@pytest.fixture
def at_once(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Imports are done where they are asked for; that a process of its own does them is seen where this is not used."""
    post = app.extensions["posko"]
    shelf = Shelf(post.settings.data)
    monkeypatch.setattr(ground_import_routes, "_start", lambda uid: ground_worker.work(post, shelf.folder_of(uid)))


@pytest.fixture
def count(app: Any) -> Callable[[Any], int]:
    def counted(table: Any) -> int:
        with app.extensions["posko"].database.read() as conn:
            return int(conn.scalar(select(func.count()).select_from(table)))

    return counted


def written(app: Any, kind: str) -> list[dict[str, Any]]:
    with app.extensions["posko"].database.read() as conn:
        return [line.told() for line in journal.after(conn, 0) if line.kind == kind]


def test_boundaries_come_in_and_the_journal_tells_every_open_map(app, ask, send, over, count):
    told = over(send(GOOD))
    assert (told["state"], told["told"]["areas"], told["told"]["new"]) == ("done", 2, 2)
    assert count(Boundary) == 2
    (entry,) = written(app, "boundary.imported")
    facts = {"source": "desa.geojson", "areas": 2, "levels": {"4": 2}, "new": 2, "replaced": 0}
    assert entry["by"] == NAMES["coordinator"] and entry["body"].items() >= facts.items()
    layers = {one["name"]: one for one in ask("leader", "GET", "/layers").json["layers"]}
    assert entry["kind"].split(".")[0] in layers["boundaries"]["stale_after"]
    (level,) = ask("admin", "GET", "/ground").json["boundaries"]
    assert (level["level"], level["count"], level["sources"][0]["name"]) == (4, 2, "desa.geojson")


@pytest.mark.usefixtures("at_once")
def test_a_file_sent_twice_with_one_key_comes_in_once(app, send, over, count):
    key = uid()
    over(send(GOOD, uid=key))
    again = over(send(GOOD, uid=key))
    assert again["told"]["new"] == 2 and len(written(app, "boundary.imported")) == 1
    assert over(send(GOOD))["told"]["replaced"] == 2 and count(Boundary) == 2
    assert send(b"x", what="landmarks", uid=key).status_code == 422


@on_spatialite
@pytest.mark.usefixtures("at_once")
def test_it_says_what_it_mended_and_what_it_refused_and_takes_the_others_when_asked(ask, send, over, count):
    bow = {
        "type": "Polygon",
        "coordinates": [[[116.4, -8.5], [116.5, -8.4], [116.5, -8.5], [116.4, -8.4], [116.4, -8.5]]],
    }
    refused = over(send(collection(feature(VILLAGE, bow, "Labuhan"), feature(OTHER, None, "Hilang"))))
    assert (refused["state"], refused["way"], refused["can_repeat"]) == ("refused", "skip", True)
    assert refused["refused"] == [{"area": f"Hilang ({OTHER})", "why": "tanpa bentuk"}]
    assert count(Boundary) == 0
    key = uid()
    for _ in range(2):
        again = ask("admin", "POST", f"/ground/imports/{refused['uid']}/again", {"uid": key, "skip": True})
        assert over(again)["told"]["mended"] == [f"Labuhan ({VILLAGE})"]
    assert count(Boundary) == 1
    assert ask("admin", "POST", f"/ground/imports/{key}/again", {"uid": uid()}).status_code == 404


@on_spatialite
@pytest.mark.usefixtures("at_once")
def test_exchanged_axes_are_offered_to_be_exchanged(ask, send, over, count):
    refused = over(send(collection(feature(VILLAGE, box(-8.5, 116.4)))))
    assert (refused["way"], refused["sentence"]) == ("swap", "Bujur dan lintang tertukar.")
    over(ask("coordinator", "POST", f"/ground/imports/{refused['uid']}/again", {"uid": uid(), "swap": True}))
    assert count(Boundary) == 1


def bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr("desa.geojson", b"0" * 50_000_000)
    return packed.getvalue()


BAD = {
    "half a file": (GOOD[:-40], "terpotong"),
    "a zip bomb": (bomb(), "bom zip"),
    "half a zip": (bomb()[:3000], "zip terpotong"),
    "a picture": (png((1, 2, 3)), "bukan GeoJSON"),
    "an empty collection": (collection(), "tidak ada wilayah"),
    "codes of another office": (
        collection({**feature("", box(116.4, -8.5)), "properties": {"bps": "5203010001"}}),
        "kode",
    ),
    "a database": (b"SQLite format 3\0" + b"\0" * 100, "bukan GeoPackage"),
}


@on_spatialite
@pytest.mark.parametrize("name", BAD)
def test_what_is_no_map_is_refused_with_a_sentence_and_leaves_nothing(app, count, name):
    content, why = BAD[name]
    post, order = app.extensions["posko"], Order(uid(), "boundaries", "desa.geojson", "komang", time.time())
    shelf = Shelf(post.settings.data)
    shelf.open(order, len(content), iter([content]))
    ground_worker.work(post, shelf.folder_of(order.uid))
    told = shelf.state(order.uid)
    assert told["state"] == "refused" and why.lower() in told["sentence"].lower()
    assert told["sentence"].endswith(".") and told["sentence"][0].isupper()
    assert count(Boundary) == 0 and written(app, "boundary.imported") == []


@pytest.mark.usefixtures("at_once")
def test_a_list_names_its_bad_rows_and_leaves_them_out_when_asked(ask, send, over, count):
    refused = over(send(f"{LIST}Masjid,masjid,116.5,-8.5,\n".encode(), "facilities", name="fasilitas.csv"))
    assert (refused["state"], refused["count"], refused["way"]) == ("refused", 1, "skip")
    assert refused["refused"][0]["area"] == "baris 4" and count(Facility) == 0
    done = over(ask("coordinator", "POST", f"/ground/imports/{refused['uid']}/again", {"uid": uid(), "skip": True}))
    assert done["told"] | {"refused": []} == {
        "added": 2,
        "changed": 0,
        "same": 0,
        "gone": 0,
        "left_out": 1,
        "refused": [],
    }
    told = ask("coordinator", "GET", "/ground").json["facilities"]
    assert (told["count"], told["kinds"]) == (2, {"hospital": 1, "school": 1})
    assert told["sources"][0]["name"] == "fasilitas.csv"


@on_spatialite
def test_places_far_away_come_in_when_they_are_meant_so(ask, send, over, count):
    refused = over(send(b"nama,jenis,bujur,lintang\nRSUD,rsud,10,50\n", "facilities"))
    assert refused["way"] == "confirmed" and count(Facility) == 0
    over(ask("coordinator", "POST", f"/ground/imports/{refused['uid']}/again", {"uid": uid(), "confirmed": True}))
    assert count(Facility) == 1


@on_spatialite
def test_nothing_is_kept_of_a_file_that_is_empty_too_large_or_of_no_kind(app, ask, send):
    assert send(b"").json["field"] == "file"
    assert send(b"x" * 5_000_001, "landmarks").status_code == 413
    assert send(GOOD, what="gambar").json["field"] == "what"
    assert send(GOOD, uid="bukan").json["field"] == "uid"
    assert list((app.extensions["posko"].settings.data / ground_shelf.FOLDER).glob("*")) == []
    assert ask("admin", "GET", "/ground").json["imports"] == []


@on_spatialite
@pytest.mark.parametrize("role", ["dispatcher", "call_taker", "leader", "field", "agency", "village"])
def test_only_who_keeps_the_ground_sees_or_changes_it(app, cast, ask, send, role):
    assert send(GOOD, role=role).status_code == 403
    assert ask(role, "GET", "/ground").status_code == 403
    assert app.test_client().get("/ground", headers=cast.headers(role)).status_code == 403


@on_spatialite
def test_no_more_than_a_few_wait_their_turn(app, send):
    shelf = Shelf(app.extensions["posko"].settings.data)
    for _ in range(ground_shelf.MOST_AT_ONCE):
        shelf.open(Order(uid(), "boundaries", "a", "komang", time.time()), 100, iter([b"x"]))
    refused = send(GOOD)
    assert refused.status_code == 409 and "tunggu" in refused.json["detail"]


@on_spatialite
def test_an_import_whose_process_died_is_known_as_such_and_done_again(app, ask, send, over, count):
    shelf, order = Shelf(app.extensions["posko"].settings.data), Order(uid(), "boundaries", "a", "komang", time.time())
    shelf.open(order, len(GOOD), iter([GOOD]))
    folder = shelf.folder_of(order.uid)
    with ground_shelf.held(folder):
        ground_shelf.progress(folder)(1, 2)
        os.utime(folder / "order.json", (0, 0))
        assert shelf.state(order.uid)["state"] == "running"
    assert ask("coordinator", "GET", f"/ground/imports/{order.uid}").json["state"] == "lost"
    over(ask("coordinator", "POST", f"/ground/imports/{order.uid}/again", {"uid": uid()}))
    assert count(Boundary) == 2


@on_spatialite
def test_an_import_is_never_lost_between_the_opening_of_its_lock_and_the_holding(app, monkeypatch):
    shelf, order = Shelf(app.extensions["posko"].settings.data), Order(uid(), "boundaries", "a", "komang", time.time())
    shelf.open(order, 100, iter([b"x"]))
    seen, lock = [], fcntl.flock

    def slowly(file: Any, how: int) -> None:
        if how == fcntl.LOCK_EX:
            seen.append(shelf.state(order.uid)["state"])
        lock(file, how)

    monkeypatch.setattr(fcntl, "flock", slowly)
    with ground_shelf.held(shelf.folder_of(order.uid)):
        seen.append(shelf.state(order.uid)["state"])
    assert seen == ["waiting"] * 3


@on_spatialite
def test_a_process_that_never_began_is_given_up_after_a_while(app):
    shelf, order = Shelf(app.extensions["posko"].settings.data), Order(uid(), "boundaries", "a", "komang", time.time())
    shelf.open(order, 100, iter([b"x"]))
    assert shelf.state(order.uid)["state"] == "waiting"
    os.utime(shelf.folder_of(order.uid) / "order.json", (0, 0))
    assert shelf.state(order.uid)["state"] == "lost"


@on_spatialite
def test_a_file_that_breaks_off_on_its_way_leaves_nothing(app):
    shelf = Shelf(app.extensions["posko"].settings.data)

    def broken() -> Any:
        yield b"x"
        raise ConnectionError

    with pytest.raises(ConnectionError):
        shelf.open(Order(uid(), "boundaries", "a", "komang", time.time()), 100, broken())
    assert shelf.listing() == []


@on_spatialite
def test_the_oldest_imports_are_forgotten_with_their_files(app):
    shelf = Shelf(app.extensions["posko"].settings.data)
    keys = [uid() for _ in range(ground_shelf.KEPT + 2)]
    for at, key in enumerate(keys):
        shelf.open(Order(key, "boundaries", "a", "komang", float(at)), 100, iter([b"x"]))
        ground_shelf.say(shelf.folder_of(key), ground_shelf.REFUSED, sentence="Rusak.")
    assert [one["uid"] for one in shelf.listing()] == keys[:1:-1]
    assert not shelf.folder_of(keys[0]).exists()


# what is installed


@on_spatialite
def test_an_installed_base_map_is_listed_and_taken_out_once(app, ask, tmp_path: Path):
    from gis import tiles

    data = app.extensions["posko"].settings.data
    tiles.install(pmtiles(tmp_path / "lombok.pmtiles", {(0, 0, 0): png((1, 2, 3))}), data)
    assert [one["name"] for one in ask("admin", "GET", "/ground").json["tiles"]] == ["lombok.pmtiles"]
    body = {"uid": uid()}
    assert ask("dispatcher", "POST", "/basemaps/lombok.pmtiles/remove", body).status_code == 403
    first, again = (ask("admin", "POST", "/basemaps/lombok.pmtiles/remove", body).json for _ in range(2))
    assert first == again and first["kind"] == "basemap.removed"
    assert ask("admin", "GET", "/ground").json["tiles"] == tiles.listing(data) == []
    for name in ("lombok.pmtiles", "..%2Fposko.db", "posko.db"):
        assert ask("admin", "POST", f"/basemaps/{name}/remove", {"uid": uid()}).status_code == 404


@on_spatialite
def test_a_layer_lies_as_strong_as_was_said(ask):
    said = {"uid": uid(), "name": "Uji", "kind": "wms", "source": "https://wms.example.org/?layers=a", "opacity": 0.4}
    assert ask("coordinator", "POST", "/overlays", said).status_code == 201
    assert ask("coordinator", "GET", "/ground").json["overlays"][0]["opacity"] == 0.4
    (layer,) = [one for one in ask("leader", "GET", "/layers").json["layers"] if one["name"] == "overlay-uji"]
    assert layer["opacity"] == 0.4
    for wrong in (0, 1.1, "x"):
        assert (
            ask("coordinator", "POST", "/overlays", said | {"uid": uid(), "opacity": wrong}).json["field"] == "opacity"
        )


def test_people_of_villages_come_in_from_a_workbook_and_are_told(ask, send, over):
    file = io.BytesIO()
    with Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Kode", "Desa", "Jumlah Penduduk", "Tahun"])
        sheet.write_row(1, 0, [VILLAGE, "Labuhan", 8412, 2025])
        sheet.write_row(2, 0, [OTHER, "Pringgabaya", "banyak", 2025])
    refused = over(send(file.getvalue(), "population", name="penduduk.xlsx"))
    assert refused["state"] == "refused" and refused["way"] == "skip"
    assert refused["refused"] == [{"area": "baris 3", "why": "jumlah jiwa “banyak” bukan bilangan bulat"}]
    done = over(ask("coordinator", "POST", f"/ground/imports/{refused['uid']}/again", {"uid": uid(), "skip": True}))
    assert done["state"] == "done" and (done["told"]["added"], done["told"]["left_out"]) == (1, 1)
    told = ask("coordinator", "GET", "/ground").json["population"]
    assert (told["count"], told["people"]) == (1, 8412)
    assert told["sources"][0]["name"] == "penduduk.xlsx" and told["sources"][0]["to_year"] == 2025
