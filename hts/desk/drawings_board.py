"""One issue's drawings with undo and redo; and the pen that makes, moves and bends them.

Every change makes a new tuple of drawings and keeps the one before, so that undo is to take it back. A gesture that
moves something is one change, however many mouse moves it took.
"""

from collections.abc import Callable, Sequence

from msgspec import structs

from hts.desk.drawings import DRAWINGS_MAX, TEXT_MAX, Anchor, Drawing, Kind
from hts.desk.drawings_shape import Hit

UNDO_MAX = 100


class Board:
    """`drawings` as they are shown, `selected` is an id or 0. version: grows with every change of what is kept.

    `color` is that of what is drawn next: a token, "" for its kind's own.
    """

    def __init__(self, drawings: Sequence[Drawing] = ()) -> None:
        self.drawings = tuple(drawings)
        self.selected = 0
        self.color = ""
        self.version = 0
        self._before: list[tuple[Drawing, ...]] = []
        self._after: list[tuple[Drawing, ...]] = []
        self._next_id = max((d.drawing_id for d in drawings), default=0) + 1

    @property
    def is_full(self) -> bool:
        """No more drawings are taken."""
        return len(self.drawings) >= DRAWINGS_MAX

    def find(self, drawing_id: int) -> Drawing | None:
        """A drawing by its id."""
        return next((d for d in self.drawings if d.drawing_id == drawing_id), None)

    def add(self, kind: Kind, anchors: Sequence[Anchor], text: str = "") -> int:
        """Put a drawing on top and select it; its id, 0 when the board is full."""
        if self.is_full:
            return 0
        made = Drawing(
            drawing_id=self._next_id, kind=kind, anchors=tuple(anchors), text=text[:TEXT_MAX], color=self.color
        )
        self._next_id += 1
        self._change((*self.drawings, made))
        self.selected = made.drawing_id
        return made.drawing_id

    def replace(self, drawing: Drawing) -> None:
        """Change a drawing."""
        if self.find(drawing.drawing_id) not in (None, drawing):
            self._change(tuple(drawing if d.drawing_id == drawing.drawing_id else d for d in self.drawings))

    def recolor(self, color: str) -> None:
        """Another colour for the selected drawing, and for what is drawn from now on."""
        self.color = color
        drawing = self.find(self.selected)
        if drawing is not None:
            self.replace(structs.replace(drawing, color=color))

    def rewrite(self, drawing_id: int, text: str) -> None:
        """Change what a drawing says; without a word a text is no more."""
        drawing = self.find(drawing_id)
        if drawing is None:
            return
        if not text.strip():
            self.remove(drawing_id)
        else:
            self.replace(structs.replace(drawing, text=text.strip()[:TEXT_MAX]))

    def duplicate(self, drawing_id: int, moved: Callable[[Anchor], Anchor]) -> bool:
        """The same once more, with its anchors elsewhere; it is selected. Whether there is one now."""
        drawing = self.find(drawing_id)
        if drawing is None or self.is_full:
            return False
        anchors = tuple(map(moved, drawing.anchors))
        made = structs.replace(drawing, drawing_id=self._next_id, anchors=anchors)
        self._next_id += 1
        self._change((*self.drawings, made))
        self.selected = made.drawing_id
        return True

    def remove(self, drawing_id: int) -> bool:
        """Take a drawing away; whether there was one."""
        kept = tuple(d for d in self.drawings if d.drawing_id != drawing_id)
        if len(kept) == len(self.drawings):
            return False
        self._change(kept)
        return True

    def clear(self) -> None:
        """Take all away, as one change."""
        if self.drawings:
            self._change(())

    def undo(self) -> bool:
        """Take the last change back; whether there was one."""
        return self._step(self._before, self._after)

    def redo(self) -> bool:
        """Make it again."""
        return self._step(self._after, self._before)

    def select_next(self, by: int) -> int:
        """Select the next drawing, or the one before; for the keyboard."""
        ids = [d.drawing_id for d in self.drawings]
        if ids:
            at = ids.index(self.selected) + by if self.selected in ids else (0 if by > 0 else len(ids) - 1)
            self.selected = ids[at % len(ids)]
        return self.selected

    def _step(self, source: list[tuple[Drawing, ...]], target: list[tuple[Drawing, ...]]) -> bool:
        if not source:
            return False
        target.append(self.drawings)
        self._show(source.pop())
        return True

    def _change(self, drawings: tuple[Drawing, ...]) -> None:
        self._before.append(self.drawings)
        del self._before[:-UNDO_MAX]
        self._after.clear()
        self._show(drawings)

    def _show(self, drawings: tuple[Drawing, ...]) -> None:
        self.drawings = drawings
        self.version += 1
        if self.find(self.selected) is None:
            self.selected = 0


class Pen:
    """A gesture on a board: with a tool it makes a drawing anchor by anchor, without one it moves what it took.

    `draft` is what is shown meanwhile in place of the drawing with its id (0: a new one).
    """

    def __init__(self, board: Board) -> None:
        self.board = board
        self.tool: Kind | None = None
        self.keeps = False  # the tool stays in the hand once a drawing is made
        self.draft: Drawing | None = None
        self._placed: tuple[Anchor, ...] = ()
        self._grip: tuple[Drawing, int, Anchor] | None = None

    @property
    def is_busy(self) -> bool:
        """Whether a press would not be a new beginning."""
        return self.draft is not None or self.tool is not None

    def choose(self, tool: Kind | None) -> None:
        """Take up a tool, or lay it down."""
        self.cancel()
        self.tool = tool

    def press(self, at: Anchor) -> Drawing | None:
        """Place an anchor of the tool's drawing; the finished drawing, once it has all of them.

        A text is finished by `write`, when it is known what it says.
        """
        if self.tool is None:
            return None
        self._placed = (*self._placed, at)
        self.board.selected = 0
        if len(self._placed) < self.tool.anchors:
            self.hover(at)
            return None
        tool, placed = self.tool, self._placed
        if tool is Kind.TEXT:
            self.draft = Drawing(drawing_id=0, kind=tool, anchors=placed, color=self.board.color)
            return self.draft
        self.choose(tool if self.keeps else None)
        return self.board.find(self.board.add(tool, placed))

    def write(self, text: str) -> None:
        """Finish a text that has its place; an empty one is given up."""
        placed = self._placed
        self.choose(Kind.TEXT if self.keeps else None)
        if text.strip() and placed:
            self.board.add(Kind.TEXT, placed, text.strip())

    def hover(self, at: Anchor) -> None:
        """The pointer moved while anchors are still to come."""
        if self.tool is not None and self._placed and self.tool is not Kind.TEXT:
            placed = (*self._placed, at)
            self.draft = Drawing(drawing_id=0, kind=self.tool, anchors=placed, color=self.board.color)

    def take(self, hit: Hit, at: Anchor) -> None:
        """Take a drawing by its body or by one of its handles."""
        drawing = self.board.find(hit.drawing_id)
        if drawing is not None:
            self.board.selected = drawing.drawing_id
            self._grip = (drawing, hit.handle, at)

    def drag(self, at: Anchor) -> None:
        """Move what was taken."""
        if self._grip is None:
            return
        drawing, handle, begin = self._grip
        if handle >= 0:
            anchors = tuple(at if i == handle else a for i, a in enumerate(drawing.anchors))
        else:
            by_ns, by_px = at.trade_ns - begin.trade_ns, at.px - begin.px
            anchors = tuple(Anchor(a.trade_ns + by_ns, max(a.px + by_px, 1e-6)) for a in drawing.anchors)
        self.draft = structs.replace(drawing, anchors=anchors)

    def release(self) -> None:
        """Let go: the move is one change of the board."""
        draft, self.draft, is_held, self._grip = self.draft, None, self._grip is not None, None
        if is_held and draft is not None:
            self.board.replace(draft)

    def cancel(self) -> bool:
        """Give the gesture up; whether there was one."""
        was_busy = self.is_busy or self._grip is not None
        self.tool, self.draft, self._placed, self._grip = None, None, (), None
        return was_busy

    def shown(self) -> tuple[Drawing, ...]:
        """The board's drawings with the draft in its place."""
        draft = self.draft
        if draft is None:
            return self.board.drawings
        if not draft.drawing_id:
            return (*self.board.drawings, draft)
        return tuple(draft if d.drawing_id == draft.drawing_id else d for d in self.board.drawings)
