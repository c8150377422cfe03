"""Puts a proposal into words: why, for how many villages and village heads, and what an alert would begin with."""

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import Connection, func, select

from alerts.bulletins import rules
from alerts.bulletins.places import rounded, with_comma
from alerts.bulletins.villages import Villages
from alerts.models import Contact
from incident.config import Site

MOST_WORDS = 240  # of each part of an alert
HEAD = "kades"  # the office of a head of village
MONTHS = [
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
]
# kind of a bulletin -> template of an alert (alerts/templates.toml)
TEMPLATES = {"quake": "gempa", "tsunami": "tsunami", "volcano": "gunung_api", "flood": "banjir", "landslide": "longsor"}
DO = {  # what the alert would ask of those who read it
    "quake": "Jauhi bangunan retak dan lereng. Periksa warga dan bangunan, lalu laporkan ke Posko: korban, "
    "rumah rusak, jalan putus, atau NIHIL.",
    "tsunami": "Jauhi pantai dan muara sekarang, naik ke tempat tinggi. Jangan kembali sebelum ada kabar resmi.",
    "volcano": "Ikuti jarak aman yang ditetapkan, siapkan masker dan titik kumpul, tunggu arahan Posko.",
    "weather": "Waspadai banjir, longsor dan pohon tumbang. Siapkan warga di bantaran sungai dan lereng.",
    "flood": "Periksa warga di tempat rendah dan siapkan pengungsian. Laporkan ke Posko.",
    "cyclone": "Nelayan jangan melaut. Kuatkan atap, siapkan tempat berlindung, tunggu arahan Posko.",
}


def thing(told: Mapping[str, Any]) -> rules.Thing:
    """What the rules look at, of a happening put together of its tellings."""
    names = ("kind", "at", "lon", "lat", "magnitude", "depth_km", "severity", "near_km", "facts")
    return rules.Thing(*(told[name] for name in names))


def proposal(
    conn: Connection, line: rules.Line, told: Mapping[str, Any], ground: Villages, site: Site
) -> dict[str, Any]:
    """The row of a proposal without its state: title, reasons, villages, village heads, draft."""
    codes = reached(line, told, ground)
    heads = heads_of(conn, codes)
    return {
        "asks": ",".join(line.then["asks"]),
        "title": title(line, told, len(codes)),
        "reasons": orjson.dumps(reasons(line, told, len(codes), heads)).decode(),
        "area_codes": orjson.dumps(codes).decode(),
        "villages": len(codes),
        "heads": heads,
        "draft": orjson.dumps(draft(line, told, codes, site)).decode(),
    }


def reached(line: rules.Line, told: Mapping[str, Any], ground: Villages) -> list[str]:
    """The codes of the villages the line counts: in the area, within its kilometres, or all of the site."""
    how = line.then.get("reach", "km")
    if how == "site":
        return list(ground.codes)
    if how == "area" and told["area"]:
        return ground.inside(orjson.loads(told["area"]))
    if told["lon"] is None:
        return []
    return ground.within(told["lon"], told["lat"], float(line.then.get("reach_km", 5)))


def heads_of(conn: Connection, codes: Sequence[str]) -> int:
    """How many of these villages have their head in the phone book."""
    if not codes:
        return 0
    kept = select(func.count(Contact.area_code.distinct())).where(
        Contact.office == HEAD, Contact.gone_at.is_(None), Contact.area_code.in_(codes)
    )
    return int(conn.scalar(kept) or 0)


def title(line: rules.Line, told: Mapping[str, Any], villages: int) -> str:
    """What happened, where, and what is asked: "M6,8, 12 km utara Sembalun: nyatakan status? siarkan ke 43 ...?"."""
    asked = {"status": "nyatakan status darurat?", "alert": f"siarkan ke {villages} kepala desa?"}
    return f"{what(told)}: {' '.join(asked[one] for one in line.then['asks'])}"[:300]


def what(told: Mapping[str, Any]) -> str:
    """What happened and where, short."""
    size = f"M{with_comma(told['magnitude'])}" if told["magnitude"] is not None else str(told["title"])
    return f"{size}, {told['place']}" if told["place"] else size


def reasons(line: rules.Line, told: Mapping[str, Any], villages: int, heads: int) -> list[str]:
    """Why the line fits, each in a sentence with its number and the limit of the table."""
    limits = line.limits
    said = [f"Aturan {line.name}: {line.then['words']}."]
    if "magnitude_from" in limits:
        limit = with_comma(limits["magnitude_from"])
        said.append(f"Magnitudo {with_comma(told['magnitude'])}, aturan mulai {limit}.")
    if "depth_to_km" in limits:
        said.append(_depth(told["depth_km"], limits["depth_to_km"]))
    if "within_km" in limits:
        away = rounded(told["near_km"])
        said.append(f"{away} km dari desa terdekat wilayah ini, aturan sampai {limits['within_km']} km.")
    said.append(f"{villages} desa {_reach(line)}; {heads} kepala desanya ada di buku telepon.")
    said.append(f"Angka dari {told['attribution']}.")
    return said


def _depth(depth_km: float | None, limit: float) -> str:
    if depth_km is None:
        return f"Kedalaman belum diketahui, aturan sampai {limit} km."
    return f"Kedalaman {round(depth_km)} km, aturan sampai {limit} km."


def _reach(line: rules.Line) -> str:
    how = line.then.get("reach", "km")
    words = {"site": "di seluruh wilayah", "area": "di dalam wilayah peringatan"}
    return words.get(how, f"dalam {line.then.get('reach_km', 5)} km")


def draft(line: rules.Line, told: Mapping[str, Any], codes: Sequence[str], site: Site) -> dict[str, Any]:
    """What an alert would begin with, for a person to read, change and send."""
    at = told["at"].astimezone(ZoneInfo(site.zone))
    return {
        "what": (_headline(told))[:MOST_WORDS],
        "where": (f"sekitar {told['place']}" if told["place"] else str(told["title"]))[:MOST_WORDS],
        "when": f"{at:%H.%M} {site.zone_label} tanggal {at.day} {MONTHS[at.month - 1]} {at.year}",
        "todo": _instruction(line, told)[:MOST_WORDS],
        "source": told["attribution"],
        "template": TEMPLATES.get(told["kind"], ""),
        "order": line.then["order"],
        "priority": line.then["priority"],
        "villages": list(codes),
        "heads": True,
    }


def _headline(told: Mapping[str, Any]) -> str:
    """What happened, without where: "Gempa magnitudo 6,8, kedalaman 32 km (BMKG)"."""
    if told["magnitude"] is None:
        return str(told["title"])
    depth = f", kedalaman {round(told['depth_km'])} km" if told["depth_km"] is not None else ""
    return f"Gempa magnitudo {with_comma(told['magnitude'])}{depth} ({told['attribution'].partition(' (')[0]})"


def _instruction(line: rules.Line, told: Mapping[str, Any]) -> str:
    return DO.get("tsunami" if line.name == "tsunami" else told["kind"], "Tunggu arahan Posko.")
