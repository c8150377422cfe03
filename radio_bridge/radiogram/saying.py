"""A radiogram in one line of Bahasa Indonesia, for logs and screens."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from radio_bridge.radiogram import (
    ACTIONS,
    LEVELS,
    STATUSES,
    TYPES,
    Ack,
    Alert,
    Cancel,
    Fragment,
    Key,
    Missing,
    Place,
    Position,
    Radiogram,
    Receipt,
    RollCall,
    Status,
    Text,
    Time,
)


def say(radiogram: Radiogram) -> str:
    """One line in Bahasa Indonesia for logs and screens. An exercise begins and ends with LATIHAN."""
    words = _SPOKEN[type(radiogram)](radiogram)
    return f"LATIHAN {words} LATIHAN" if getattr(radiogram, "exercise", False) else words


def _say_alert(alert: Alert) -> str:
    what = f"{ACTIONS.get(alert.action, '?').upper()}: {TYPES.get(alert.type, '?')}"
    where = f" di {_say_place(alert.place)}" if alert.place else ""
    text = f" \u2013 {alert.text}" if alert.text else ""
    return f"P{alert.priority} {what}{where}{text} (siaran {alert.ref}.{alert.revision}, {alert.expires_min} menit)"


def _say_place(place: Place) -> str:
    """Latitude first, decimal comma, as on Indonesian forms."""
    side = "LS" if place.lat < 0 else "LU"
    return f"{abs(place.lat):.4f} {side} {place.lon:.4f} BT".replace(".", ",")


def _say_about(ref: int | None) -> str:
    return "" if ref is None else f" (siaran {ref})"


def _say_out(stations: tuple[int, ...]) -> str:
    return f", tanpa stasiun {_listed(stations)}" if stations else ""


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, numbers))


_SPOKEN: dict[type[Radiogram], Callable[..., str]] = {
    Alert: _say_alert,
    Cancel: lambda cancel: f"BATAL: siaran {cancel.ref} tidak berlaku lagi",
    RollCall: lambda call: f"Pengecekan stasiun {call.ref}: {len(call.roster)} stasiun",
    Ack: lambda ack: f"Siaran {ack.ref}.{ack.revision} {LEVELS[ack.level]}",
    Receipt: lambda receipt: f"Pesan {receipt.number} diterima perangkat",
    Status: lambda status: f"Status {status.digit}: {STATUSES[status.digit]}{_say_about(status.ref)}",
    Position: lambda position: f"Posisi {_say_place(position.place)}, {position.age_min} menit lalu",
    Text: lambda text: f"{text.text}{_say_about(text.ref)}",
    Time: lambda time: f"Jam pusat {time.utc_s}",
    Key: lambda key: f"Kunci jaringan diganti: masa {key.epoch}{_say_out(key.out)}",
    Fragment: lambda part: f"Bagian {part.part + 1} dari {part.last + 1} pesan {part.number}{_say_about(part.ref)}",
    Missing: lambda missing: f"Pesan {missing.number}: kurang bagian {_listed(part + 1 for part in missing.parts)}",
}
