"""Settings: a bad one stops the start and is named; the secrets are made once."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from incident.config import BadSettings, Settings, load_settings


@pytest.mark.parametrize(
    ("name", "bad"),
    [
        ("database", "mysql://localhost/posko"),
        ("database", "postgresql://localhost/posko"),
        ("bind", "5112"),
        ("bind", "127.0.0.1:99999"),
        ("bind", "127.0.0.1:"),
        ("site", "Lombok Timur, 5203, Asia/Makassar"),
        ("site", "Lombok Timur, 52.03, WITA"),
        ("site", "Lombok, Timur, 52.03, Asia/Makassar"),
        ("radio", "baofeng:"),
        ("radio_key", "abc"),
        ("radio_key", "g" * 32),
        ("language", "jv"),
        ("ladder_s", "0"),
        ("ladder_s", "soon"),
        ("public_url", "posko.example"),
        ("public_url", "https://posko.example/info"),
        ("exercise", "perhaps"),
        ("site", '{"name": "Posko", "zona": "Asia/Makassar"}'),
        ("origins", "posko.lan"),
        ("origins", "https://posko.lan, *"),
        ("secret_key", "too-short"),
        ("cap_key", "/nowhere/cap.pem"),
        ("radio", "kiss+serial:"),
        ("radio", "kiss+socket:127.0.0.1"),
        ("radio", "kiss+serial:/dev/serial/by-id/tnc?baud=fast"),
        ("sms_modem", "socket:127.0.0.1"),
        ("keep_messages_days", "0"),
        ("radio_channels", "RAPI Lotim"),
        ("roll_call", "25:00"),
        ("sms_pin", "12"),
        ("data", "/dev/null"),
    ],
)
def test_a_bad_setting_stops_the_start_and_is_named(name, bad, monkeypatch, tmp_path):
    monkeypatch.setenv("POSKO_DATA", str(tmp_path))
    monkeypatch.setenv(f"POSKO_{name.upper()}", bad)
    with pytest.raises(BadSettings, match=f"POSKO_{name.upper()} is wrong: ") as fault:
        load_settings()
    assert str(fault.value).endswith(".") and len(str(fault.value)) > 30


def test_all_bad_settings_are_named_at_once(monkeypatch, tmp_path):
    monkeypatch.setenv("POSKO_DATA", str(tmp_path))
    monkeypatch.setenv("POSKO_BIND", "nowhere")
    monkeypatch.setenv("POSKO_LANGUAGE", "jv")
    with pytest.raises(BadSettings, match=r"POSKO_BIND .*; POSKO_LANGUAGE "):
        load_settings()


def test_a_name_that_is_no_setting_stops_the_start_with_the_one_that_was_meant(monkeypatch, tmp_path):
    """A slip of the pen would leave the default where something else was meant."""
    monkeypatch.setitem(Settings.model_config, "toml_file", tmp_path / "posko.toml")
    (tmp_path / "posko.toml").write_text("exercize = true\n")
    with pytest.raises(BadSettings, match="exercize is no setting; did you mean exercise"):
        load_settings(data=tmp_path)


def test_a_secret_is_never_printed_with_the_fault(monkeypatch, tmp_path):
    monkeypatch.setenv("POSKO_DATA", str(tmp_path))
    monkeypatch.setenv("POSKO_RADIO_KEY", "nearly-a-key-but-secret")
    with pytest.raises(BadSettings) as fault:
        load_settings()
    assert "nearly" not in str(fault.value)


def test_the_site_is_read_in_one_line(tmp_path):
    site = load_settings(data=tmp_path, site="Kabupaten Lombok Timur, 52.03, Asia/Makassar").site
    assert (site.name, site.area_code, site.zone, site.zone_label) == (
        "Kabupaten Lombok Timur",
        "52.03",
        "Asia/Makassar",
        "WITA",
    )


def test_the_secrets_are_made_once_and_kept(tmp_path):
    first, second = load_settings(data=tmp_path), load_settings(data=tmp_path)
    assert (first.secret_key, first.radio_key) == (second.secret_key, second.radio_key)
    assert first.secret_key != first.radio_key
    for name in ("secret_key", "radio_key"):
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600


@pytest.mark.slow
def test_processes_that_start_together_agree_on_the_key(tmp_path: Path):
    """Web, relay and radio start at once: one that read an empty file would speak on a net of its own."""
    for number in range(30):
        folder = tmp_path / str(number)
        with ThreadPoolExecutor(8) as pool:
            keys = {one.radio_key for one in pool.map(lambda _, folder=folder: load_settings(data=folder), range(8))}
        assert len(keys) == 1 and len(keys.pop()) == 32
        assert sorted(path.name for path in folder.iterdir()) == ["radio_key", "secret_key"]
