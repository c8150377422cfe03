"""The files of attachments: whole or not there, wherever it is cut; swept, copied, put back; a full disk said."""

import hashlib
import io
import json
import os
import resource
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from gis.database import DatabaseUnusable
from incident.attachments import copies, sweeping
from incident.attachments.shelf import NoRoom, Shelf
from incident.errors import NotFound
from tests.factories import call_body, on_spatialite, uid

ROOT = Path(__file__).parent.parent.parent
# Each line is a story, told by a process of its own that has everything imported already.
STORIES = """
import io, json, os, sys
from importlib import import_module
from incident import failpoints
from incident.app import create_app
from incident.bench.zygote import WARM
from incident.config import load_settings
for name in WARM:
    import_module(name)


def tell(told):
    failpoints.arm(told["failpoint"])
    app = create_app(load_settings(**told["settings"]), migrate=False)
    form = {**told["form"], "file": (io.BytesIO(bytes.fromhex(told["content"])), "foto.jpg")}
    answer = app.test_client().post("/api/v1/attachments", data=form, headers=told["headers"])
    app.extensions["posko"].database.close()
    return answer.status_code


for line in sys.stdin:
    heard, said = os.pipe()
    teller = os.fork()
    if not teller:
        try:
            os.write(said, str(tell(json.loads(line))).encode())
        finally:
            os._exit(0)
    os.close(said)
    with open(heard) as words:
        status = words.read()
    ended = os.waitstatus_to_exitcode(os.waitpid(teller, 0)[1])
    print(json.dumps([ended, status]), flush=True)
"""
Story = Callable[..., list[Any]]


def photo(colour: str = "red") -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (800, 600), colour).save(content, "JPEG")
    return content.getvalue()


def put(shelf: Shelf, content: bytes) -> str:
    """Keep a content as the worker's file is kept; answers its digest."""
    digest = hashlib.sha256(content).hexdigest()
    with shelf.receiving() as folder:
        (folder / "kept").write_bytes(content)
        shelf.keep(folder / "kept", digest)
    return digest


def make_old(*paths: Path) -> None:
    for path in paths:
        os.utime(path, (1, 1))


def whole(shelf: Shelf) -> list[str]:
    """The files on the shelf, each proven to be what its name says."""
    for digest in shelf.digests():
        assert hashlib.sha256(shelf.path_of(digest).read_bytes()).hexdigest() == digest
    return shelf.digests()


@pytest.fixture
def incident(ask: Any) -> int:
    return int(ask("call_taker", "POST", "/calls", call_body()).json["incident"])


def bring(app: Any, cast: Any, incident: int, content: bytes) -> Any:
    data = {"uid": uid(), "incident_id": incident, "file": (io.BytesIO(content), "foto.jpg")}
    return app.test_client().post("/api/v1/attachments", data=data, headers=cast.headers("dispatcher"))


# a kill between any two steps


@pytest.fixture(scope="module")
def stories() -> Iterator[Story]:
    """Tell a story: how its process ended, and the status it was answered."""
    command = [sys.executable, "-c", STORIES]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as teller:
        assert teller.stdin and teller.stdout
        asks, answers = teller.stdin, teller.stdout

        def told(**words: Any) -> list[Any]:
            asks.write(json.dumps(words) + "\n")
            asks.flush()
            ended: list[Any] = json.loads(answers.readline())
            return ended

        yield told
        asks.close()


@pytest.mark.slow
@pytest.mark.parametrize("step", ["begun", "row", "entry", "commit"])
def test_killed_between_any_two_steps_there_is_no_half_file_and_sent_again_it_is_there_once(
    ask, app, cast, settings, incident, stories, step
):
    told = {
        "settings": {
            "database": settings.database,
            "data": str(settings.data),
            "site": "Lombok Timur, 52.03, Asia/Makassar",
        },
        "form": {"uid": uid(), "incident_id": incident},
        "headers": cast.headers("dispatcher"),
        "content": photo().hex(),
    }

    shelf = Shelf(settings.data)
    assert stories(**told, failpoint=step) == [-9, ""]
    assert len(whole(shelf)) == 2, "the file came before the row"
    listed = ask("dispatcher", "GET", f"/incidents/{incident}/attachments").json["attachments"]
    assert len(listed) == (1 if step == "commit" else 0)
    assert stories(**told, failpoint="") == [0, "200" if step == "commit" else "201"]
    listed = ask("dispatcher", "GET", f"/incidents/{incident}/attachments").json["attachments"]
    assert len(listed) == 1 and len(whole(shelf)) == 2
    entries = ask("coordinator", "GET", "/journal?after=0&limit=500").json["entries"]
    assert [one["kind"] for one in entries].count("attachment.added") == 1


# sweeping


def test_what_no_row_tells_of_is_swept_after_an_hour_and_nothing_else(app, cast, incident):
    post = app.extensions["posko"]
    shelf = Shelf(post.settings.data)
    assert bring(app, cast, incident, photo()).status_code == 201
    orphan, fresh = put(shelf, b"orphan"), put(shelf, b"fresh")
    left = shelf.incoming / "left"
    left.mkdir()
    (left / "given").write_bytes(b"half")
    known = set(whole(shelf)) - {orphan, fresh}
    make_old(left, *(shelf.path_of(one) for one in (*known, orphan)))
    assert sweeping.sweep(post) == 2
    assert set(whole(shelf)) == known | {fresh} and not left.exists()
    assert sweeping.sweep(post) == 0


def test_a_file_that_comes_again_while_it_is_swept_stays(tmp_path):
    shelf = Shelf(tmp_path)
    digest = put(shelf, b"again")
    make_old(shelf.path_of(digest))
    asked: list[str] = []

    def is_known(one: str) -> bool:
        asked.append(one)
        return len(asked) > 1  # its row was written between the two looks

    assert shelf.sweep(is_known) == 0 and shelf.digests() == [digest]
    assert shelf.path_of(digest).read_bytes() == b"again"


def test_a_struck_attachment_is_not_swept(ask, app, cast, incident):
    post = app.extensions["posko"]
    shelf = Shelf(post.settings.data)
    number = bring(app, cast, incident, photo()).json["body"]["attachment"]
    ask("coordinator", "POST", f"/attachments/{number}/strike", {"uid": uid(), "text": "Salah"})
    make_old(*(shelf.path_of(one) for one in shelf.digests()))
    assert sweeping.sweep(post) == 0 and len(shelf.digests()) == 2


# the disk


@contextmanager
def little_room(most: int) -> Iterator[None]:
    """This process and its children may write no file larger than `most` bytes: what a full disk does, for real."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@on_spatialite
@pytest.mark.parametrize("most", [10_000, 150_000])
def test_on_a_full_disk_it_is_said_and_nothing_half_stays(app, cast, incident, most):
    """The first stops while the file comes in, the second while it is made anew."""
    content = io.BytesIO()
    Image.effect_noise((1400, 1000), 90).convert("RGB").save(content, "JPEG", quality=10)
    assert 10_000 < len(content.getvalue()) < 300_000
    shelf = Shelf(app.extensions["posko"].settings.data)
    with little_room(most):
        answer = bring(app, cast, incident, content.getvalue())
    assert answer.status_code == 503 and "Disk server penuh" in answer.json["detail"]
    assert shelf.digests() == [] and list(shelf.incoming.iterdir()) == []
    assert bring(app, cast, incident, photo()).status_code == 201, "once there is room again"


def test_before_the_journal_has_no_room_attachments_have_none(tmp_path):
    with pytest.raises(NoRoom), Shelf(tmp_path, keep_free=10**18).receiving():
        pass
    assert not list((tmp_path / "attachments").iterdir())


@on_spatialite
def test_a_file_that_is_gone_is_said_and_a_name_that_is_no_digest_leads_nowhere(ask, app, cast, incident):
    shelf = Shelf(app.extensions["posko"].settings.data)
    number = bring(app, cast, incident, photo()).json["body"]["attachment"]
    for digest in shelf.digests():
        shelf.path_of(digest).unlink()
    answer = ask("dispatcher", "GET", f"//attachments/{number}")
    assert answer.status_code == 404 and "cadangan" in answer.json["detail"]
    for name in ("../../posko.db", "x" * 64, "", "a" * 63):
        with pytest.raises(NotFound):
            shelf.path_of(name)


def test_files_are_for_the_one_who_runs_posko_alone(tmp_path):
    shelf = Shelf(tmp_path)
    path = shelf.path_of(put(shelf, b"alone"))
    assert path.stat().st_mode & 0o777 == 0o600 and path.parent.stat().st_mode & 0o777 == 0o700


# copies


def test_a_backup_holds_the_files_and_a_restore_puts_them_back(tmp_path):
    shelf, copy = Shelf(tmp_path / "var"), tmp_path / "posko.db.copy"
    digests = sorted(put(shelf, content) for content in (b"one", b"two"))
    assert copies.keep(tmp_path / "var", copy) == copies.beside(copy)
    elsewhere = Shelf(tmp_path / "new")
    assert copies.put_back(tmp_path / "new", copy) == 2
    assert whole(elsewhere) == digests


def test_without_attachments_there_is_no_copy_of_them(tmp_path):
    assert copies.keep(tmp_path, tmp_path / "copy") is None
    assert copies.put_back(tmp_path, tmp_path / "copy") == 0


@pytest.mark.parametrize("name", ["../../evil", "/etc/evil", "e" * 64])
def test_a_copy_with_anything_but_whole_files_of_ours_puts_nothing_back(tmp_path, name):
    shelf, copy = Shelf(tmp_path / "var"), tmp_path / "copy"
    put(shelf, b"one")
    bundle = copies.keep(tmp_path / "var", copy)
    assert bundle is not None
    with tarfile.open(bundle, "a") as added:
        member = tarfile.TarInfo(name)
        member.size = 4
        added.addfile(member, io.BytesIO(b"evil"))
    with pytest.raises(DatabaseUnusable):
        copies.put_back(tmp_path / "new", copy)
    assert Shelf(tmp_path / "new").digests() == []
    assert list(Shelf(tmp_path / "new").incoming.iterdir()) == []


def test_a_copy_that_was_cut_off_puts_nothing_back(tmp_path):
    copy = tmp_path / "copy"
    put(Shelf(tmp_path / "var"), b"one" * 9000)
    bundle = copies.keep(tmp_path / "var", copy)
    assert bundle is not None
    bundle.write_bytes(bundle.read_bytes()[:9000])
    with pytest.raises(DatabaseUnusable):
        copies.put_back(tmp_path / "new", copy)
    assert Shelf(tmp_path / "new").digests() == []
