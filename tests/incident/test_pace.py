"""A step of the relay is taken when it is time, and not before."""

import time

from incident.pace import at_most_every
from incident.post import Post


def test_a_step_is_taken_at_once_and_then_not_before_its_time(post: Post) -> None:
    looked: list[Post] = []

    @at_most_every(0.2)
    def step(post: Post) -> bool:
        looked.append(post)
        return True

    began = time.monotonic()
    assert step(post)
    while not step(post):
        time.sleep(0.01)
    assert time.monotonic() - began >= 0.2 and len(looked) == 2
