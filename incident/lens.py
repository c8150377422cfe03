"""What a viewer may see of a card or an entry, applied when it is read: a replay shows no more than the push. Pure."""

from dataclasses import dataclass
from typing import Any

from incident.rules import ROLE_SEES

HIDDEN: dict[str, Any] = {"kind": "entry.hidden", "incident_id": None, "by": "", "body": {}}


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks: the role and what is their own."""

    role: str
    unit_id: int | None = None
    agency_code: str | None = None
    area_code: str | None = None

    @property
    def sees_all(self) -> bool:
        return all(rule == "all" for rule in ROLE_SEES[self.role].values())

    @property
    def room(self) -> str:
        """Viewers who see the same share one room of screens."""
        if self.sees_all:
            return "all"
        return f"{self.role}:{self.unit_id}:{self.agency_code}:{self.area_code}"


def _is_own_incident(viewer: Viewer, card: dict[str, Any]) -> bool:
    if viewer.role == "field":
        return viewer.unit_id in card["unit_ids"]
    if viewer.role == "agency":
        return viewer.agency_code in card["agencies"]
    return bool(viewer.area_code) and str(card["area_code"] or "").startswith(str(viewer.area_code))


def _is_own_unit(viewer: Viewer, card: dict[str, Any]) -> bool:
    key = "unit_id" if "unit_id" in card else "id"
    if viewer.role == "field":
        return viewer.unit_id is not None and card[key] == viewer.unit_id
    return viewer.agency_code is not None and card["agency_code"] == viewer.agency_code


_OWN = {
    "incidents": _is_own_incident,
    "units": _is_own_unit,
    "assignments": _is_own_unit,
    "recipients": _is_own_unit,
    "tasks": _is_own_unit,
    "alarms": _is_own_unit,
}


def sees(viewer: Viewer, collection: str, card: dict[str, Any]) -> bool:
    """Whether the viewer sees this card of this collection."""
    rule = ROLE_SEES[viewer.role].get(collection, "none")
    if rule == "all":
        return True
    if rule == "none" or card.get("gone"):
        return False
    return card["state"] != "draft" if rule == "sent" else _OWN[collection](viewer, card)


def pick(viewer: Viewer, collection: str, cards: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The cards of a snapshot that the viewer sees."""
    return [card for card in cards if sees(viewer, collection, card)]


def told(viewer: Viewer, entry: dict[str, Any]) -> dict[str, Any]:
    """An entry as this viewer gets it; what is not theirs becomes a removal, what is none of it a bare number."""
    if viewer.sees_all:
        return entry
    cards = {name: _through(viewer, name, rows) for name, rows in entry["body"].get("cards", {}).items()}
    cards = {name: rows for name, rows in cards.items() if rows}
    if not cards:
        return {**entry, **HIDDEN}
    shown = any(not card.get("gone") for rows in cards.values() for card in rows)
    if not shown:
        return {**entry, **HIDDEN, "body": {"cards": cards}}
    return {**entry, "body": {"cards": cards}}


def _through(viewer: Viewer, collection: str, cards: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if ROLE_SEES[viewer.role].get(collection, "none") == "none":
        return []
    return [card if sees(viewer, collection, card) else {"id": card["id"], "gone": True} for card in cards]
