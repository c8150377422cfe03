"""A handover in words: for the sheet that is printed, and as a text for WhatsApp with nobody's number in it."""

import datetime as dt
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from incident.config import Settings
from incident.handover.rules import without_numbers

MONTHS = [
    lazy_gettext("Januari"),
    lazy_gettext("Februari"),
    lazy_gettext("Maret"),
    lazy_gettext("April"),
    lazy_gettext("Mei"),
    lazy_gettext("Juni"),
    lazy_gettext("Juli"),
    lazy_gettext("Agustus"),
    lazy_gettext("September"),
    lazy_gettext("Oktober"),
    lazy_gettext("November"),
    lazy_gettext("Desember"),
]
KINDS = {
    "mayday": lazy_gettext("Satuan DARURAT"),
    "urgent": lazy_gettext("Kejadian P1 dan P2 terbuka"),
    "obstructed": lazy_gettext("Kejadian terkendala"),
    "call_back": lazy_gettext("Menunggu dihubungi balik"),
    "task": lazy_gettext("Tugas lewat waktu"),
    "on_scene": lazy_gettext("Satuan lama di lokasi"),
    "alert": lazy_gettext("Siaran belum dilihat"),
    "decision": lazy_gettext("Keputusan belum selesai"),
    "lamp": lazy_gettext("Lampu yang tidak baik"),
}
STATES = {
    "open": lazy_gettext("terbuka"),
    "done": lazy_gettext("selesai"),
    "dropped": lazy_gettext("dilepas"),
    "struck": lazy_gettext("tercoret"),
}


class Times:
    """Moments in the site's zone, as the house writes them."""

    def __init__(self, settings: Settings):
        self.zone, self.label = ZoneInfo(settings.site.zone), settings.site.zone_label

    def local(self, moment: str | dt.datetime | None) -> dt.datetime | None:
        at = dt.datetime.fromisoformat(moment) if isinstance(moment, str) else moment
        return at.astimezone(self.zone) if at else None

    def full(self, moment: str | dt.datetime | None) -> str:
        """22 November 2026 14.32 WITA; nothing for nothing."""
        at = self.local(moment)
        return f"{at.day:02} {MONTHS[at.month - 1]} {at.year} {at:%H.%M} {self.label}" if at else ""

    def short(self, moment: str | dt.datetime | None) -> str:
        """22/11 14.32."""
        at = self.local(moment)
        return f"{at:%d/%m %H.%M}" if at else ""


def row_words(row: Mapping[str, Any], types: Mapping[str, str], times: Times) -> str:
    """One open item in a line, whatever its kind."""
    who = _("oleh {who}").format(who=row["who"]) if row.get("who") else None
    line = _("jalur {line}").format(line=row["line"]) if row.get("line") else None
    unseen = _("belum dilihat {who}").format(who=row["to"]) if row.get("to") else None
    since = _("sejak {when}").format(when=times.short(row["since"])) if row.get("since") else None
    due = _("batas {when}").format(when=times.short(row["due"])) if row.get("due") else None
    kind = types.get(row.get("type") or "")
    parts = (
        row.get("priority"),
        row.get("number"),
        kind,
        row.get("place"),
        line,
        row.get("words"),
        who,
        unseen,
        since,
        due,
    )
    return " · ".join(str(part) for part in parts if part)


def text_of(shift: Mapping[str, Any], settings: Settings, types: Mapping[str, str]) -> str:
    """The handover as a text to send: what was frozen, who signed; numbers in what people wrote are masked."""
    times, handed = Times(settings), shift["handed"]
    title, message = _("SERAH TERIMA PIKET"), _("Pesan piket")
    lines = [f"*{title} {settings.site.name}*", *_heads(shift, times), ""]
    for group in handed["items"]:
        lines.append(f"*{KINDS[group['kind']]} ({group['count']})*")
        lines += [f"- {without_numbers(row_words(row, types, times))}" for row in group["rows"]]
        lines += _rest(group) + [""]
    if not handed["items"]:
        lines += [_("Tidak ada yang terbuka."), ""]
    if handed["words"]:
        lines += [f"*{message}*", without_numbers(handed["words"]), ""]
    return "\n".join(_framed([*lines, _("Sidik daftar: {hash}").format(hash=shift["hash"][:12])], settings))


def _heads(shift: Mapping[str, Any], times: Times) -> list[str]:
    left = _("Piket {name} diserahkan {who}, {when}")
    signed = _("Ditandatangani {who}, {when}")
    said = [left.format(name=shift["name"], who=shift["left_by"], when=times.full(shift["left_at"]))]
    if shift["signed_by"]:
        return [*said, signed.format(who=shift["signed_by"], when=times.full(shift["signed_at"]))]
    return [*said, _("BELUM DITANDATANGANI")]


def _rest(group: Mapping[str, Any]) -> list[str]:
    left = group["count"] - len(group["rows"])
    return [_("dan {n} lagi").format(n=left)] if left else []


def _framed(lines: list[str], settings: Settings) -> list[str]:
    """An exercise begins and ends every text."""
    return ["LATIHAN", *lines, "LATIHAN"] if settings.exercise else lines
