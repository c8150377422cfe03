"""The windows of a query: runs of neighbouring words, each of which may be the name of a place. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gis.spelling import Asked, Word, is_squeezed

LONGEST_WINDOW = 5  # words; "Lenek Ramban Biak" has three, "Rabangodu" may be written as two
LONGEST_NAME = 44


@dataclass(frozen=True, slots=True)
class Window:
    """Neighbouring words taken as one name: `bits` marks them, `share` is their part of all that was said.

    `begun` is what the last words may be the beginning of, as they were typed; "" for other words. `is_squeezed`: one
    of the words has no vowel.
    """

    word: str
    bits: int
    role: str
    share: float
    begun: str
    is_squeezed: bool = False


def windows(asked: Asked) -> list[Window]:
    """Every run of neighbouring words that may be a name; none crosses a comma or a role word."""
    total = sum(one.weight for one in asked.words)
    return [_window(asked.words, begin, end, total) for begin, end in _runs(asked.words)]


def _runs(words: Sequence[Word]) -> Iterator[tuple[int, int]]:
    for begin in range(len(words)):
        for end in range(begin + 1, min(len(words), begin + LONGEST_WINDOW) + 1):
            if end > begin + 1 and (words[end - 1].after_break or words[end - 1].role):
                break
            yield begin, end


def _window(words: Sequence[Word], begin: int, end: int, total: float) -> Window:
    chosen = words[begin:end]
    share = sum(one.weight for one in chosen) / total
    word = "".join(one.text for one in chosen)[:LONGEST_NAME]
    begun = "".join([*(one.text for one in chosen[:-1]), chosen[-1].typed]) if end == len(words) else ""
    squeezed = any(is_squeezed(one) for one in chosen)
    return Window(word, (1 << end) - (1 << begin), chosen[0].role, share, begun[:LONGEST_NAME], squeezed)
