"""Every channel of the registers keeps the protocol, so that the sender, the settings page and the ladder know it."""

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, SecretStr, ValidationError

from alerts import rules
from alerts.channels import EXERCISE, INSIDE, REGISTER, outside_class
from tests.alerts.test_channel_all import NAMES

SECRET = "rahasia-yang-cukup-panjang"
RELAY = {name: f"http://relai.test/{name}?{{seconds}}" for name in ("on_url", "off_url", "check_url")}
META = {"phone_number_id": "106540352242922", "token": SECRET, "app_secret": SECRET, "verify_token": SECRET}
IN_HEADERS: list[tuple[str, str, dict[str, str]]] = [
    ("telegram", "token", {}),
    ("whatsapp", "token", META),
    ("whatsapp", "app_secret", META),
    ("sms_gateway", "secret", {"url": "https://gateway.test/kirim"}),
    ("siren", "password", RELAY),
]
SECRET_WORDS = ("token", "secret", "password", "key", "pin", "private")


@pytest.mark.parametrize("name", REGISTER)
def test_a_listed_channel_has_a_form_a_pace_and_every_verb_of_the_protocol(name: str):
    kind: Any = outside_class(name, exercise=False)
    assert kind.name == name and name not in INSIDE and name in rules.CHANNELS
    assert issubclass(kind.Settings, BaseModel) and 0 < kind.pace <= 1000
    for verb in ("check", "deliver", "poll", "close"):
        assert callable(getattr(kind, verb)), verb


@pytest.mark.parametrize("name", REGISTER)
def test_what_sounds_like_a_secret_in_a_form_is_one_and_every_field_has_a_name(name: str):
    form = outside_class(name, exercise=False).Settings
    assert form.model_json_schema()["type"] == "object"
    for field, info in form.model_fields.items():
        assert info.title, f"{name}.{field} has no name for people"
        if field in SECRET_WORDS or field.endswith(("_secret", "_token", "_password")):
            assert info.annotation is SecretStr, f"{name}.{field} would be shown"


@pytest.mark.parametrize("name", REGISTER)
def test_a_listed_channel_is_tried_like_the_others_or_by_tests_of_its_own(name: str):
    own = (Path(__file__).parent / f"test_channel_{name}.py").exists()
    assert own or callable(import_module(f"tests.alerts.channel_fakes.{name}").fake)
    assert own or name in NAMES


@pytest.mark.parametrize("pasted", ["  kunci-yang-cukup-panjang-77\n", "\tkunci-yang-cukup-panjang-77 "])
@pytest.mark.parametrize(("name", "field", "more"), IN_HEADERS)
def test_a_secret_that_was_pasted_stands_bare_in_a_header(name: str, field: str, more: dict[str, str], pasted: str):
    form: Any = outside_class(name, exercise=False).Settings
    settings = form(**{**more, field: pasted})
    assert getattr(settings, field).get_secret_value() == "kunci-yang-cukup-panjang-77"
    for wrong in ("kunci-yang\ncukup-panjang-77", "kunci–yang-cukup-panjang", "kunci-yang-cukup\u200b-panjang"):
        with pytest.raises(ValidationError, match="salin ulang"):
            form(**{**more, field: wrong})


def test_an_exercise_lists_nothing_that_reaches_anybody():
    assert set(EXERCISE) <= {"console"}
    for name in set(REGISTER) - set(EXERCISE):
        with pytest.raises(LookupError):
            outside_class(name, exercise=True)
