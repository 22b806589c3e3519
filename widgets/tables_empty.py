"""What stands in a table without rows: why, and one step with its key."""

from typing import TYPE_CHECKING

from hts.desk.action_names import label
from themes import metrics
from widgets.painting import Brush
from widgets.panel import PanelContext

if TYPE_CHECKING:
    from widgets.tables_view import TableView

LINE = 20
CAP_GAP = 6


class Empty:
    """A sentence and an action's name with its key; the second line is left out where the action has no key."""

    def __init__(self, context: PanelContext, key: str, action: str) -> None:
        self._context, self._key, self._action = context, key, action

    @property
    def words(self) -> tuple[str, str, str]:
        """Sentence, key cap, what the key does."""
        texts = self._context.texts
        cap = self._context.keys(self._action) if self._action else ""
        return texts(self._key), cap, label(self._action, texts) if cap else ""

    def paint(self, view: "TableView", brush: Brush, height: int) -> None:
        """In the middle of the rows' room, `height` pixels from below the heads."""
        sentence, cap, step = self.words
        tokens, texts, width = view.tokens, brush.texts, view.viewport().width()
        lines = 2 if cap and height >= 3 * LINE else 1
        y = metrics.TABLE_HEAD + (height - lines * LINE) // 2
        if height < LINE:
            return
        sentence = texts.elided("body", sentence, width - 2 * metrics.EDGE_PAD)
        brush.center(width / 2, metrics.baseline(y, LINE), sentence, "body", tokens.text2)
        if lines == 1:
            return
        cap_width = max(round(texts.width("cap", cap)) + 10, metrics.KEY_CAP_MIN_W)
        x = round((width - cap_width - CAP_GAP - texts.width("secondary", step)) / 2)
        top, base = y + LINE + 3, metrics.baseline(y + LINE, LINE + 2)
        brush.fill(x, top, cap_width, metrics.KEY_CAP_H, tokens.raised)
        brush.frame(x, top, cap_width, metrics.KEY_CAP_H, tokens.line2)
        brush.center(x + cap_width / 2, base, cap, "cap", tokens.text)
        brush.left(x + cap_width + CAP_GAP, base, step, "secondary", tokens.text3)
