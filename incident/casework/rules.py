"""The tables of casework: a task's life, what makes a write stale, what a merge leaves behind. Pure."""

from collections.abc import Mapping
from typing import Any

# (state, verb) -> state of a task
TASK_LIFE = {
    ("open", "take"): "open",
    ("open", "hand_over"): "open",
    ("open", "done"): "done",
    ("open", "drop"): "dropped",
    ("done", "reopen"): "open",
    ("dropped", "reopen"): "open",
}
TASK_STATES = ("open", "done", "dropped")
TASK_VERBS = ("take", "hand_over", "done", "drop", "reopen")
OWNER_KINDS = ("person", "agency", "unit")

# what somebody else may have written since one looked, that makes a verb a surprise; a note surprises nobody
_REGROUPED = frozenset({"incident.gathered", "incident.merged", "incident.split", "incident.restored"})
_CORRECTED = frozenset({"incident.corrected", "incident.closed", "incident.reopened"})
CONFLICTS: Mapping[str, frozenset[str]] = {
    "verify": _CORRECTED | _REGROUPED,
    "correct": _CORRECTED | _REGROUPED | {"call.linked"},
    "obstruct": _REGROUPED
    | {"incident.obstructed", "incident.responding", "incident.controlled", "incident.closed", "incident.reopened"},
    "resume": _REGROUPED | {"incident.obstructed", "incident.controlled", "incident.closed", "incident.responding"},
    "control": _CORRECTED
    | _REGROUPED
    | {"incident.obstructed", "incident.controlled", "call.linked", "assignment.created"},
    "close": _CORRECTED
    | _REGROUPED
    | {"incident.obstructed", "incident.responding", "call.linked", "assignment.created", "task.added"},
    "reopen": frozenset({"incident.reopened", "incident.closed"}) | _REGROUPED,
    "merge": _CORRECTED | _REGROUPED,
    "split": _CORRECTED | _REGROUPED,
}

# words a person wrote, which may be struck through
STRIKABLE = frozenset(
    f"incident.{word}"
    for word in (
        "noted",
        "verified",
        "responding",
        "obstructed",
        "controlled",
        "closed",
        "reopened",
        "corrected",
        "answered",
    )
)
SUPERVISORS = ("coordinator", "admin")
RESTORED = ("type", "priority", "priority_reason", "state", "obstacle")  # columns a merge may change in the host


def host_after(host: Mapping[Any, Any], guest: Mapping[Any, Any], has_units: bool, number: str) -> dict[str, Any]:
    """What of the host changes when the guest joins: the stronger priority, units at work, a standing obstacle."""
    changes: dict[str, Any] = {}
    if guest["priority"] < host["priority"]:
        changes |= {"priority": guest["priority"], "priority_reason": f"digabung dengan {number}"}
    if guest["state"] == "obstructed" and host["state"] != "obstructed":
        changes |= {"state": "obstructed", "obstacle": guest["obstacle"]}
    elif has_units and host["state"] in ("new", "verified", "controlled"):
        changes["state"] = "responding"
    return changes


def restored(was: Mapping[str, tuple[Any, Any]], now: Mapping[Any, Any]) -> dict[str, Any]:
    """The columns to put back: those a merge changed and nobody changed since; `was` holds (before, after)."""
    return {name: before for name, (before, after) in was.items() if now[name] == after and before != after}
