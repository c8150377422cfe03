"""What can go wrong in the room, each with a sentence for the operator and what to do next."""


class Refused(Exception):
    """Something Posko will not do; `status` is the HTTP status, `field` the field at fault."""

    status = 400

    def __init__(self, sentence: str, field: str | None = None, **more: object):
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field
        self.more = more


class BadReport(Refused):
    """What was sent cannot be a call, a verb or a time: theirs to mend."""

    status = 422


class WrongState(Refused):
    """The verb is not possible in this state; `more["allowed"]` lists what is."""

    status = 409


class NotAllowed(Refused):
    """This role may not do that."""

    status = 403


class NotFound(Refused):
    """No such thing, or not for this viewer."""

    status = 404


class NotKnown(Refused):
    """Nobody is logged in, or the token is not valid any more."""

    status = 401


class Trimmed(Refused):
    """The journal no longer reaches back that far: take a fresh snapshot."""

    status = 410
