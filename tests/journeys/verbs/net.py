"""A roll-call, the task of a station that kept silent, and its end when the station answers again."""

from radio_bridge import outcomes
from radio_bridge.net import queries as net
from radio_bridge.net import roll_call
from radio_bridge.radiogram import Level
from tests.journeys.verbs.steps import Verbs, nothing, remember
from tests.room import Room


def _a_roll_call(room: Room) -> None:
    room.do(roll_call.begin, by="dewi")
    with room.post.database.read() as conn:
        (call,) = net.unjudged(conn)
    remember(room, roll_call=call["id"])
    room.do(outcomes.record_keyed, call["uid"], by="radio")
    room.do(outcomes.record_expired, call["uid"], by="radio")


def _judge(room: Room) -> None:
    room.do(roll_call.judge, room.known["roll_call"], by="relay")


def _a_silent_station(room: Room) -> None:
    _a_roll_call(room)
    _judge(room)


def _heard_again(room: Room) -> None:
    room.do(roll_call.begin, by="dewi")
    with room.post.database.read() as conn:
        (call,) = net.unjudged(conn)
    room.do(outcomes.record_keyed, call["uid"], by="radio")
    room.do(outcomes.record_ack, call["uid"], 11, Level.PRESENT, room.clock.now, by="radio")
    room.do(roll_call.judge, call["id"], by="relay")


VERBS: Verbs = {
    "a roll-call": (nothing, _a_roll_call),
    "a station keeps silent": (_a_roll_call, _judge),
    "a silent station answers": (_a_silent_station, _heard_again),
}
