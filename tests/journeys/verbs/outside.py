"""News of sources outside, and what it proposes."""

import alerts.bulletins.actions as telling
from alerts.bulletins import feed_actions
from alerts.feeds.shape import Bulletin
from tests.alerts.bulletin_ground import lay_villages, proposed, quake, take
from tests.journeys.verbs.steps import Step, Verbs, nothing, remember, wait
from tests.room import Room


def _told(*quakes: Bulletin) -> Step:
    return lambda room: take(room.post, *quakes)


def _a_quake(room: Room) -> None:
    lay_villages(room.post)
    take(room.post, quake())


def _a_proposal(room: Room) -> None:
    _a_quake(room)
    remember(room, proposal=proposed(room.post)[0]["id"])


def _decide_proposal(verb: str) -> Step:
    return lambda room: room.do(telling.decide, room.known["proposal"], verb, "Sudah siaga", by="komang")


_VOLCANO = ("Rinjani", "siaga", 116.47, -8.42, "Surat PVMBG")
VERBS: Verbs = {
    "a quake is told": (
        lambda room: lay_villages(room.post),
        lambda room: take(room.post, quake()),
    ),
    "a quake of another source": (_a_quake, _told(quake("usgs", 6.9))),
    "a quake is corrected": (_a_quake, lambda room: take(room.post, quake(magnitude=4.8))),
    "a quake is over": (_a_proposal, wait(4 * 86_400)),
    "proposal: accept": (_a_proposal, _decide_proposal("accept")),
    "proposal: decline": (_a_proposal, _decide_proposal("decline")),
    "a quake is over after a decision": (
        lambda room: (_a_proposal(room), _decide_proposal("accept")(room)),
        wait(4 * 86_400),
    ),
    "the level of a volcano": (
        lambda room: lay_villages(room.post),
        lambda room: room.do(telling.write_volcano, *_VOLCANO),
    ),
    "a feed is switched on": (nothing, lambda room: room.do(feed_actions.switch, "usgs", True, by="ayu")),
}
