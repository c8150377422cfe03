"""The verbs of the question cards: the site writes its own, or takes the built-in one back."""

import hashlib
from typing import Any

from incident import journal
from incident.desk import deck
from incident.desk.cards import BadCard
from incident.errors import BadReport, NotFound
from incident.post import Act

journal.declare(
    {
        "card.changed": "A supervisor changed a question card of the desk: which, and the hash of what it says now.",
        "card.restored": "A question card of the desk was put back to the one that comes with Posko.",
    }
)


def change(act: Act, type_code: str, text: str) -> dict[str, Any]:
    """Keep the site's own card of a type; raises BadReport with the sentence that says where it fails."""
    if earlier := act.earlier("card.changed"):
        return earlier.told()
    text = text.strip() + "\n"
    try:
        deck.of(act.post.settings.data).keep(type_code, text)
    except BadCard as fault:
        raise BadReport(str(fault), "text") from None
    digest = hashlib.sha256(text.encode()).hexdigest()
    return act.append("card.changed", {"card": type_code, "sha256": digest}).told()


def restore(act: Act, type_code: str) -> dict[str, Any]:
    """Use the built-in card again; the site's file is laid aside. Raises NotFound where there is none of its own."""
    if earlier := act.earlier("card.restored"):
        return earlier.told()
    if not deck.of(act.post.settings.data).put_back(type_code):
        raise NotFound("Kartu ini sudah yang bawaan.")
    return act.append("card.restored", {"card": type_code}).told()
