"""Bars of some minutes of the issues that conditions ask for: history once, then the trades, at a bounded cost.

A condition says which issues only minutes can decide. Of these the ISSUES_MAX with the most turnover are followed: each
is asked for once, as far back as any condition looks, and from then on its trades make its bars. What nobody wanted for
a while gives its place to others when they need it. Minutes without a trade are no bars, as on a chart; bars are those
of the venue that lists the issue.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence

from msgspec import Struct

from hts.base.arrays import Floats, Ints, Truths, np
from hts.desk.screener_days import WINDOWED, Days, State, is_of_past, of_past
from hts.desk.screener_expr import AGO_MAX, DAYS_MAX, REACH_MAX, Call, Node, calls
from hts.desk.screener_recursive import RECURSIVE, Recursive
from hts.model.quotes import Bar, TradeUpdate

ISSUES_MAX = 300
BARS = DAYS_MAX + AGO_MAX + 1  # kept of each issue and length, the running one included
WARM = 3  # so many times its length a function that remembers everything is begun before it is read
MINUTE_NS = 60_000_000_000
WANTED_TURNS = 240  # a condition that was not looked at for so long wants nothing any more
ANSWER_TURNS = 40  # then the question or its answer was lost


def needs_of(node: Node) -> dict[int, int]:
    """Lengths of bars that a condition asks for, and how many minutes it looks back in each."""
    needs: dict[int, int] = {}
    for call in calls(node):
        if call.minutes:
            bars = call.days + call.ago + 1 + (WARM * call.days if call.name in RECURSIVE else 0)
            reach = min(min(bars, BARS) * call.minutes, REACH_MAX)
            needs[call.minutes] = max(needs.get(call.minutes, 0), reach)
    return needs


class Wish(Struct, frozen=True, kw_only=True):
    """What one condition asks for: lengths and reach, the issues, and until which turn it stands."""

    needs: Mapping[int, int]
    symbols: tuple[str, ...]
    until: int


class Minutes:
    """`want` while a condition is looked at; `next_question` tells what to ask; answers come through `take`."""

    def __init__(self) -> None:
        self._wishes: dict[Hashable, Wish] = {}
        self._turn = 0
        self._slots: dict[str, int] = {}  # issues that are followed, the one wanted longest ago first
        self._wanted: dict[str, None] = {}  # those of them that some condition asks for now
        self._frames: dict[int, Frame] = {}
        self._reach: dict[str, Mapping[int, int]] = {}  # what of an issue is there
        self._asked: dict[str, int] = {}  # in which turn
        self._asked_for: dict[str, Mapping[int, int]] = {}  # what was needed then: an answer has no more than that
        self._cum_qty: dict[str, int] = {}
        self._alone: set[str] = set()  # nobody else had their minutes when they were asked for

    # Wishes

    def want(self, owner: Hashable, needs: Mapping[int, int], symbols: Sequence[str]) -> None:
        """A condition was looked at: it needs these issues' bars, the most important ones first."""
        self._wishes[owner] = Wish(needs=needs, symbols=tuple(symbols), until=self._turn + WANTED_TURNS)

    def drop(self, owner: Hashable) -> None:
        """A condition is looked at no more."""
        self._wishes.pop(owner, None)

    def turn(self) -> None:
        """Some time passed: forget who has gone, and give places to those that need them."""
        self._turn += 1
        self._wishes = {owner: wish for owner, wish in self._wishes.items() if wish.until >= self._turn}
        needs = self._needs
        new = needs.keys() - self._frames.keys()
        self._frames = {minutes: self._frames.get(minutes) or Frame(minutes) for minutes in sorted(needs)}
        if new:
            self._reach = {
                symbol: {minutes: reach for minutes, reach in has.items() if minutes not in new}
                for symbol, has in self._reach.items()
            }
        self._wanted = self._find_wanted() if needs else {}
        self._give_places()

    @property
    def _needs(self) -> dict[int, int]:
        """Of all wishes together."""
        found: dict[int, int] = {}
        for wish in self._wishes.values():
            for minutes, reach in wish.needs.items():
                found[minutes] = max(found.get(minutes, 0), reach)
        return found

    def _find_wanted(self) -> dict[str, None]:
        """The issues that have a place or should: of each condition in turn, the most important ones first."""
        found: dict[str, None] = {}
        lists = [wish.symbols[:ISSUES_MAX] for wish in self._wishes.values()]
        for place in range(max(map(len, lists), default=0)):
            for symbols in lists:
                if place < len(symbols) and len(found) < ISSUES_MAX:
                    found[symbols[place]] = None
        return found

    def _give_places(self) -> None:
        wanted = self._wanted
        for symbol in wanted:
            if symbol in self._slots:
                self._slots[symbol] = self._slots.pop(symbol)  # behind those that nobody wants
        for symbol in wanted:
            if symbol in self._slots:
                continue
            slot = len(self._slots)
            if slot == ISSUES_MAX:
                oldest = next((one for one in self._slots if one not in wanted), "")
                slot = self._slots.pop(oldest)
                self._forget(oldest, slot)
            self._slots[symbol] = slot

    def _forget(self, symbol: str, slot: int) -> None:
        for kept in (self._reach, self._asked, self._asked_for, self._cum_qty):
            kept.pop(symbol, None)
        for frame in self._frames.values():
            frame.clear(slot)

    def forget_all(self) -> None:
        """Trades passed without us: everything is asked for again."""
        self._reach.clear()
        self._asked.clear()

    def waiting(self, owner: Hashable) -> tuple[int, int]:
        """Of a condition's issues: how many wait for their bars, and for how many there is no room."""
        wish, lacking = self._wishes.get(owner), self.lacking(owner)
        beyond = sum(symbol not in self._slots for symbol in wish.symbols) if wish is not None else 0
        return len(lacking) - beyond, beyond

    def lacking(self, owner: Hashable) -> list[str]:
        """The condition's issues whose bars are not there."""
        wish, needs = self._wishes.get(owner), self._needs
        if wish is None:
            return []
        return [symbol for symbol in wish.symbols if symbol not in self._slots or self._lacks(symbol, needs)]

    # Questions and answers

    def next_question(self, is_known: Callable[[str], bool]) -> tuple[str, int] | None:
        """An issue whose minutes are to be asked for now, and how many. `is_known`: somebody else has them already."""
        needs = self._needs
        for symbol in self._wanted:
            is_out = self._turn - self._asked.get(symbol, -ANSWER_TURNS) < ANSWER_TURNS
            if not is_out and self._lacks(symbol, needs):
                self._asked[symbol], self._asked_for[symbol] = self._turn, needs
                (self._alone.discard if is_known(symbol) else self._alone.add)(symbol)
                return symbol, max(needs.values())
        return None

    def _lacks(self, symbol: str, needs: Mapping[int, int]) -> bool:
        has = self._reach.get(symbol, {})
        return any(has.get(minutes, 0) < reach for minutes, reach in needs.items())

    def follows(self, symbol: str) -> bool:
        """Whether trades of an issue are taken."""
        return symbol in self._slots

    def is_alone(self, symbol: str) -> bool:
        """Whether the answer was for us alone."""
        return symbol in self._alone

    def awaits(self, symbol: str) -> bool:
        """Whether an answer of it is wanted."""
        return symbol in self._asked and symbol in self._slots

    def take(self, symbol: str, bars: Sequence[Bar], scale: float, cum_qty: int) -> None:
        """An answer: minute bars. `scale`: what prices are divided by; `cum_qty` was traded on the day so far."""
        slot = self._slots[symbol]
        self._asked.pop(symbol, None)
        self._cum_qty[symbol] = cum_qty
        self._reach[symbol] = self._asked_for.get(symbol) or self._needs
        starts = np.array([bar.start_ns for bar in bars], np.int64)
        prices = np.array([(bar.close_px, bar.high_px, bar.low_px) for bar in bars], np.float64).reshape(-1, 3) / scale
        qty = np.array([bar.qty for bar in bars], np.float64)
        for frame in self._frames.values():
            frame.fill(slot, starts, (prices[:, 0], prices[:, 1], prices[:, 2], qty))

    def on_trades(self, symbol: str, trades: Sequence[TradeUpdate], scale: float) -> None:
        """Trades of an issue that is followed, oldest first. Volume grows with the day's figure: prints may lack."""
        if symbol not in self._reach:
            return
        before, last = self._cum_qty.get(symbol, 0), trades[-1]
        told = sum(trade.qty for trade in trades)
        lacking = max(last.cum_qty - before - told, 0) if before else 0
        self._cum_qty[symbol] = last.cum_qty
        slot = self._slots[symbol]
        for frame in self._frames.values():
            frame.add(slot, trades, scale, lacking)

    # Figures

    def values(self, call: Call) -> tuple[list[str], Floats]:
        """The issues that are followed, and a function of each."""
        frame, symbols = self._frames.get(call.minutes), list(self._slots)
        if frame is None or not symbols:
            return [], np.zeros(0)
        return symbols, frame.value(call)[[self._slots[symbol] for symbol in symbols]]


class Frame:
    """Bars of one length of all issues that are followed, newest last; the last one runs."""

    def __init__(self, minutes: int) -> None:
        self._size_ns = minutes * MINUTE_NS
        self.bars = Days(*(np.full((ISSUES_MAX, BARS), np.nan) for _ in range(4)))
        self._starts: Ints = np.full(ISSUES_MAX, -1, np.int64)  # of the running bars
        self.rolls: Ints = np.zeros(ISSUES_MAX, np.int64)  # bars that ended since the history
        self.fills: Ints = np.zeros(ISSUES_MAX, np.int64)  # histories taken
        self._memories: dict[tuple[str, int], Memory] = {}

    def clear(self, slot: int) -> None:
        """Another issue will stand here."""
        for table in _tables(self.bars):
            table[slot] = np.nan
        self._starts[slot] = -1
        self.fills[slot] += 1

    def fill(self, slot: int, starts: Ints, columns: tuple[Floats, Floats, Floats, Floats]) -> None:
        """Take minute bars: close, high, low, quantity."""
        self.clear(slot)
        if not len(starts):
            return
        begins = starts // self._size_ns * self._size_ns
        firsts = np.flatnonzero(np.r_[True, begins[1:] != begins[:-1]])
        lasts = np.r_[firsts[1:], len(starts)] - 1
        close, high, low, qty = columns
        made = (
            close[lasts],
            np.maximum.reduceat(high, firsts),
            np.minimum.reduceat(low, firsts),
            np.add.reduceat(qty, firsts),
        )
        count = min(len(firsts), BARS)
        for table, column in zip(_tables(self.bars), made, strict=True):
            table[slot, -count:] = column[-count:]
        self._starts[slot] = begins[-1]

    def add(self, slot: int, trades: Sequence[TradeUpdate], scale: float, lacking: int) -> None:
        """Trades, oldest first; `lacking` was traded besides."""
        first, last = trades[0].trade_ns // self._size_ns, trades[-1].trade_ns // self._size_ns
        parts = [trades] if first == last else [(trade,) for trade in trades]
        for number, part in enumerate(parts, 1):
            prices = [trade.px / scale for trade in part if trade.qty]
            more = lacking if number == len(parts) else 0
            if prices or more:
                self._put(slot, part[-1].trade_ns, prices, sum(trade.qty for trade in part) + more)

    def _put(self, slot: int, trade_ns: int, prices: list[float], qty: int) -> None:
        begin, bars = trade_ns // self._size_ns * self._size_ns, self.bars
        if begin < self._starts[slot]:
            return  # of a bar that has ended
        if begin > self._starts[slot]:
            if not prices:
                return
            for table in _tables(bars):
                table[slot, :-1] = table[slot, 1:]
            bars.high[slot, -1] = bars.low[slot, -1] = prices[0]
            bars.qty[slot, -1] = 0
            self._starts[slot] = begin
            self.rolls[slot] += 1
        if prices:
            bars.close[slot, -1] = prices[-1]
            bars.high[slot, -1] = max(bars.high[slot, -1], *prices)
            bars.low[slot, -1] = min(bars.low[slot, -1], *prices)
        bars.qty[slot, -1] += qty

    def value(self, call: Call) -> Floats:
        """A function of every issue that has a place."""
        recursive = RECURSIVE.get(call.name)
        if recursive is None:
            if is_of_past(call):
                return of_past(call, self.bars.before(1))
            return WINDOWED[call.name](self.bars, call.days, 0)
        key = call.name, call.days
        memory = self._memories.get(key)
        if memory is None:
            memory = self._memories[key] = Memory(recursive, call.days)
        memory.follow(self)
        return memory.past(call.ago) if call.ago else memory.now(self.bars)


class Memory:
    """What a function that remembers every bar has come to: each bar that ends costs one step, not all of them."""

    def __init__(self, recursive: Recursive, count: int) -> None:
        self._recursive, self._count = recursive, count
        self._state: State = recursive.blank(ISSUES_MAX)
        self._values = np.full((ISSUES_MAX, AGO_MAX), np.nan)  # as the newest bars ended
        self._rolls: Ints = np.zeros(ISSUES_MAX, np.int64)
        self._fills: Ints = np.full(ISSUES_MAX, -1, np.int64)

    def follow(self, frame: Frame) -> None:
        """Take the bars that ended since."""
        is_anew = (self._fills != frame.fills) | (frame.rolls - self._rolls > 1)
        anew, stepped = np.flatnonzero(is_anew), np.flatnonzero(~is_anew & (frame.rolls > self._rolls))
        if len(anew):
            for state, blank in zip(self._state, self._recursive.blank(len(anew)), strict=True):
                state[anew] = blank
            self._values[anew] = np.nan
            lacks: Truths = np.isnan(frame.bars.close[anew, :-1])
            for column in np.flatnonzero(~lacks.all(axis=0)).tolist():
                self._step(frame.bars, anew, column)
        if len(stepped):
            self._step(frame.bars, stepped, BARS - 2)
        self._rolls, self._fills = frame.rolls.copy(), frame.fills.copy()

    def _step(self, bars: Days, rows: Ints, column: int) -> None:
        """One bar more of some issues. Where an issue has none yet, its values do not move."""
        day = bars.high[rows, column], bars.low[rows, column], bars.close[rows, column]
        made = self._recursive.following(tuple(state[rows] for state in self._state), day, self._count)
        for state, values in zip(self._state, made, strict=True):
            state[rows] = values
        moved = rows[~np.isnan(day[2])]
        self._values[moved, :-1] = self._values[moved, 1:]
        self._values[moved, -1] = self._recursive.read(tuple(state[moved] for state in self._state), self._count)

    def now(self, bars: Days) -> Floats:
        """With the bars that run."""
        return self._recursive.step(self._state, (bars.high[:, -1], bars.low[:, -1], bars.close[:, -1]), self._count)

    def past(self, ago: int) -> Floats:
        """As it was when a bar ended."""
        made: Floats = self._values[:, -ago]
        return made


def _tables(bars: Days) -> tuple[Floats, Floats, Floats, Floats]:
    return bars.close, bars.high, bars.low, bars.qty
