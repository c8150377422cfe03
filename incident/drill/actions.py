"""The verbs of the exercise itself; what is played in it goes by the verbs of real life."""

from typing import Any

from incident.post import Act


def change_exercise(act: Act, change: str, speed: float, clock_s: float) -> dict[str, Any]:
    """The exercise was started, paused, resumed, ended, or its speed changed; `clock_s` is the story's second."""
    if earlier := act.earlier("exercise.changed"):
        return earlier.told()
    return act.append("exercise.changed", {"change": change, "speed": speed, "clock_s": round(clock_s)}).told()
