"""The market map: every issue as a rectangle, its area by turnover or capitalisation, its colour by change.

Squarified: within a group the rectangles are laid in rows along the shorter side, each row as long as its rectangles
become squarer by it. All edges are whole pixels and every group fills its room exactly. Groups are the listing
segments, ETFs apart: the feed tells no industries.
"""

from collections.abc import Sequence

from msgspec import Struct

from hts.desk.ratios import change_bp, divide
from hts.desk.screener_universe import Universe
from hts.desk.texts import Texts

HEAD = 18  # a group's head
CELL_MIN = 3  # pixels; what is smaller has no room to be seen
BY = ("value", "cap")


class Box(Struct, frozen=True):
    """A rectangle of whole pixels."""

    x: int
    y: int
    width: int
    height: int

    @property
    def is_seen(self) -> bool:
        """Whether there is anything to paint."""
        return self.width >= CELL_MIN and self.height >= CELL_MIN


class MapCell(Struct, frozen=True, kw_only=True):
    """One issue's rectangle. `bp` is its change in hundredths of a percent."""

    symbol: str
    name: str
    box: Box
    bp: int
    currency: str = ""


class MapGroup(Struct, frozen=True, kw_only=True):
    """A group's rectangle with its head; `bp` is the mean change weighted by area."""

    name: str
    box: Box
    bp: int
    cells: tuple[MapCell, ...]

    @property
    def currency(self) -> str:
        """Of all its issues; empty where they have several."""
        found = {cell.currency for cell in self.cells}
        return found.pop() if len(found) == 1 else ""


class MarketMap:
    """`lay_out` places everything anew, `groups` colours it as the market stands. `by` is one of BY."""

    def __init__(self, texts: Texts) -> None:
        self.by = BY[0]
        self._texts = texts
        self._places: list[tuple[str, Box, list[tuple[str, Box, int]]]] = []

    @property
    def is_empty(self) -> bool:
        """Whether nothing has a place yet."""
        return not self._places

    def lay_out(self, universe: Universe, width: int, height: int) -> None:
        """Give every issue that has a weight its place."""
        weights = self._weights(universe)
        members: dict[str, list[tuple[str, int]]] = {}
        for symbol, weight in weights:
            issue = universe.issue(symbol)
            name = "etf" if issue.is_etf else issue.market.name.lower()
            members.setdefault(name, []).append((symbol, weight))
        groups = sorted(members.items(), key=lambda group: -sum(weight for _, weight in group[1]))
        boxes = squarify([sum(weight for _, weight in issues) for _, issues in groups], Box(0, 0, width, height))
        self._places = [(name, box, _inside(issues, box)) for (name, issues), box in zip(groups, boxes, strict=True)]

    def _weights(self, universe: Universe) -> list[tuple[str, int]]:
        """Turnover of the day, of the day before where nothing has traded; or capitalisation. Only what is above 0.

        In won, so that the areas of issues in several currencies can be compared.
        """
        found = []
        rates = (universe.rate / universe.scale).tolist()
        for symbol, row, rate in zip(universe.symbols, universe.figures().tolist(), rates, strict=True):
            issue, px, value = universe.issue(symbol), row[0], row[6]
            weight = round((issue.listed_shares * px if self.by == "cap" else value or issue.prev_value) * rate)
            if weight > 0:
                found.append((symbol, weight))
        return found

    def groups(self, universe: Universe) -> list[MapGroup]:
        """Every rectangle with its change as it is now."""
        table = universe.figures()
        made = []
        for name, box, issues in self._places:
            cells, total, weighted = [], 0, 0
            for symbol, cell_box, weight in issues:
                px, base = table[universe.row_of(symbol)].tolist()[:2]
                bp = change_bp(px, base)
                total += weight
                weighted += weight * bp
                issue = universe.issue(symbol)
                name_of = self._texts.name(issue)
                cells.append(MapCell(symbol=symbol, name=name_of, box=cell_box, bp=bp, currency=issue.currency))
            word = self._texts("market_map.etf" if name == "etf" else f"market.{name}")
            made.append(MapGroup(name=word, box=box, bp=divide(weighted, max(total, 1)), cells=tuple(cells)))
        return made


def _inside(issues: list[tuple[str, int]], box: Box) -> list[tuple[str, Box, int]]:
    """The issues of a group below its head, largest first."""
    head = HEAD if box.height > 2 * HEAD else 0
    room = Box(box.x, box.y + head, box.width, box.height - head)
    issues = sorted(issues, key=lambda issue: -issue[1])
    boxes = squarify([weight for _, weight in issues], room)
    return [(symbol, cell, weight) for (symbol, weight), cell in zip(issues, boxes, strict=True)]


def squarify(weights: Sequence[int], box: Box) -> list[Box]:
    """A rectangle for each weight, in their order (from the largest down is best); together they fill the box."""
    found: list[Box] = []
    at, left = 0, sum(weights)
    while at < len(weights):
        if box.width <= 0 or box.height <= 0:
            found.extend([Box(box.x, box.y, 0, 0)] * (len(weights) - at))
            break
        count = _row_length(weights[at:], left, box)
        row = weights[at : at + count]
        boxes, box = _lay_row(row, left, box, is_last=at + count == len(weights))
        found += boxes
        at += count
        left -= sum(row)
    return found


def _row_length(weights: Sequence[int], left: int, box: Box) -> int:
    """How many go into the next row: as long as the worst of them becomes squarer."""
    short, area = min(box.width, box.height), box.width * box.height
    if short <= 0 or left <= 0:
        return len(weights)
    best, total = float("inf"), 0
    for i, weight in enumerate(weights):
        total += weight
        depth = total * area / left / short  # of the row
        if depth <= 0:
            continue
        worst = 0.0
        for each in (weights[0], weight):  # the largest and the smallest of the row
            length = each * short / total
            if length > 0:
                worst = max(worst, depth / length, length / depth)
        if worst > best:
            return max(i, 1)
        best = worst
    return len(weights)


def _lay_row(row: Sequence[int], left: int, box: Box, *, is_last: bool) -> tuple[list[Box], Box]:
    """Lay a row along the box's shorter side; the rectangles and what is left of the box."""
    total = sum(row)
    is_wide = box.width >= box.height
    whole = box.width if is_wide else box.height
    depth = whole if is_last else round(whole * total / left) if left else 0
    length = box.height if is_wide else box.width
    found, begin, so_far = [], 0, 0
    for weight in row:
        so_far += weight
        end = round(length * so_far / total) if total else 0
        if is_wide:
            found.append(Box(box.x, box.y + begin, depth, end - begin))
        else:
            found.append(Box(box.x + begin, box.y, end - begin, depth))
        begin = end
    if is_wide:
        return found, Box(box.x + depth, box.y, box.width - depth, box.height)
    return found, Box(box.x, box.y + depth, box.width, box.height - depth)
