"""The API of channels: how they are, their settings (secrets are only written), a trial by hand."""

from typing import Any

from flask import Response

from alerts import channel_actions
from alerts import schemas as a
from incident import schemas as s
from incident.api import Door, answer, me, post, rule
from incident.rules import may

api = Door("channels", __name__, url_prefix="/api/v1", description="Ways out: health, settings, trials")
OF_SETTINGS = ("schema", "settings", "secrets", "loop_address")


@api.get("/channels")
@rule(api, "channel.read")
@api.response(200, s.Anything)
def list_channels() -> Response:
    """Every outside channel: how it is and what its trials say; its form and settings for who may set it."""
    found = channel_actions.listed(post())
    if not may(me().role, "channel.manage"):
        found = [{name: value for name, value in one.items() if name not in OF_SETTINGS} for one in found]
    return answer({"channels": found})


@api.put("/channels/<string:name>")
@rule(api, "channel.manage", 404, 409)
@api.response(200, s.EntryOut)
@api.arguments(a.ChannelIn)
def set_channel(given: dict[str, Any], name: str) -> Response:
    """Set a channel up, switch it on or off."""
    told = (name, given["is_on"], given["settings"], given["loop_address"])
    return answer(post().do(channel_actions.set_channel, me().name, str(given["uid"]), *told))


@api.post("/channels/<string:name>/test")
@rule(api, "channel.manage", 404, 409)
@api.response(200, s.Anything)
@api.arguments(a.TrialIn)
def try_channel(given: dict[str, Any], name: str) -> Response:
    """Send a message of our own to our own address; the sender carries it."""
    uid = str(given["uid"])
    return answer(post().do(channel_actions.try_channel, me().name, uid, name, given.get("address")))
