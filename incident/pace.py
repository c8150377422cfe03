"""How often a step of the relay looks: at most once in so many seconds, by a clock that nobody can set."""

import time
from collections.abc import Callable
from functools import wraps

from incident.post import Post

Step = Callable[[Post], bool]


def at_most_every(seconds: float) -> Callable[[Step], Step]:
    """The step is taken when it is time again; between that it costs one look at the clock, and has done nothing."""

    def paced(look: Step) -> Step:
        next_at = 0.0

        @wraps(look)
        def step(post: Post) -> bool:
            nonlocal next_at
            if time.monotonic() < next_at:
                return False
            next_at = time.monotonic() + seconds
            return look(post)

        return step

    return paced
