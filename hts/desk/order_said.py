"""What an order says beside its price, in words: for the question before it leaves and for its x-ray."""

from typing import Protocol

from hts.desk.figures import qty_text
from hts.desk.sending import Refusal


class Said(Protocol):
    """An order, or what shall become one."""

    @property
    def display_qty(self) -> int: ...

    @property
    def min_qty(self) -> int: ...

    @property
    def post_only(self) -> bool: ...


def said_also(said: Said) -> tuple[Refusal, ...]:
    """A few words for each; none for a plain order."""
    figures = (("display_qty", said.display_qty), ("min_qty", said.min_qty))
    words = [Refusal(key=f"order_said.{key}", values={"qty": qty_text(qty)}) for key, qty in figures if qty]
    return (*words, Refusal(key="order_said.post_only")) if said.post_only else tuple(words)
