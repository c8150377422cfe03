"""A field card as a PDF, A5 upright or A4 with two such pages side by side.

Run as a process of its own (`python -m radio_bridge.card.pdf a5 < card.json > card.pdf`): the library that draws
is loaded for one card and gone again.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from html import escape
from io import BytesIO
from typing import Any

WITHIN_S = 30.0
SIZES = ("a5", "a4")


class CannotPrint(Exception):
    """The card could not be drawn; the message is a sentence for the operator."""


def pdf_of(card: Mapping[str, Any], size: str = "a5") -> bytes:
    """Draw it in a process of its own. Raises CannotPrint."""
    command = [sys.executable, "-m", "radio_bridge.card.pdf", size]
    try:
        done = subprocess.run(
            command, input=json.dumps(card).encode(), capture_output=True, timeout=WITHIN_S, check=True
        )
    except (subprocess.SubprocessError, OSError):
        raise CannotPrint("Kartu tidak dapat digambar di komputer ini.") from None
    return done.stdout


def draw(card: Mapping[str, Any], size: str) -> bytes:
    """The same in this process."""
    from reportlab.lib.pagesizes import A4, A5, landscape
    from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate

    width, height = A5
    paper = A5 if size == "a5" else landscape(A4)
    lefts = (0.0,) if size == "a5" else (0.0, width)
    out = BytesIO()
    frames = [
        Frame(left, 0, width, height, leftPadding=28, rightPadding=28, topPadding=30, bottomPadding=34)
        for left in lefts
    ]
    sheet = BaseDocTemplate(out, pagesize=paper, title=card["title"], author=card["site"], lang="id")
    foot = _safe(card["foot"])

    def on_page(canvas: Any, page: Any) -> None:
        canvas.setFont("Helvetica", 7)
        for left in lefts:
            canvas.drawString(left + 34, 20, foot)

    sheet.addPageTemplates([PageTemplate(frames=frames, onPage=on_page, pagesize=paper)])
    sheet.build(_story(card, width - 2 * 34))
    return out.getvalue()


def _story(card: Mapping[str, Any], width: float) -> list[Any]:
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Paragraph

    big = ParagraphStyle("big", fontName="Helvetica-Bold", fontSize=15, leading=18)
    site = ParagraphStyle("site", fontName="Helvetica", fontSize=10, leading=13, spaceAfter=4)
    head = [Paragraph(_text(card["title"]), big), Paragraph(_text(card["site"]), site)]
    return [*head, *(_block(section, width) for section in card["sections"])]


def _block(section: Mapping[str, Any], width: float) -> Any:
    """A section stays whole on its page as long as one page holds it."""
    from reportlab.lib import colors
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import KeepTogether, Paragraph, Table

    body = ParagraphStyle("body", fontName="Helvetica", fontSize=9.5, leading=12)
    bold = ParagraphStyle("bold", parent=body, fontName="Helvetica-Bold")
    points = ParagraphStyle("points", parent=body, leftIndent=10, bulletIndent=1, spaceAfter=1.5)
    back = colors.black if section["mark"] else colors.HexColor("#dfe5ea")
    title = ParagraphStyle(
        "title", fontName="Helvetica-Bold", fontSize=10.5, leading=14, spaceBefore=7, spaceAfter=3,
        borderPadding=(1, 3, 2, 3),
        backColor=back, textColor=colors.white if section["mark"] else colors.black, leftIndent=3, rightIndent=3,
    )  # fmt: skip
    parts: list[Any] = [Paragraph(_text(section["title"]), title)]
    if rows := section["rows"]:
        narrow = max(len(row[0]) for row in rows) <= 6
        cells = [[Paragraph(_text(row[0]), bold), Paragraph(_text(row[1]), body)] for row in rows]
        columns, cells = _columns(cells, narrow and max(len(row[1]) for row in rows) <= 24)
        first = 44 if narrow else 82
        widths = [first, width / columns - first] * columns
        parts.append(Table(cells, colWidths=widths, style=_lines(colors), spaceAfter=2.5))
    parts += [Paragraph(_text(one), points, bulletText="•") for one in section["words"]]
    return KeepTogether(parts)


def _columns(cells: list[list[Any]], are_short: bool) -> tuple[int, list[list[Any]]]:
    """Short rows stand in two columns, read downward."""
    if not are_short or len(cells) < 6:
        return 1, cells
    half = (len(cells) + 1) // 2
    left, right = cells[:half], [*cells[half:], ["", ""]]
    return 2, [[*one, *other] for one, other in zip(left, right, strict=False)]


def _lines(colors: Any) -> list[Any]:
    return [
        ("LINEBELOW", (0, 0), (-1, -1), 0.25, colors.HexColor("#9aa5ad")),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("TOPPADDING", (0, 0), (-1, -1), 1.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
        ("LEFTPADDING", (0, 0), (-1, -1), 3),
        ("RIGHTPADDING", (0, 0), (-1, -1), 3),
    ]


def _safe(words: str) -> str:
    """The letters every printer has (Windows 1252); others become question marks."""
    return words.encode("cp1252", "replace").decode("cp1252")


def _text(words: str) -> str:
    return escape(_safe(words), quote=False)


def main() -> None:
    """A card as JSON in, a PDF out."""
    sys.stdout.buffer.write(draw(json.load(sys.stdin), sys.argv[1]))


if __name__ == "__main__":
    main()
