"""What the keys write into the journal; no key is ever in it."""

from incident import journal

journal.declare(
    {
        "radio.keys_changed": "The radio net went into a new epoch of its keys; no key is written down.",
        "radio.keys_said": "The change of keys was on the air: from now on the net follows it.",
        "radio.keys_refused": "The radio could not say the change of keys on its channel: which, and why.",
        "radio.card_handed_out": "A station was handed its key card.",
        "radio.root_renewed": "The root of the radio net's keys was made anew; every station needs a new card.",
    }
)
