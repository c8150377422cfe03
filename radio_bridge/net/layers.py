"""The layer of heard positions: where each station of ours said it was, and how long ago."""

from gis.layers import N_, About, Ask, Collection, Sign, collection, feature, layer, meets, point
from radio_bridge import queries

OLD_S = 900
"""A quarter of an hour: after that a place is drawn hollow, here and on /radio."""


@layer(
    About(
        N_("Posisi dari radio"),
        N_("sekarang"),
        (Sign("station", N_("stasiun radio, posisi baru")), Sign("station-old", N_("stasiun radio, posisi lama"))),
        verb="radio.read",
        stale_after=("radio", "station"),
    )
)
def stations(ask: Ask) -> Collection:
    """Stations by the position they last sent by radio, each with its age in seconds; `is_old` after 15 minutes."""
    found = []
    for row in queries.stations(ask.conn):
        place = point(row["lon"], row["lat"])
        if place is None or row["revoked_at"] or not meets(ask.box, (row["lon"], row["lat"], row["lon"], row["lat"])):
            continue
        age_s = max(0, int((ask.now - row["located_at"]).total_seconds()))
        facts = {"call_sign": row["call_sign"], "position_age_s": age_s, "is_old": age_s > OLD_S}
        found.append(feature(row["number"], place, **facts))
    return collection(found, ask.limit)
