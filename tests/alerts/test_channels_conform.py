"""What every listed channel keeps, whoever writes it: a form to be filled, secrets that are secrets, a far end."""

import inspect
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, SecretStr

from alerts import rules
from alerts.channels import EXERCISE, INSIDE, REGISTER, OutsideChannel, outside_class
from tests.alerts.test_channel_all import NAMES

HERE = Path(__file__).parent
SECRET = re.compile(r"(^|_)(secret|token|password|sandi|private_key)($|_)")
LIGHT = ("cryptography", "urllib3", "smtplib", "imaplib", "aiosmtpd")
METHODS = ("check", "deliver", "poll", "close")

every = pytest.mark.parametrize("name", REGISTER)


def settings_of(name: str) -> type[BaseModel]:
    return outside_class(name, False).Settings


@every
def test_it_is_what_the_register_says_and_has_its_place_on_the_ladder(name: str):
    kind = outside_class(name, False)
    assert kind.name == name
    assert name in rules.CHANNELS
    assert kind.pace > 0
    assert all(callable(getattr(kind, method)) for method in METHODS)
    assert list(inspect.signature(kind.__init__).parameters)[1:3] == ["settings", "wire"]


@every
def test_its_form_can_be_shown_every_field_with_its_words(name: str):
    schema = settings_of(name).model_json_schema()
    assert schema["type"] == "object"
    for field, part in schema["properties"].items():
        assert part.get("title", field) != field.replace("_", " ").title() or part.get("description"), field


@every
def test_what_is_secret_is_typed_so_and_never_shown(name: str):
    for field, told in settings_of(name).model_fields.items():
        if SECRET.search(field):
            assert told.annotation is SecretStr, field


@every
def test_no_text_of_a_form_is_without_bounds(name: str):
    for field, told in settings_of(name).model_json_schema()["properties"].items():
        is_free = told.get("type") == "string" and not {"enum", "pattern", "maxLength"} & set(told)
        assert not is_free or told.get("format") == "password", field


@every
def test_it_is_tested_against_a_far_end_of_its_own(name: str):
    assert (HERE / f"test_channel_{name}.py").exists()
    assert (name in NAMES) == (HERE / "channel_fakes" / f"{name}.py").exists()


def test_inside_and_outside_share_no_name_and_an_exercise_has_nothing_that_is_not_listed():
    assert not set(INSIDE) & set(REGISTER)
    assert set(EXERCISE) <= {"console"}
    assert OutsideChannel.__doc__


def test_listing_channels_loads_none_of_them_nor_what_they_need():
    words = "import sys, alerts.channels, alerts.secrets\nprint(sorted(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", words], capture_output=True, text=True, check=True, cwd=HERE.parent.parent
    )
    loaded: Any = done.stdout
    assert not [name for name in REGISTER if f"'alerts.channels.{name}'" in loaded]
    assert not [name for name in LIGHT if f"'{name}'" in loaded]
