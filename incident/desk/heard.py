"""What the answers of a call mean: its priority, what a repeat raises, and what the journal is told of them."""

from collections.abc import Mapping
from typing import Any

from incident import intake
from incident.desk import deck
from incident.desk.cards import LANGUAGES, Card, Judgement, judge, said
from incident.post import Post


def judged(post: Post, report: intake.Report, kind: Mapping[Any, Any]) -> Judgement | None:
    """What the answers say of the priority; None where nothing was asked."""
    if not report.answers:
        return None
    return judge(_card(post, kind["code"]), report.answers, kind["priority"], report.suggested)


def opened(report: intake.Report, reason: str, found: Judgement | None) -> dict[str, Any]:
    """Whose word the priority of a new incident is, with the answers that spoke for it."""
    decided = {"priority_from": intake.who_decided(report, reason)}
    return {**decided, "because": _why(found)} if found and decided["priority_from"] == "card" else decided


def raised(
    post: Post, report: intake.Report, incident: Mapping[Any, Any], kind: Mapping[Any, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a repeat makes more urgent, as (facts, changes): it may only raise, by its answers or by a word."""
    found = judged(post, report, kind)
    wanted, reason = intake.priority_of(report, kind["priority"], found)
    if reason == "type" or wanted >= incident["priority"]:
        return {}, {}
    facts = {"from": incident["priority"], "to": wanted, "why": reason}
    if found and not report.priority:
        facts["because"] = _why(found)
    return {"raised": facts}, {"priority": wanted, "priority_reason": reason}


def _why(found: Judgement) -> dict[str, str]:
    return {language: found.why(language) for language in LANGUAGES}


def told(post: Post, report: intake.Report) -> dict[str, Any]:
    """What the journal may know beside the plain facts: the answers as they were asked, and that it was on paper."""
    facts: dict[str, Any] = {"source": "paper"} if report.source == "paper" else {}
    if report.answers and report.class_ == "normal":
        card = _card(post, report.type)
        words = {language: said(card, report.answers, language) for language in LANGUAGES}
        facts["answers"] = {"given": dict(report.answers), **words}
    return facts


def _card(post: Post, type_code: str | None) -> Card | None:
    return deck.of(post.settings.data).find(type_code)
