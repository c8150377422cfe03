"""The field card over HTTP: a PDF that anybody who may read the radio's log may print."""

from typing import Any

from flask import Response
from marshmallow import fields, validate

from incident import schemas as s
from incident.api import Door, post, rule
from incident.config import BadSettings
from incident.errors import NotFound, Refused
from radio_bridge.card.pdf import SIZES, CannotPrint, pdf_of

api = Door("fieldcard", __name__, url_prefix="/api/v1", description="The field card")
FILE = {"description": "The file", "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}}


class NoCard(Refused):
    """The card cannot be made; the sentence says why."""

    status = 409


class CardQuery(s.Strict):
    """Whose card, and on what paper."""

    station = s.words(30)
    size = fields.String(load_default="a5", validate=validate.OneOf(SIZES))


@api.get("/radio/card")
@rule(api, "radio.read", 404, 409)
@api.doc(responses={200: FILE})
@api.response(200, s.Anything)
@api.arguments(CardQuery, location="query")
def read_card(given: dict[str, Any]) -> Response:
    """The field card as a PDF, for one station (its call sign) or with blanks for any; a5, or a4 to be folded."""
    from radio_bridge.card.facts import net_of
    from radio_bridge.card.sheet import card  # a card is printed now and then; no web server keeps all this loaded

    here = post()
    try:
        with here.database.read() as conn:
            net = net_of(here.settings, conn, here.clock(), given.get("station"))
        pdf = pdf_of(card(net), given["size"])
    except KeyError:
        raise NotFound(f"Stasiun {given['station']} tidak terdaftar.", "station") from None
    except (CannotPrint, BadSettings) as fault:
        raise NoCard(str(fault)) from None
    name = f"kartu-lapangan-{net.own.call_sign if net.own else 'radio'}.pdf"
    return Response(
        pdf,
        mimetype="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "no-store"},
    )
