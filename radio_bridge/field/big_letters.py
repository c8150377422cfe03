"""Letters that are read across a room: five rows of blocks each, or three rows of half blocks. Pure."""

_FONT = {
    "A": "010101111101101", "B": "110101110101110", "C": "011100100100011", "D": "110101101101110",
    "E": "111100110100111", "F": "111100110100100", "G": "011100101101011", "H": "101101111101101",
    "I": "111010010010111", "J": "001001001101010", "K": "101101110101101", "L": "100100100100111",
    "N": "110101101101101", "O": "010101101101010", "P": "110101110100100", "Q": "010101101011001",
    "R": "110101110101101", "S": "011100010001110", "T": "111010010010010", "U": "101101101101111",
    "V": "101101101101010", "X": "101101010101101", "Y": "101101010010010", "Z": "111001010100111",
    "0": "111101101101111", "1": "010110010010111", "2": "110001010100111", "3": "110001010001110",
    "4": "101101111001001", "5": "111100110001110", "6": "011100111101111", "7": "111001010010010",
    "8": "111101111101111", "9": "111101111001110", "-": "000000111000000", "/": "001001010100100",
    " ": "000000000000000",
    "M": "1000111011101011000110001", "W": "1000110001101011101110001",
}  # fmt: skip
"""Sign -> five rows of three (M and W: five) points, from the top."""
ROWS = 5
_HALVES = {"00": " ", "10": "▀", "01": "▄", "11": "█"}


def _rows(words: str) -> list[str]:
    """Five rows of 0 and 1, an empty column between letters. Raises KeyError for a sign that has no picture."""
    pictures = [_FONT[sign] for sign in words]
    return ["0".join(_row(picture, at) for picture in pictures) for at in range(ROWS)]


def _row(picture: str, at: int) -> str:
    width = len(picture) // ROWS
    return picture[at * width : (at + 1) * width]


def _tall(rows: list[str]) -> list[str]:
    """Each point two columns wide, because a terminal's cell is twice as high as it is wide."""
    return ["".join("██" if point == "1" else "  " for point in row).rstrip() for row in rows]


def _low(rows: list[str]) -> list[str]:
    """Two rows of points in one row of text."""
    padded = [*rows, "0" * len(rows[0])]
    pairs = [zip(padded[at], padded[at + 1], strict=True) for at in range(0, ROWS + 1, 2)]
    return ["".join(_HALVES[top + low] for top, low in pair).rstrip() for pair in pairs]


def big(words: str, width: int, height: int) -> list[str]:
    """`words` as large as this many columns and rows allow; when nothing fits, the words themselves in capitals."""
    said = words.upper()
    if not said or any(sign not in _FONT for sign in said):
        return [said]
    rows = _rows(said)
    if 2 * len(rows[0]) <= width and height >= ROWS:
        return _tall(rows)
    return _low(rows) if len(rows[0]) <= width and height >= ROWS // 2 + 1 else [said]
