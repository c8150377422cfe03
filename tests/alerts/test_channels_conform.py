"""Every channel of the registers keeps the protocol, so that the sender, the settings page and the ladder know it."""

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, SecretStr

from alerts import rules
from alerts.channels import EXERCISE, INSIDE, REGISTER, outside_class
from tests.alerts.test_channel_all import NAMES

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


def test_an_exercise_lists_nothing_that_reaches_anybody():
    assert set(EXERCISE) <= {"console"}
    for name in set(REGISTER) - set(EXERCISE):
        with pytest.raises(LookupError):
            outside_class(name, exercise=True)
