"""The database file is deleted or replaced under a running Posko: nothing is acknowledged that would be lost."""

import stat

import pytest

from gis.database import Database, DatabaseUnusable
from incident import actions
from incident.post import Post
from incident.upgrade import upgrade
from tests.factories import report


@pytest.fixture
def lonely(settings, tmp_path):
    database = Database(f"sqlite:///{tmp_path}/lonely/posko.db")
    upgrade(database)
    yield Post(settings, database)
    database.close()


def test_a_call_into_a_deleted_file_is_refused(lonely, tmp_path):
    first = report(lonely)
    lonely.do(actions.record_call, "sari", first.uid, first)
    (tmp_path / "lonely" / "posko.db").unlink()
    lost = report(lonely)
    with pytest.raises(DatabaseUnusable):
        lonely.do(actions.record_call, "sari", lost.uid, lost)


def test_only_its_owner_may_read_the_file(lonely, tmp_path):
    for path in (tmp_path / "lonely").glob("posko.db*"):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path.name
