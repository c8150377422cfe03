"""Does the steps of a night through the doors a person uses; whoever was faster is left in the right."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from incident import actions, hints
from incident.drill.cast import BY, PEOPLE
from incident.drill.doors import Answer, Doors
from incident.drill.progress import Progress
from incident.drill.scenario import Scenario, Step, loud
from incident.post import Post, uid_from

DONE = Answer(200, {})
CALL_FIELDS = ("class", "type", "priority", "caller", "place")
ALERT_FIELDS = ("priority", "order", "text")
VERB_FIELDS = ("disposition", "reason", "unblock_by")


class Stage:
    """The post as the script acts on it; each step's key is made of the run and its name."""

    def __init__(self, post: Post, doors: Doors, progress: Progress):
        self.post, self.doors, self.progress = post, doors, progress
        self._ways: Mapping[str, Callable[[Step], Answer]] = {
            "ring": self._ring,
            "answer": self._answer,
            "call": self._call,
            "verb": self._verb,
            "assign": self._assign,
            "status": self._status,
            "move": self._move,
            "alert": self._alert,
            "phone": self._phone,
            "lamp": self._lamp,
            "say": self._say,
        }

    def perform(self, step: Step) -> Answer:
        """Do a step; a refusal is an answer too (somebody did it first). Raises Away."""
        return self._ways[step.do](step)

    # before the night

    def open(self, scenario: Scenario, secrets: Mapping[str, str]) -> None:
        """Bring in the units with their radios, then the people who belong to one."""
        for unit in scenario.units:
            self.progress.units[unit["call_sign"]] = self._unit(unit)
        for one in PEOPLE:
            if one.unit is not None:
                body = {"name": one.name, "role": one.role, "secret": secrets[one.name]}
                more = {"uid": self._uid("person", one.name), "unit_id": self.progress.units[one.unit]}
                self.doors.ask("admin", "POST", "/people", body | more)

    def _unit(self, unit: Mapping[str, Any]) -> int:
        answer = self.doors.ask("admin", "POST", "/units", {"uid": self._uid("unit", unit["call_sign"]), **unit})
        if not answer.is_done:
            raise RuntimeError(f"{unit['call_sign']}: {answer.words}")
        return int(answer.body["body"]["cards"]["units"][0]["id"])

    # the kinds of steps

    def _ring(self, step: Step) -> Answer:
        """Announced anew it is the same ring: so a later step finds it, also after a fall."""
        caller = step.said.get("caller", {})
        body = {"uid": self._uid(step.said.get("call", step.name), "rings"), "line": "112", "source": "drill"}
        answer = self._desk("/calls/ringing", body | caller_number(caller))
        if answer.is_done and "ends" in step.said:
            path = f"/calls/ringing/{answer.body['ring']}/{step.said['ends']}"
            return self._desk(path, {"uid": self._uid(step.name)})
        return answer

    def _answer(self, step: Step) -> Answer:
        ring = self._ring(step)
        if not ring.is_done:
            return ring
        return self._desk(f"/calls/ringing/{ring.body['ring']}/answer", {"uid": self._uid(step.name)})

    def _call(self, step: Step) -> Answer:
        body = {name: step.said[name] for name in CALL_FIELDS if name in step.said}
        body |= {"uid": self._uid(step.name), "channel": "drill", "narrative": loud(step.said["narrative"])}
        ring = self._ring(Step(step.name, step.at_s, "ring", {"call": step.name, **caller_said(step)}))
        body |= {"ring": ring.body["ring"]} if ring.is_done else {}
        answer = self._take(body, self.progress.incidents.get(step.said.get("joins", "")))
        if answer.is_done and answer.body["incident"] is not None:
            self.progress.incidents[step.name] = answer.body["incident"]
        return answer

    def _take(self, body: Mapping[str, Any], joins: int | None) -> Answer:
        """With its link; when a person has closed that incident meanwhile, as a call of its own: none is dropped."""
        linked = {**body, "incident": joins} if joins else body
        answer = self.doors.ask("call_taker", "POST", "/calls", linked)
        return self.doors.ask("call_taker", "POST", "/calls", body) if joins and answer.status == 409 else answer

    def _verb(self, step: Step) -> Answer:
        body = {name: step.said[name] for name in VERB_FIELDS if name in step.said}
        body |= {"uid": self._uid(step.name)} | ({"text": loud(step.said["text"])} if "text" in step.said else {})
        if minutes := step.said.get("next_word_in_min"):
            body["next_word_at"] = (self.post.clock() + dt.timedelta(minutes=minutes)).isoformat()
        return self._control(f"/incidents/{self._incident(step)}/{step.said['verb']}", body)

    def _assign(self, step: Step) -> Answer:
        body = {"uid": self._uid(step.name), "unit_id": self._unit_id(step)}
        return self._control(f"/incidents/{self._incident(step)}/assignments", body)

    def _status(self, step: Step) -> Answer:
        assignment = self._find_assignment(self._incident(step), self._unit_id(step))
        if assignment is None:
            return Answer(404, {"detail": f"{step.said['unit']} tidak bertugas di kejadian itu."})
        body = {"uid": self._uid(step.name)} | ({"note": loud(step.said["note"])} if "note" in step.said else {})
        return self._control(f"/assignments/{assignment}/{step.said['verb']}", body)

    def _find_assignment(self, incident: int, unit: int) -> int | None:
        """By asking, because a person may have assigned the unit before the script did."""
        whole = self.doors.ask("dispatcher", "GET", f"/incidents/{incident}").body
        mine = [one["id"] for one in whole.get("assignments", []) if one["unit_id"] == unit]
        return max(mine, default=None)

    def _move(self, step: Step) -> Answer:
        body = {"uid": self._uid(step.name), "lon": step.said["lon"], "lat": step.said["lat"]}
        return self._control(f"/units/{self._unit_id(step)}/position", body)

    def _alert(self, step: Step) -> Answer:
        body: dict[str, Any] = {name: step.said[name] for name in ALERT_FIELDS}  # the alert room puts LATIHAN on itself
        body |= {"uid": self._uid(step.name), "incident_id": self._incident(step), "expires_in_min": 60}
        body["unit_ids"] = [self.progress.units[one] for one in step.said["units"]]
        answer = self._control("/alerts", body)
        if answer.is_done:
            self.progress.alerts[step.name] = answer.body["body"]["alert"]
        return answer

    def _phone(self, step: Step) -> Answer:
        alert = self.progress.alerts.get(step.said["alert"])
        if alert is None:
            return Answer(404, {"detail": "Siaran itu tidak jadi ditulis."})
        body = {"uid": self._uid(step.name), "unit_id": self._unit_id(step)}
        return self._control(f"/alerts/{alert}/acknowledge", body)

    def _lamp(self, step: Step) -> Answer:
        """No route sets a lamp: in real life the process that notices does."""
        self.post.do(actions.set_lamp, BY, None, step.said["lamp"], step.said["state"], step.said["words"])
        hints.tell(self.post.settings.data)
        return DONE

    def _say(self, step: Step) -> Answer:
        body = {"uid": self._uid(step.name), "text": step.said["text"]}  # the frame carries its LATIHAN as a bit
        return self._control("/radio/texts", body | ({"to": step.said["to"]} if "to" in step.said else {}))

    # shared

    def _desk(self, path: str, body: Mapping[str, Any]) -> Answer:
        return self.doors.ask("call_taker", "POST", path, body)

    def _control(self, path: str, body: Mapping[str, Any]) -> Answer:
        return self.doors.ask("dispatcher", "POST", path, body)

    def _uid(self, *words: str) -> str:
        return uid_from("drill", self.progress.run, *words)

    def _incident(self, step: Step) -> int:
        return self.progress.incidents[step.said["incident"]]

    def _unit_id(self, step: Step) -> int:
        return self.progress.units[step.said["unit"]]


def caller_said(step: Step) -> dict[str, Any]:
    return {"caller": step.said.get("caller", {})}


def caller_number(caller: Mapping[str, Any]) -> dict[str, Any]:
    """The number of a caller as a ring has it; one who hides it has none."""
    return {"phone": caller["phone"]} if "phone" in caller else {}
