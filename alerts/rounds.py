"""What the relay does once a second and not at every entry: late words, the sender's file, trials, forgetting."""

from alerts import trials
from alerts.sending import process
from alerts.webhooks import kept
from incident.pace import at_most_every
from incident.post import Post

EACH_S = 1.0


@at_most_every(EACH_S)
def step(post: Post) -> bool:
    """Look at all of them; answers whether anything was done."""
    return any([process.step(post), trials.step(post), kept.step(post)])
