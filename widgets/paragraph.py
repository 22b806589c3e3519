"""Texts of several lines, broken at spaces where there are any and between characters where there are none."""

from widgets.painting import TextCache


def lines_of(cache: TextCache, role: str, text: str, width: float) -> list[str]:
    """The text in lines that fit a width; a word that is longer than a line is broken within."""
    lines: list[str] = []
    for part in text.split("\n"):
        line = ""
        for word in part.split(" "):
            longer = f"{line} {word}" if line else word
            if cache.width(role, longer) <= width:
                line = longer
                continue
            if line:
                lines.append(line)
            *whole, line = _pieces(cache, role, word, width)
            lines += whole
        lines.append(line)
    return lines


def _pieces(cache: TextCache, role: str, word: str, width: float) -> list[str]:
    """A word cut into pieces that fit; at least one character each."""
    pieces, piece = [], ""
    for character in word:
        if piece and cache.width(role, piece + character) > width:
            pieces.append(piece)
            piece = character
        else:
            piece += character
    return [*pieces, piece]
