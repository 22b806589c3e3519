"""Where cards may stand: never over a panel that can send, as near to the lower right corner as that allows."""

from typing import Final

Rect = tuple[int, int, int, int]  # x, y, width, height

STEP: Final = 8


def place_for(width: int, height: int, room: Rect, forbidden: list[Rect]) -> tuple[int, int] | None:
    """The upper left corner for a stack of cards within `room`; None when every place would cover something.

    Tried are the corners of the room and, beside every forbidden rectangle, the places that touch it: the best place
    that is free always touches an edge of something.
    """
    x0, y0, room_w, room_h = room
    right, bottom = x0 + room_w - width, y0 + room_h - height
    if right < x0 or bottom < y0:
        return None
    xs = {x0, right, *(x - width - STEP for x, _, _, _ in forbidden), *(x + w + STEP for x, _, w, _ in forbidden)}
    ys = {y0, bottom, *(y - height - STEP for _, y, _, _ in forbidden), *(y + h + STEP for _, y, _, h in forbidden)}
    free = [
        (x, y)
        for x in xs
        for y in ys
        if x0 <= x <= right and y0 <= y <= bottom and not any(_overlap(x, y, width, height, one) for one in forbidden)
    ]
    return min(free, key=lambda at: (right - at[0]) + 2 * (bottom - at[1])) if free else None


def _overlap(x: int, y: int, width: int, height: int, other: Rect) -> bool:
    ox, oy, ow, oh = other
    return x < ox + ow and ox < x + width and y < oy + oh and oy < y + height
