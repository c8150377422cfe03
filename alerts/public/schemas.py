"""What the routes of the public page take."""

from marshmallow import fields, validate

from alerts.public import rules
from incident.schemas import Strict, one_of, sender_key, some_id, words

WEB = validate.Regexp(r"https?://[^\s<>\"']{3,290}\Z", error="Alamat dimulai dengan https:// atau http://.")


class ClarificationIn(Strict):
    """An answer to a rumour: what is claimed, what is true, how one knows; the English is optional."""

    uid = sender_key()
    claim = words(300, required=True)
    fact = words(2_000, required=True)
    evidence = words(500, required=True)
    link = fields.String(validate=WEB)
    claim_en = words(300)
    fact_en = words(2_000)
    evidence_en = words(500)
    replaces_id = some_id()


class ClarificationApproveIn(Strict):
    """The approval of the words that were read."""

    uid = sender_key()
    text_hash = words(64, required=True)


class ClarificationWithdrawIn(Strict):
    uid = sender_key()
    why = words(200, required=True)


class OpeningIn(Strict):
    """Whether a post or shelter is open, its hours in plain words, and whether the public page shows it."""

    uid = sender_key()
    state = one_of(rules.OPENING_STATES, required=True)
    hours = words(120, load_default="")
    note = words(200, load_default="")
    note_en = words(200, load_default="")
    shown = fields.Boolean(load_default=True)
