"""Names of feed sessions as numbers that grow, and the trading date that a session is of."""

from collections.abc import Callable
from datetime import date
from typing import Final

SESSIONS_KEPT: Final = 64
_DATE_LENGTH: Final = 8


class FeedSessions:
    """Sessions are numbered from 1 on in the order in which they are first heard of."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._newest = 0

    def number_of(self, name: str) -> int:
        """The session's number; a new name is a later session."""
        number = self._numbers.get(name)
        if number is None:
            self._newest += 1
            number = self._numbers[name] = self._newest
            if len(self._numbers) > SESSIONS_KEPT:
                del self._numbers[next(iter(self._numbers))]
        return number

    def name_of(self, number: int) -> str:
        """The name of a session that was numbered; empty when it is forgotten."""
        return next((name for name, known in self._numbers.items() if known == number), "")

    @property
    def newest(self) -> int:
        """0 before the first."""
        return self._newest


def session_date(name: str, otherwise: Callable[[], int]) -> int:
    """YYYYMMDD in front of a session's name, as the paper venues name theirs; else the clock's date."""
    digits = name[:_DATE_LENGTH]
    if len(digits) == _DATE_LENGTH and digits.isdigit():
        try:
            date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
        except ValueError:
            return otherwise()
        return int(digits)
    return otherwise()
