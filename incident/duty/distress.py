"""The lamp of distress: it names every unit that is in it, and every radio without a unit that called.

Of the distress of such a radio only the lamp knows, so whoever lights or puts out the lamp goes through show().
"""

from collections.abc import Sequence

from incident import actions
from incident.duty import alarms
from incident.post import Act

LAMP = "mayday"
CALLING = "DARURAT "
LONGEST = 120
"""Characters a lamp has room for."""


def show(act: Act, calling: str = "", answering: str = "") -> None:
    """Light the lamp for all who are in distress now, or put it out. calling, answering: who just did.

    A unit answers by ending its alarm; a radio without a unit stays on the lamp until it is the one that answers.
    """
    lit, units = named(act), set(alarms.in_mayday(act))
    radios = ({*_without_unit(act, lit)} - {answering} | {calling}) - units - {""}
    if units or radios:
        actions.set_lamp(act, LAMP, "off", CALLING + _listed([*sorted(radios), *sorted(units)], LONGEST - len(CALLING)))
    elif lit:
        actions.set_lamp(act, LAMP, "ok", f"{_listed(lit, LONGEST - len(' menjawab'))} menjawab")


def named(act: Act) -> list[str]:
    """Whom the burning lamp names."""
    lamp = next((one for one in actions.queries.lamp_cards(act.conn) if one["id"] == LAMP), None)
    names = lamp["words"].removeprefix(CALLING).split(", ") if lamp and lamp["state"] == "off" else []
    return [name for name in names if not name.startswith("+")]


def _without_unit(act: Act, names: Sequence[str]) -> set[str]:
    return set(names) - {card["call_sign"] for card in actions.queries.unit_cards(act.conn)}


def _listed(names: Sequence[str], longest: int) -> str:
    """As many whole names as there is room for, and how many more there are: `TRC-1, TRC-2, +3`."""
    for shown in range(len(names), 0, -1):
        more = [f"+{len(names) - shown}"] if shown < len(names) else []
        if len(said := ", ".join([*names[:shown], *more])) <= longest:
            return said
    return f"+{len(names)}"
