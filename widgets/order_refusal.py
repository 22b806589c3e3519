"""Why the order form sent nothing, in whole words above its button; a question as long as it can be answered."""

from hts.desk.cautions import stands_ns
from hts.desk.sending import Refusal
from hts.desk.sentences import refusal_text
from themes import metrics
from widgets.controls import TEXTS
from widgets.painting import Brush
from widgets.panel import PanelContext
from widgets.paragraph import lines_of

ROOM = 26  # one line above the send button
LINE = 16  # what a further one takes
LINES_MAX = 3
LEFT, RIGHT = 22, 10


class RefusalLines:
    """`lines` are those that stand now. `is_question` while a second press answers what they say."""

    def __init__(self, context: PanelContext) -> None:
        self._context = context
        self.lines: list[str] = []
        self.is_question = False
        self._told: Refusal | None = None
        self._told_ns = self._width = 0
        self._whole: list[str] = []

    @property
    def room(self) -> int:
        """Pixels above the button."""
        return ROOM + LINE * max(len(self.lines) - 1, 0)

    def take(self, refusal: Refusal | None, width: int) -> bool:
        """What is refused now, in a form so wide; whether other lines stand than before."""
        now_ns, before = self._context.actions.now_ns, self.lines
        if refusal is not self._told or width != self._width:
            self._told_ns = now_ns if refusal is not self._told else self._told_ns
            self._told, self._width = refusal, width
            self._whole = self._broken(refusal_text(refusal, self._context.texts)) if refusal is not None else []
        stands = stands_ns(refusal.key) if refusal is not None else 0
        is_over = bool(stands) and now_ns - self._told_ns > stands
        self.is_question = bool(stands) and not is_over
        self.lines = [] if is_over else self._whole
        return self.lines != before

    def _broken(self, sentence: str) -> list[str]:
        room = self._width - LEFT - RIGHT
        lines = lines_of(TEXTS, "secondary", sentence, room)
        if len(lines) > LINES_MAX:
            rest = " ".join(lines[LINES_MAX - 1 :])
            lines[LINES_MAX - 1 :] = [TEXTS.elided("secondary", rest, room)]
        return lines

    def paint(self, brush: Brush, bottom: int) -> None:
        """Above the button that begins at `bottom`."""
        if not self.lines:
            return
        ink, y = self._context.tokens.attention, bottom - self.room + 4
        brush.fill(10, y + 6, metrics.HEALTH_DOT, metrics.HEALTH_DOT, ink)
        for number, line in enumerate(self.lines):
            brush.left(LEFT, metrics.baseline(y + number * LINE, 18), line, "secondary", ink)
