"""Every setting of a channel reads in both languages: its words come with the channel, their English with ours."""

import io
from pathlib import Path
from typing import Any

import pytest
from babel.messages import pofile

from alerts.channels import REGISTER, outside_class

CATALOGUE = Path(__file__).parents[2] / "incident" / "translations" / "en" / "LC_MESSAGES" / "messages.po"


@pytest.fixture(scope="module")
def english() -> dict[str, str]:
    catalogue = pofile.read_po(io.BytesIO(CATALOGUE.read_bytes()), locale="en")
    return {str(message.id): str(message.string) for message in catalogue if message.id}


def parts(name: str) -> list[dict[str, Any]]:
    return list(outside_class(name, exercise=False).Settings.model_json_schema().get("properties", {}).values())


@pytest.mark.parametrize("name", REGISTER)
def test_every_setting_of_a_channel_has_words_and_their_english(name: str, english: dict[str, str]) -> None:
    said = [part[key] for part in parts(name) for key in ("title", "description") if part.get(key)]
    assert [words for words in said if not english.get(words)] == []


@pytest.mark.parametrize("name", REGISTER)
def test_what_is_a_secret_says_so_in_its_schema(name: str) -> None:
    """The page shows what the schema does not mark."""
    fields = outside_class(name, exercise=False).Settings.model_fields
    hidden = {one for one, field in fields.items() if "Secret" in str(field.annotation)}
    properties = outside_class(name, exercise=False).Settings.model_json_schema()["properties"]
    assert {one for one, part in properties.items() if part.get("writeOnly")} == hidden
