"""The weather of the next three days in chosen villages, by BMKG and Kemendagri code. Pure.

Shape: data.bmkg.go.id/prakiraan-cuaca: a list of days, each a list of steps of three hours. What becomes a bulletin is
the worst of the next 24 hours; a village without bad weather is told too, so that it is known to have been asked.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from alerts.feeds.shape import (
    N_,
    Bulletin,
    Feed,
    Reading,
    Target,
    Wanted,
    digest,
    each,
    moment,
    place,
    read_json,
    within,
    words_of,
)
from alerts.xml_in import BadBulletin
from gis.codes import kemendagri

HOST = "api.bmkg.go.id"
URL = f"https://{HOST}/publik/prakiraan-cuaca?adm4="
MOST_VILLAGES = 50
LOOK_H = 24
# words of BMKG -> how bad; its numbers have changed their meaning before
_BAD = (("petir", "severe"), ("sangat lebat", "severe"), ("lebat", "moderate"), ("hujan", "minor"))
_WORSE = ("minor", "moderate", "severe")


def targets(wanted: Wanted) -> list[Target]:
    """One address for each chosen village; what is no village's code is left out."""
    codes = [code for one in wanted.villages if (code := kemendagri(one)) and code.count(".") == 3]
    return [Target(URL + code, (HOST,)) for code in dict.fromkeys(codes)][:MOST_VILLAGES]


def read(data: bytes) -> Reading:
    """The forecast of one village."""
    given = read_json(data)
    where, days = within(given, "lokasi"), within(given, "data")
    if not isinstance(days, list):
        raise BadBulletin("Jawaban prakiraan tanpa daftar hari.")
    return each(days[:1], partial(_village, where))


def _village(where: Mapping[str, Any], day: Mapping[str, Any]) -> Bulletin:
    steps = sorted(_steps(day["cuaca"]))
    if not steps:
        raise BadBulletin("prakiraan tanpa satu pun jam")
    begins, code = steps[0][0], kemendagri(where["adm4"])
    if code is None:
        raise BadBulletin("prakiraan tanpa kode desa")
    near = [one for one in steps if one[0] < begins + dt.timedelta(hours=LOOK_H)]
    worst = max(near, key=lambda one: (_rank(one[1]), -one[0].timestamp()))
    lon, lat = place(where["lon"], where["lat"])
    return Bulletin(
        source="bmkg_forecast",
        key=code,
        revision=int(begins.timestamp()),
        kind="weather",
        title=f"Prakiraan {words_of(where.get('desa'), 80)}: {words_of(worst[1], 40).lower()}",
        at=worst[0],
        digest=digest([[at.isoformat(), words] for at, words in steps]),
        lon=lon,
        lat=lat,
        severity=_WORSE[_rank(worst[1])] if _rank(worst[1]) >= 0 else None,
        expires_at=near[-1][0] + dt.timedelta(hours=3),
        url="https://www.bmkg.go.id/cuaca/prakiraan-cuaca",
        facts={"forecast": True, "code": code},
    )


def _steps(days: Any) -> Iterator[tuple[dt.datetime, str]]:
    """When and what, of days of steps or of one flat list."""
    for one in days:
        if isinstance(one, list):
            yield from _steps(one)
        else:
            yield moment(one.get("datetime") or one["utc_datetime"]), words_of(one["weather_desc"], 60)


def _rank(words: str) -> int:
    """How bad, -1 for none."""
    return next((_WORSE.index(severity) for word, severity in _BAD if word in words.lower()), -1)


FEED = Feed(
    name="bmkg_forecast",
    words=N_("Prakiraan cuaca desa BMKG"),
    credit="BMKG (Badan Meteorologi, Klimatologi, dan Geofisika)",
    credit_url="https://data.bmkg.go.id/prakiraan-cuaca/",
    interval_s=3600.0,
    targets=targets,
    read=read,
    needs="villages",
    agency="bmkg",
)
