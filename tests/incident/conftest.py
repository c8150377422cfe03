"""What the tests of the room share."""

from typing import Any

import pytest

from tests.room import Clock


@pytest.fixture
def by_day(app: Any) -> None:
    """It is late in the morning in the room: the day that is counted does not end in the middle of a test."""
    app.extensions["posko"].clock = Clock()
