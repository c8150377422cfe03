"""The rig of a channel of people: the same loop and the same spool, but what it keys is speech and nothing else."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import structlog

from radio_bridge.airtime import boot_seconds
from radio_bridge.devices import Device
from radio_bridge.devices.voice import Voice
from radio_bridge.link import Link
from radio_bridge.rig import Rig
from radio_bridge.spool import Note, Spool
from radio_bridge.traffic import LinkConfig, Transmit
from radio_bridge.voice.dtmf import answer_of
from radio_bridge.voice.link import VoiceLink
from radio_bridge.voice.net import Speak

log = structlog.get_logger()


def make_rig(device: Device, config: LinkConfig, spool: Spool, told: Callable[[], None]) -> Rig:
    """The rig that belongs to a device; told as in Rig."""
    return VoiceRig(device, config, spool, told) if isinstance(device, Voice) else Rig(device, config, spool, told)


class VoiceRig(Rig):
    """Runs a VoiceLink at a voice device."""

    def __init__(self, device: Voice, config: LinkConfig, *args: Any, **more: Any) -> None:
        self._voice, self._law = device, config.profile
        # whatever the service allows to data, at this device nobody but people speaks
        super().__init__(device, replace(config, profile=replace(config.profile, content="voice")), *args, **more)

    def _restored(self) -> Link:
        kept, now = self._spool.link(), boot_seconds()
        if kept is None:
            counters = {"reserved_until": self._first_counter()}
            return VoiceLink.begin(self._config, counters, self._random, self._voice.seconds_of, self._law)
        clock: Mapping[str, float] = {}
        if kept.boot != self._boot:
            clock = {"now": now, "away_s": max(0.0, self._wall() - kept.wall), "surely_s": now}
        return VoiceLink.on(self._config, kept.state, self._random, self._voice.seconds_of, self._law, **clock)

    def _impostor(self, frame: bytes) -> str:
        """A revoked team's number is not believed; the keys of a handheld say no more about who pressed them."""
        answer = answer_of(frame.decode("ascii", "replace"))
        team = answer.team if answer else -1
        return "revoked" if team in self.callsigns and self.callsigns[team] is None else ""

    def _listen(self) -> None:
        super()._listen()
        if self._voice.is_busy() and isinstance(self._link, VoiceLink):
            self._link.voice.busy(boot_seconds())

    def _key(self, transmit: Transmit) -> None:
        """Speech goes to the voice; anything else that a fault should bring here is counted and dropped."""
        if not isinstance(transmit, Speak) or not transmit.overs:
            log.error("radio.barred", service=self._law.name, bytes=len(transmit.frame))
            self._spool.note([], ["barred"])
            return
        said = self._voice.say(transmit.overs, self._stopping.is_set)
        self._act_on(self._link.keyed(boot_seconds()))
        told = {"uid": transmit.uid, "airtime_s": round(transmit.airtime_s, 3), "bytes": 0}
        self._spool.note([Note("keyed", told, self._wall())] if transmit.uid and said else [], ["sent"])
        if transmit.uid:
            self._told()
