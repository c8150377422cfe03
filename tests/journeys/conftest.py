"""The browser's own code that keeps the picture of it."""

from collections.abc import Iterator

import pytest

from tests.viewers import Reducer


@pytest.fixture(scope="module")
def reducer() -> Iterator[Reducer]:
    running = Reducer()
    yield running
    running.stop()
