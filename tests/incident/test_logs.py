"""A log is read by technicians: it says what failed and where, never what a caller said."""

import json
from typing import Any

import pytest
import structlog
from sqlalchemy import text

from incident.logs import set_up_logs
from tests.cast import NAMES, SECRET
from tests.factories import call_body, on_spatialite

PRIVATE = ("Bu Sri", "081234567321", "pinggang", SECRET)


@pytest.fixture
def logged(app: Any, capfd: pytest.CaptureFixture[str]) -> Any:
    """What a real start would write to its log, as (text, lines)."""
    set_up_logs()
    app.extensions["posko"].log = structlog.get_logger()

    def read() -> tuple[str, list[dict[str, Any]]]:
        said = capfd.readouterr()
        return said.out + said.err, [json.loads(line) for line in said.out.splitlines() if line.startswith("{")]

    yield read
    structlog.reset_defaults()


def test_a_day_at_the_desk_leaves_no_word_of_a_caller_and_no_secret_in_the_log(app, cast, ask, logged):
    ask("call_taker", "POST", "/calls", call_body())
    ask("call_taker", "POST", "/calls", call_body(type="dragon"))
    ask("call_taker", "POST", "/calls", call_body(caller={"name": "Bu Sri", "phone": "nomor 081234567321"}))
    for secret in (SECRET, SECRET + "x"):
        app.test_client().post("/login", data={"name": NAMES["admin"], "secret": secret})
    everything, _ = logged()
    for word in (*PRIVATE, *cast.tokens.values()):
        assert word not in everything


def test_a_failure_is_logged_with_its_place_and_without_the_row(app, cast, ask, logged):
    """A broken constraint makes the database quote the whole row, telephone number and all."""
    with app.extensions["posko"].database.writer.connect() as conn:
        if app.extensions["posko"].database.is_spatialite:
            rule = "BEGIN SELECT RAISE(ABORT, 'row Bu Sri 081234567321'); END"
            conn.execute(text(f"CREATE TRIGGER broken BEFORE INSERT ON call {rule}"))
        else:
            conn.execute(text("ALTER TABLE call ADD CONSTRAINT broken CHECK (caller_name IS NULL)"))
        conn.commit()
    answer = ask("call_taker", "POST", "/calls", call_body())
    assert answer.status_code == 500
    everything, lines = logged()
    assert not [word for word in PRIVATE if word in everything + answer.text]
    (line,) = [one for one in lines if one["event"] == "request.failed"]
    assert line["failure"] == "IntegrityError" and line["endpoint"] == "incident.record_call"
    assert any("incident/actions.py" in where for where in line["where"])
    assert {"level", "timestamp"} <= set(line)


@on_spatialite
def test_a_programming_error_is_logged_without_its_message_too(app, cast, ask, logged, monkeypatch):
    def break_down(*_: Any) -> None:
        raise KeyError("081234567321")

    monkeypatch.setattr("incident.routes._report", break_down)
    assert ask("call_taker", "POST", "/calls", call_body()).status_code == 500
    everything, lines = logged()
    assert "081234567321" not in everything
    assert [one["failure"] for one in lines if one["event"] == "request.failed"] == ["KeyError"]
