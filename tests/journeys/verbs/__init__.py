"""Every verb of the house, each with what must be there before it: a new verb is added to the table of its corner."""

from tests.journeys.verbs import alerts, casework, desk, ground, handover, incidents, net, outside, units
from tests.journeys.verbs.steps import Verbs

_CORNERS = (incidents, alerts, ground, casework, desk, handover, net, units, outside)
VERBS: Verbs = {name: steps for corner in _CORNERS for name, steps in corner.VERBS.items()}
assert len(VERBS) == sum(len(corner.VERBS) for corner in _CORNERS), "two verbs have one name"
