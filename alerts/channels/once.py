"""What was sounded of one announcement: each key once, and one sound for all the addresses that hang on one outlet.

A delivery that is sent again by itself keeps its key and stays silent. One that a person sends again comes under a new
key (docs/decisions/0014) to an address that had its sound: that is a new round, which is heard.
"""

from dataclasses import dataclass, field


@dataclass
class Once:
    """`keys` are all uids that were answered with a sound or shared one; `round` the addresses of the last sound."""

    keys: set[str] = field(default_factory=set)
    round: set[str] = field(default_factory=set)

    def is_due(self, uid: str, address: str) -> bool:
        """Whether this one is to be heard: the first of all, and each that begins a round."""
        return uid not in self.keys and (not self.round or address in self.round)

    def keep(self, uid: str, address: str) -> None:
        """It was sounded, or another sounded for it."""
        if self.is_due(uid, address):
            self.round.clear()
        self.keys.add(uid)
        self.round.add(address)
