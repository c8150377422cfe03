"""A rung of two channels hands each channel all its recipients at once."""

from sqlalchemy import func, select

import alerts.actions
from alerts import sender
from incident.post import Post
from radio_bridge.models import Reception, Transmission
from radio_bridge.net.stations import add_station
from tests import cast as casting


def test_units_of_one_alert_share_one_broadcast(post: Post):
    units = casting.assemble(post).units
    for name, unit_id in units.items():
        post.do(add_station, "test", None, name, unit_id)
    post.do(alerts.actions.write_alert, "dewi", None, "go", "Perahu segera", "P0", list(units.values()), 60)
    while sender.step(post):
        pass
    with post.database.read() as conn:
        assert conn.scalar(select(func.count()).select_from(Transmission)) == 1
        assert conn.scalar(select(func.count()).select_from(Reception)) == len(units)
