"""The doctor names what is wrong and how to mend it, and never dies of the illness."""

import importlib.util
import socket
from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner

from gis.database import Database
from incident import doctor as house_doctor
from incident.config import Settings
from incident.doctor import Finding, as_json, as_lines, doctor, examine, worst_of
from incident.upgrade import upgrade


def settings_in(folder: Path, **given: object) -> Settings:
    return Settings(data=folder, bind="127.0.0.1:1", **given).filled()  # type: ignore[arg-type]


def found(findings: list[Finding], name: str) -> list[Finding]:
    return [finding for finding in findings if finding.name == name]


@pytest.mark.slow
def test_a_healthy_post_has_nothing_wrong(tmp_path: Path):
    settings = settings_in(tmp_path).model_copy(update={"bind": "127.0.0.1:0"})
    database = Database(settings.database)
    upgrade(database)
    database.close()
    findings = examine(settings)
    assert [finding for finding in findings if finding.state == "wrong"] == []
    assert found(findings, "database")[0].state == "ok"
    assert found(findings, "journal")[0].sentence == "Nothing is written yet."


def test_every_finding_that_is_not_ok_says_how_to_mend_it(tmp_path: Path):
    findings = examine(settings_in(tmp_path / "not there", radio="kiss+serial:/dev/serial/by-id/nothing"))
    assert worst_of(findings) == "wrong"
    assert all(finding.mend for finding in findings if finding.state != "ok")


def test_a_missing_radio_is_named(tmp_path: Path):
    finding = house_doctor.look_at_radio(settings_in(tmp_path, radio="kiss+serial:/dev/serial/by-id/kw?baud=9600"))
    assert (finding.state, finding.sentence) == ("wrong", "/dev/serial/by-id/kw is not there.")


def test_a_silent_tnc_is_named(tmp_path: Path):
    finding = house_doctor.look_at_radio(settings_in(tmp_path, radio="kiss+socket:127.0.0.1:1"))
    assert (finding.state, finding.sentence) == ("wrong", "No TNC answers on 127.0.0.1:1.")


def test_keys_that_others_can_read_are_wrong(tmp_path: Path):
    settings = settings_in(tmp_path)
    assert house_doctor.look_at_secrets(settings).state == "ok"
    (tmp_path / "secret_key").chmod(0o644)
    finding = house_doctor.look_at_secrets(settings)
    assert finding.state == "wrong" and finding.mend.endswith("/secret_key")


def test_a_taken_port_is_named(tmp_path: Path):
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen()
        bind = f"127.0.0.1:{door.getsockname()[1]}"
        finding = house_doctor.look_at_port(settings_in(tmp_path).model_copy(update={"bind": bind}))
    assert finding.state == "wrong" and bind in finding.sentence


def test_a_package_that_breaks_the_screens_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: name == "geventwebsocket")
    finding = house_doctor.look_at_forbidden_packages(settings_in(tmp_path))
    assert finding.state == "wrong" and "gevent-websocket" in finding.sentence


def test_a_file_that_is_no_database_is_named(tmp_path: Path):
    (tmp_path / "posko.db").write_bytes(b"this is not a database" * 100)
    findings = house_doctor.examine(settings_in(tmp_path))
    assert found(findings, "database")[0].state == "wrong"


def test_a_look_that_breaks_is_a_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def look_at_stars(_settings: Settings) -> Finding:
        raise RuntimeError("clouds")

    monkeypatch.setattr(house_doctor, "LOOKS", (look_at_stars,))
    assert examine(settings_in(tmp_path))[0].sentence == "Could not look: RuntimeError: clouds."


def test_bad_settings_are_named_and_end_with_one(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("POSKO_BIND", "nowhere")
    said = CliRunner().invoke(doctor, ["--json"])
    assert said.exit_code == 1
    told = orjson.loads(said.output)
    assert told["state"] == "wrong" and "POSKO_BIND" in told["findings"][0]["sentence"]


def test_both_ways_of_telling_agree():
    findings = [Finding("clock", "warn", "It is late.", "Sleep.")]
    assert worst_of(findings) == "warn"
    assert orjson.loads(as_json(findings))["findings"][0]["mend"] == "Sleep."
    assert "mend: Sleep." in as_lines(findings)


def test_a_question_card_that_cannot_be_used_is_named(tmp_path: Path):
    settings = settings_in(tmp_path)
    assert house_doctor.look_at_cards(settings).state == "ok"
    (tmp_path / "cards").mkdir()
    (tmp_path / "cards" / "banjir.toml").write_text("type = 'banjir'")
    finding = house_doctor.look_at_cards(settings)
    assert finding.state == "warn" and "banjir.toml: Sebuah kartu punya" in finding.sentence
