"""Texts of several lines, broken at spaces; between letters where kana or kanji stand, and in a word that is too long.

A line does not begin with what closes or ends a sentence.
"""

import re
from typing import Final

from widgets.painting import TextCache

FREE: Final = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")  # kana and kanji: a line may end between any two
JOINED: Final = re.compile(r"[\w,.:+-]{2}", re.ASCII)
ENDINGS: Final = re.compile(r"[\u3001\u3002\u300d\u300f\u30fb\u30fc\uff01\uff09\uff0c\uff0e\uff1a\uff1b\uff1f]")


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
            if line and not FREE.search(word):
                lines.append(line)
                longer = word
            *whole, line = _pieces(cache, role, longer, width)
            lines += whole
        lines.append(line)
    return lines


def _pieces(cache: TextCache, role: str, word: str, width: float) -> list[str]:
    """A word cut into pieces that fit; at least one character each."""
    pieces, piece = [], ""
    for character in word:
        if piece and cache.width(role, piece + character) > width:
            kept = _kept(piece, character)
            pieces.append(piece[:kept].rstrip())
            piece = piece[kept:].lstrip() + character
        else:
            piece += character
    return [*pieces, piece]


def _kept(piece: str, character: str) -> int:
    """How much of a full line stays in it: a figure or a Latin word goes to the next one whole, as does an ending."""
    kept = len(piece)
    if ENDINGS.match(character):
        kept -= 1
    while 0 < kept < len(piece) + 1 and JOINED.fullmatch(piece[kept - 1] + (piece + character)[kept]):
        kept -= 1
    return kept or len(piece)
