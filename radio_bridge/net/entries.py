"""What the net writes into the journal."""

from incident import journal

journal.declare(
    {
        "roll_call.begun": "The stations were asked to say that they are there.",
        "roll_call.ended": "A roll-call is over: how many were asked, who did not answer.",
        "radio.relays_set": "Which stations repeat for those the centre does not hear, in the order they speak.",
        "net.opened": "A net on a voice channel was opened: its name, its channel.",
        "net.logged": "A line of a voice net: who checked in, did not answer, or passed traffic.",
        "net.ordered": "Net control gave an order to all: silence, its end, emergency traffic, its end.",
        "net.struck": "A line of a voice net was struck through; it stays readable.",
        "net.closed": "A voice net was closed, with how many checked in.",
    }
)
