"""The relays of the net: stations that repeat for those whom the centre does not hear, in the order they speak.

The centre's radio takes the list from here while it runs; a relay knows its role from its card, and a later change
from a new one. What the address of a radio says of relays has the last word there.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, update

from incident.config import Settings
from incident.errors import BadReport, NotFound, WrongState
from incident.post import Act
from radio_bridge import queries
from radio_bridge.cost import has_digipeaters, relays_said
from radio_bridge.keyring import mark_of
from radio_bridge.keys import queries as keys
from radio_bridge.models import Station
from radio_bridge.net import entries

assert entries
MOST = 8
"""As many as a frame can name on its way."""


def set_relays(act: Act, relays: Iterable[int], before: Iterable[int] | None = None) -> dict[str, Any]:
    """Name all relays by their numbers, in the order in which they speak; none: nobody repeats.

    before: the list this one was made from. Raises NotFound, BadReport, and WrongState when it is another by now,
    or where the radio's address names digipeaters.
    """
    if earlier := act.earlier("radio.relays_set"):
        return earlier.told()
    wanted, now = list(relays), list(queries.relays(act.conn))
    if before is not None and list(before) != now:
        raise WrongState("Daftar relai sudah diubah orang lain; lihat yang sekarang.", allowed=["relays"])
    if wanted and has_digipeaters(act.post.settings.radio):
        raise WrongState(
            "Radio ini memakai digipeater (via= di POSKO_RADIO); relai Posko tidak dipakai bersamanya.", allowed=[]
        )
    names = _names(act.conn, wanted)
    act.conn.execute(update(Station).values(relay_place=None))
    for place, number in enumerate(wanted, 1):
        act.conn.execute(update(Station).where(Station.number == number).values(relay_place=place))
    return act.append("radio.relays_set", {"relays": wanted, "before": now, "call_signs": names}).told()


def _names(conn: Connection, wanted: list[int]) -> list[str]:
    """Their call signs, in the same order."""
    if len(wanted) > MOST or len(set(wanted)) < len(wanted):
        raise BadReport(f"Paling banyak {MOST} relai, dan masing-masing satu kali.", "relays")
    known = queries.callsigns(conn)
    names = [known.get(number) for number in wanted]
    if None in names:
        raise NotFound(f"Stasiun {wanted[names.index(None)]} tidak terdaftar atau sudah dicabut.", "relays")
    return [name for name in names if name]


def numbers_of(conn: Connection, call_signs: Iterable[str]) -> list[int]:
    """The numbers of these stations. Raises NotFound."""
    return [queries.addressed(conn, name)[0] for name in call_signs]


def relays_card(conn: Connection, settings: Settings) -> dict[str, Any]:
    """{order, said_by, old_cards}: the numbers the centre's radio works with, and who still needs a new card.

    said_by: "register", or "address" where POSKO_RADIO names the relays and the register is not asked.
    """
    listed, said = queries.relays(conn), relays_said(settings.radio)
    old_cards = keys.old_cards(conn, mark_of(bytes.fromhex(settings.radio_key)), listed)
    order, said_by = (listed, "register") if said is None else (said, "address")
    return {"order": list(order), "said_by": said_by, "old_cards": old_cards}
