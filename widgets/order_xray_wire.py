"""The x-ray's lower left part: the order's messages, the chosen one as bytes and as named fields side by side."""

from typing import Any

from PySide6.QtCore import QRect

from hts.desk.order_xray_state import Xray
from hts.desk.order_xray_wire import MessageRow, WireField, WireMessage, asked_fields, hex_rows, message_rows
from hts.desk.tables import Column
from hts.desk.texts import Texts
from themes import metrics
from themes.tokens import Tokens
from widgets.order_xray_table import XrayTable
from widgets.painting import Brush

HEAD = 22
ROW = 18
LINE = 16
MESSAGES_SHOWN = 6
OFFSET_W = 40
BYTE_W = 20
CHAR_W = 7
WAY_W = 9  # of the triangle before the word
FIELD_W = 252  # a name beside a time of nineteen digits
SECOND_MIN = 140  # less room than this shows nothing of a further message
HEX_W = OFFSET_W + 16 * BYTE_W + 8 + 16 * CHAR_W + metrics.EDGE_PAD

STRONG = frozenset({"venue", "name", "bytes"})

Places = list[tuple[Column[Any], int, int]]


class WirePainter:
    """`message_at` and `field_at` say what stands under a point of the box that was painted last."""

    def __init__(self, tokens: Tokens, texts: Texts, table: XrayTable) -> None:
        """`table` says which columns the list of messages has."""
        self._tokens = tokens
        self._texts = texts
        self._table = table
        self._rows: list[tuple[QRect, int]] = []
        self._cells: list[tuple[QRect, int]] = []

    def message_at(self, x: int, y: int) -> int:
        """Number of the message whose row is there, -1 for none."""
        return next((number for rect, number in self._rows if rect.contains(x, y)), -1)

    def rect_of(self, number: int) -> QRect:
        """Where a message's row was painted last; empty where it is not listed."""
        return next((rect for rect, one in self._rows if one == number), QRect())

    def field_at(self, x: int, y: int) -> int:
        """Number of the field whose bytes or row are there, -1 for none."""
        return next((number for rect, number in self._cells if rect.contains(x, y)), -1)

    def forget(self) -> None:
        """Nothing is painted: nothing takes a click."""
        self._rows.clear()
        self._cells.clear()

    def paint(self, brush: Brush, box: QRect, xray: Xray, message: int, field: int, first: int) -> None:  # noqa: PLR0917
        """All of it; `first` is the first message that is listed. Under the chosen one stand those after it."""
        tokens = self._tokens
        self.forget()
        brush.fill(box.x(), box.y(), box.width(), box.height(), tokens.panel)
        self._head(brush, box, xray)
        if not xray.messages:
            key = "order_xray.wire_none" if xray.trace is not None else "order_xray.asking"
            if xray.view.denial is not None:
                key = "order_xray.never_left"
            text = brush.texts.elided("body", self._texts(key), box.width() - 2 * metrics.EDGE_PAD)
            brush.left(box.x() + metrics.EDGE_PAD, box.y() + HEAD + 20, text, "body", tokens.text2)
            if xray.view.denial is not None:
                self._asked(brush, box.adjusted(0, HEAD + 34, 0, 0), asked_fields(xray.view))
            return
        listed = self._list(brush, box, xray, message, first)
        top = box.y() + HEAD + listed * ROW
        for number in range(message, len(xray.messages)):
            height = self._height(xray.messages[number], box.width())
            left = box.bottom() - top + 1
            if number > message and left < min(height, SECOND_MIN):
                break
            area = QRect(box.x(), top, box.width(), min(height, left))
            self._viewer(brush, area, xray.messages[number], field if number == message else None)
            top += height

    def _asked(self, brush: Brush, box: QRect, fields: tuple[WireField, ...]) -> None:
        """What would have gone out, in as many columns as fit; as many rows as have room."""
        tokens = self._tokens
        if box.height() < HEAD + 8 + LINE:
            return
        brush.fill(box.x(), box.y(), box.width(), HEAD, tokens.header)
        brush.hline(box.x(), box.y(), box.width(), tokens.line)
        title = self._texts("order_xray.asked")
        brush.left(box.x() + metrics.EDGE_PAD, metrics.baseline(box.y(), HEAD), title, "title", tokens.text)
        columns = max((box.width() - 2 * metrics.EDGE_PAD) // FIELD_W, 1)
        lines = min(-(-len(fields) // columns), (box.height() - HEAD - 8) // LINE)
        for i, field in enumerate(fields[: lines * columns]):
            column, line = divmod(i, lines)
            width = box.width() // columns
            cell = QRect(box.x() + width * column + 4, box.y() + HEAD + 4 + line * LINE, width - 12, LINE)
            self._field(brush, cell, field, is_chosen=False)

    def _columns(self, width: int) -> int:
        """Columns of fields beside the bytes; 0 where they have to stand under them."""
        return max(width - HEX_W - 12 - metrics.EDGE_PAD, 0) // FIELD_W

    def _height(self, message: WireMessage, width: int) -> int:
        """What a message needs with its title and the line that explains a field."""
        rows = -(-len(message.data) // 16)
        columns = self._columns(width)
        lines = -(-len(message.fields) // max(columns, 1))
        return HEAD + (max(rows, lines) if columns else rows + lines) * LINE + LINE + 16

    def _viewer(self, brush: Brush, box: QRect, message: WireMessage, field: int | None) -> None:
        """A message whose fields can be chosen, or (None) one that is only shown."""
        self._title(brush, QRect(box.x(), box.y(), box.width(), HEAD), message)
        area = QRect(box.x(), box.y() + HEAD, box.width(), box.height() - HEAD)
        is_chosen = field is not None
        self._hex(brush, area, message, -1 if field is None else field, keeps=is_chosen)
        self._fields(brush, area, message, -1 if field is None else field, keeps=is_chosen)

    def _head(self, brush: Brush, box: QRect, xray: Xray) -> None:
        tokens, texts = self._tokens, self._texts
        brush.fill(box.x(), box.y(), box.width(), HEAD, tokens.header)
        brush.hline(box.x(), box.y(), box.width(), tokens.line)
        base = metrics.baseline(box.y(), HEAD)
        x = brush.left(box.x() + metrics.EDGE_PAD, base, texts("order_xray.wire"), "title", tokens.text) + 8
        count = texts("order_xray.wire_count", count=len(xray.messages))
        brush.left(x, base, count, "secondary", tokens.text2)
        if xray.trace is not None and xray.trace.forgotten:
            lost = texts("order_xray.wire_forgotten")
            brush.right(box.right() - metrics.EDGE_PAD, base, lost, "secondary", tokens.attention)

    def _list(self, brush: Brush, box: QRect, xray: Xray, chosen: int, first: int) -> int:
        shown = message_rows(xray.messages, xray.start_ns)[first : first + MESSAGES_SHOWN]
        places = self._table.places(box.x(), box.width())
        for i, row in enumerate(shown):
            rect = QRect(box.x(), box.y() + HEAD + i * ROW, box.width(), ROW)
            self._rows.append((rect, row.number))
            self._list_row(brush, rect, row, places, is_chosen=row.number == chosen)
        return len(shown)

    def _list_row(self, brush: Brush, box: QRect, row: MessageRow, places: Places, *, is_chosen: bool) -> None:
        tokens = self._tokens
        if is_chosen:
            brush.fill(box.x(), box.y(), box.width(), ROW, tokens.selected)
            brush.fill(box.x(), box.y(), metrics.SELECTED_BAR, ROW, tokens.own)
        brush.hline(box.x(), box.bottom(), box.width(), tokens.line)
        base = metrics.baseline(box.y(), ROW)
        for column, left, right in places:
            ink = tokens.text if column.key in STRONG else tokens.text2
            text = column.text(row)
            if column.key == "data":
                text = text[: max((right - left) // BYTE_W, 0) * 3].rstrip()  # whole bytes
            begin = left
            if column.key == "way":
                brush.triangle(left, box.y() + ROW // 2, not row.message.is_sent, tokens.text2, 5)
                begin += WAY_W
            shown = brush.texts.elided(column.role, text, right - begin)
            if column.is_right:
                brush.right(right, base, shown, column.role, ink)
            else:
                brush.left(begin, base, shown, column.role, ink)

    def _title(self, brush: Brush, box: QRect, message: WireMessage) -> None:
        tokens, texts = self._tokens, self._texts
        brush.fill(box.x(), box.y(), box.width(), HEAD, tokens.header)
        brush.hline(box.x(), box.y(), box.width(), tokens.line)
        base = metrics.baseline(box.y(), HEAD)
        name = f"{message.venue} {message.protocol.upper()} {message.name}".strip()
        x = brush.left(box.x() + metrics.EDGE_PAD, base, name, "title", tokens.text) + 8
        size = texts("order_xray.bytes", count=len(message.data))
        x = brush.left(x, base, size, "secondary", tokens.text2) + 8
        if message.fault:
            brush.left(x, base, message.fault, "secondary", tokens.attention)

    def _hex(self, brush: Brush, area: QRect, message: WireMessage, chosen: int, *, keeps: bool) -> None:
        """Bytes in rows; neighbouring fields alternate in ground, the chosen one is the user's colour."""
        tokens = self._tokens
        x0 = area.x() + metrics.EDGE_PAD
        for i, row in enumerate(hex_rows(message)):
            y = area.y() + 4 + i * LINE
            if y + LINE > area.bottom():
                return
            base = metrics.baseline(y, LINE)
            brush.left(x0, base, f"{row.offset:04x}", "mono", tokens.text3)
            for j, (cell, char, mark) in enumerate(zip(row.cells, row.ascii, row.marks, strict=True)):
                x, text_x = x0 + OFFSET_W + j * BYTE_W, x0 + OFFSET_W + 16 * BYTE_W + 8 + j * CHAR_W
                is_chosen = mark >= 0 and mark == chosen
                if is_chosen:
                    brush.fill(x - 3, y, BYTE_W, LINE, tokens.own)
                    brush.fill(text_x, y, CHAR_W, LINE, tokens.own)
                elif mark % 2 == 0 and mark >= 0:
                    brush.fill(x - 3, y, BYTE_W, LINE, tokens.hover)
                ink = tokens.on_own if is_chosen else tokens.text
                brush.left(x, base, cell, "mono", ink)
                brush.left(text_x, base, char, "mono", tokens.on_own if is_chosen else tokens.text2)
                if keeps:
                    self._cells.append((QRect(x - 3, y, BYTE_W, LINE), mark))

    def _fields(self, brush: Brush, area: QRect, message: WireMessage, chosen: int, *, keeps: bool) -> None:
        """Names and values in as many columns as fit, then what the chosen one means."""
        tokens = self._tokens
        left, width = area.x() + HEX_W + 12, area.width() - HEX_W - 12 - metrics.EDGE_PAD
        columns = self._columns(area.width())
        if not columns:
            columns = 1
            left, width = area.x() + metrics.EDGE_PAD, area.width() - 2 * metrics.EDGE_PAD
            rows = -(-len(message.data) // 16)
            area = QRect(area.x(), area.y() + rows * LINE + 8, area.width(), area.height() - rows * LINE - 8)
        brush.vline(left - 8, area.y(), area.height(), tokens.line)
        lines = max(min(-(-len(message.fields) // columns), (area.height() - 8 - LINE - 4) // LINE), 1)
        first = max(0, chosen // (lines * columns) * lines * columns) if chosen >= 0 else 0
        shown = message.fields[first : first + lines * columns]
        for i, field in enumerate(shown):
            column, line = divmod(i, lines)
            x = left + width * column // columns
            box = QRect(x - 4, area.y() + 4 + line * LINE, width // columns - 8, LINE)
            if keeps:
                self._cells.append((box, first + i))
            self._field(brush, box, field, is_chosen=first + i == chosen)
        if 0 <= chosen < len(message.fields):
            field = message.fields[chosen]
            place = self._texts("order_xray.byte", offset=field.offset, length=field.length)
            note = f"{field.name}: {place}" + (f"; {field.note}" if field.note else "")
            base = metrics.baseline(area.bottom() - LINE - 2, LINE)
            brush.left(left, base, brush.texts.elided("secondary", note, width), "secondary", tokens.text2)

    def _field(self, brush: Brush, box: QRect, field: WireField, *, is_chosen: bool) -> None:
        tokens = self._tokens
        if is_chosen:
            brush.fill(box.x(), box.y(), box.width(), LINE, tokens.own)
        base = metrics.baseline(box.y(), LINE)
        ink = tokens.on_own if is_chosen else tokens.text
        value = brush.texts.elided("body_medium", field.value, box.width() * 0.6)
        begin = brush.right(box.right() - 4, base, value, "body_medium", ink)
        name = brush.texts.elided("secondary", field.name, begin - box.x() - 12)
        brush.left(box.x() + 4, base, name, "secondary", tokens.on_own if is_chosen else tokens.text2)
