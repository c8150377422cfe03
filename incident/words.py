"""What a page hands to its scripts: the dictionary of its language, and the rules its buttons follow."""

from typing import Any

from babel.support import Translations
from flask_babel import get_locale, get_translations, lazy_gettext

from incident import rules
from incident.duty.hours import SHIFT_STARTS_H

ROLE_WORDS = {
    "admin": lazy_gettext("pengelola"),
    "coordinator": lazy_gettext("koordinator"),
    "call_taker": lazy_gettext("penerima panggilan"),
    "dispatcher": lazy_gettext("pengirim satuan"),
    "field": lazy_gettext("lapangan"),
    "agency": lazy_gettext("instansi (OPD)"),
    "village": lazy_gettext("desa"),
    "leader": lazy_gettext("pimpinan"),
}


def language() -> str:
    """The page's language: `id` or `en`."""
    locale = get_locale()
    return str(locale.language) if locale else "id"


def page_words() -> dict[str, str]:
    """Sentence -> translation for `words.js`; empty in Bahasa Indonesia, whose sentences are the keys."""
    translations = get_translations()
    if language() == "id" or not isinstance(translations, Translations):
        return {}
    catalogue = translations._catalog.items()  # gettext keeps its dictionary to itself; a page needs it whole
    return {key: said for key, said in catalogue if isinstance(key, str) and key and isinstance(said, str)}


def page_tables(role: str | None = None) -> dict[str, Any]:
    """The tables of the rules the screens draw buttons and warnings from; the server decides anew each time."""
    return {
        "verbs": sorted(rules.ROLE_VERBS.get(role or "", ())),
        "targets_s": rules.TARGETS_S,
        "shift_starts_h": SHIFT_STARTS_H,
        "assignment_verbs": {
            state: rules.allowed_verbs(rules.ASSIGNMENT_LIFE, state) for state in rules.ASSIGNMENT_STATES
        },
        "incident_verbs": {state: rules.allowed_verbs(rules.INCIDENT_LIFE, state) for state in rules.INCIDENT_STATES},
        "dispositions": rules.DISPOSITIONS,
        "obstacle_reasons": rules.OBSTACLE_REASONS,
    }


def role_word(role: str) -> str:
    """A role as the screen calls it."""
    return str(ROLE_WORDS.get(role, role))


def page_context(role: str | None = None) -> dict[str, Any]:
    """Everything base.html wants beside the page's own: lang, words, tables, role_word."""
    return {"lang": language(), "words": page_words(), "tables": page_tables(role), "role_word": role_word}
