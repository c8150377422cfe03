"""What the relay does once a second and not at every entry: late words, the sender's file, trials, forgetting."""

import time

from alerts import trials
from alerts.sending import process
from alerts.webhooks import kept
from incident.post import Post

EACH_S = 1.0


class Rounds:
    """Looks at most once a second, by a clock that nobody can set."""

    def __init__(self) -> None:
        self.next_at = 0.0

    def step(self, post: Post) -> bool:
        """Look when it is time; answers whether anything was done."""
        if time.monotonic() < self.next_at:
            return False
        self.next_at = time.monotonic() + EACH_S
        return any([process.step(post), trials.step(post), kept.step(post)])


step = Rounds().step
