"""The valley of the exercise: one team stands behind a hill, and only the team that repeats for it hears it.

Who hears whom stands in the addresses of the virtual radio: what all stations keep alike, and `deaf=`, `relay=`,
`relays=` for each of them.
"""

from urllib.parse import parse_qsl, urlencode

from incident.drill.scenario import Scenario

RELAY, BEHIND = "TRC-1", "PMI-1"
CENTRE = "POSKO"


def options_of_centre(scenario: Scenario) -> str:
    """What the room's own radio is told: whom it does not hear, and who repeats."""
    return urlencode({"deaf": BEHIND, "relays": scenario.station_of(RELAY)})


def port_of(place: str, radio: str, call_sign: str, scenario: Scenario) -> str:
    """The address of a team's radio. radio: the room's, whose air all keep; in a valley it names the team behind."""
    options = dict(parse_qsl(radio.partition("?")[2]))
    if behind := options.pop("deaf", None):
        relays = options.pop("relays")
        if call_sign == RELAY:
            options |= {"relay": "yes", "relays": relays}
        elif call_sign == behind:
            others = [str(one["call_sign"]) for one in scenario.units if one["call_sign"] not in (RELAY, behind)]
            options["deaf"] = ",".join([CENTRE, *others])
        else:
            options["deaf"] = behind
    return place + ("?" + urlencode(options, safe=",") if options else "")
