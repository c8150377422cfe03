"""The room of a journey, and the browser's own code that keeps the picture of it."""

from collections.abc import Iterator

import pytest

from incident.post import Post
from tests.room import Room, open_room
from tests.viewers import Reducer


@pytest.fixture(scope="module")
def reducer() -> Iterator[Reducer]:
    running = Reducer()
    yield running
    running.stop()


@pytest.fixture
def room(post: Post) -> Room:
    return open_room(post)
