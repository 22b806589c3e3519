"""The language of conditions: `change > 3 and volume > 2 * avg_volume(20) and not etf`, parsed and checked.

    condition   one "or" two, one "and" two, "not" one, comparison, name that is true or false, ( condition )
    comparison  figure  < <= > >= = !=  figure
    figure      + - * / of numbers, names, functions of a number of bars, and ( figure )

A function counts in days, or in bars of some minutes: `ma(5)`, `ma(5, 1)` a day before, `ma(5, 3m)`, `ma(5, 1, 3m)`.

Numbers may carry a factor (k, m, b, 만, 억, 万, 億) or a percent sign, which only says what is meant. Names are those
of FIGURES, TRUTHS and FUNCTIONS, or what the reader's language calls them. A condition that cannot be used is refused
with where it stopped, what was expected and what was found; length and depth are bounded.
"""

import re
from collections.abc import Mapping
from typing import Union

from msgspec import Struct

LENGTH_MAX = 2_000
DEPTH_MAX = 24
DAYS_MAX = 120
AGO_MAX = 20
MINUTES = (1, 3, 5, 10, 15, 30, 60)  # lengths of bars within the day
REACH_MAX = 2_400  # minutes that a function may look back

FIGURES = (
    "price",
    "open",
    "high",
    "low",
    "base",
    "change",
    "gap",
    "volume",
    "value",
    "prev_volume",
    "surge",
    "strength",
    "vwap",
    "cap",
    "from_high",
    "from_low",
)
TRUTHS = ("etf", "kospi", "kosdaq", "tse", "nasdaq", "ose", "held", "limit_up", "limit_down")
FUNCTIONS = (
    "ma",
    "ema",
    "close",
    "highest",
    "lowest",
    "avg_volume",
    "sum_volume",
    "band_up",
    "band_down",
    "deviation",
    "rsi",
    "stochastic",
    "cci",
    "atr",
)

FACTORS = {
    "k": 10**3,
    "m": 10**6,
    "b": 10**9,
    "%": 1,
    "만": 10**4,
    "万": 10**4,
    "억": 10**8,
    "億": 10**8,
}
MINUTE_WORDS = frozenset({"m", "min", "분", "分"})
COMPARISONS = ("<=", ">=", "!=", "<", ">", "=")
_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:,\d{3}(?!\d))*(?:\.\d+)?)|(?P<name>[^\W\d]\w*)|(?P<sign><=|>=|!=|==|[-+*/()<>=,%]))"
)
_SIGN_NAMES = {"≤": "<=", "≥": ">=", "≠": "!=", "×": "*", "÷": "/", "−": "-", "&": " and ", "|": " or "}


class ConditionError(ValueError):
    """Why a condition cannot be used: a key of the text catalogue, and what fills its places."""

    def __init__(self, key: str, **values: str | int) -> None:
        super().__init__(key, values)
        self.key = key
        self.values = values


class Number(Struct, frozen=True):
    """A figure that is written."""

    value: float


class Name(Struct, frozen=True):
    """A figure or a truth of each issue."""

    name: str


class Call(Struct, frozen=True):
    """A function of the last `days`, as of `ago` days before today; with `minutes`, of bars of that length."""

    name: str
    days: int
    ago: int = 0
    minutes: int = 0


class Negative(Struct, frozen=True):
    """The figure below zero."""

    of: "Node"


class Arithmetic(Struct, frozen=True):
    """One of + - * /."""

    sign: str
    left: "Node"
    right: "Node"


class Comparison(Struct, frozen=True):
    """One of COMPARISONS; true or false."""

    sign: str
    left: "Node"
    right: "Node"


class Both(Struct, frozen=True):
    """`and` or `or` of two conditions."""

    word: str
    left: "Node"
    right: "Node"


class Not(Struct, frozen=True):
    """The opposite of a condition."""

    of: "Node"


Node = Union[Number, Name, Call, Negative, Arithmetic, Comparison, Both, Not]

_TRUE_OR_FALSE = (Comparison, Both, Not)


class _Token(Struct, frozen=True):
    kind: str  # number, name, sign, end
    text: str
    at: int


def is_condition(node: Node) -> bool:
    """Whether it is true or false, and not a figure."""
    return isinstance(node, _TRUE_OR_FALSE) or (isinstance(node, Name) and node.name in TRUTHS)


def parse(text: str, names: Mapping[str, str] | None = None) -> Node:
    """The condition of a text. `names`: other words for names and for and, or, not. Raises ConditionError."""
    if len(text) > LENGTH_MAX:
        raise ConditionError("screener.fault.long", found=len(text), limit=LENGTH_MAX)
    parser = _Parser(_tokens(text), names or {})
    node = parser.either(0)
    parser.expect_end()
    if not is_condition(node):
        raise ConditionError("screener.fault.figure", at=1)
    return node


def calls(node: Node) -> frozenset[Call]:
    """All functions of past bars that a condition asks for."""
    if isinstance(node, Call):
        return frozenset({node})
    if isinstance(node, Negative | Not):
        return calls(node.of)
    if isinstance(node, Arithmetic | Comparison | Both):
        return calls(node.left) | calls(node.right)
    return frozenset()


def _tokens(text: str) -> list[_Token]:
    for sign, plain in _SIGN_NAMES.items():
        text = text.replace(sign, plain)
    found: list[_Token] = []
    at = 0
    while at < len(text):
        if text[at:].isspace():
            break
        match = _TOKEN.match(text, at)
        if match is None:
            at += len(text[at:]) - len(text[at:].lstrip())
            raise ConditionError("screener.fault.sign", at=at + 1, found=text[at])
        kind = match.lastgroup or ""
        found.append(_Token(kind, match.group(kind), match.start(kind)))
        at = match.end()
    return [*found, _Token("end", "", len(text))]


class _Parser:
    """Recursive descent over the tokens; `depth` counts what is nested."""

    def __init__(self, tokens: list[_Token], names: Mapping[str, str]) -> None:
        self._tokens = tokens
        self._names = {word.casefold(): name for word, name in names.items()}
        self._i = 0

    @property
    def _next(self) -> _Token:
        return self._tokens[self._i]

    def _word(self) -> str:
        """The next token as a name of ours; "" for anything else."""
        token = self._next
        if token.kind != "name":
            return ""
        word = token.text.casefold()
        return self._names.get(word, word)

    def _take(self) -> _Token:
        token = self._next
        self._i += 1
        return token

    def _takes_sign(self, *signs: str) -> str:
        if self._next.kind == "sign" and self._next.text in signs:
            return self._take().text
        return ""

    def _takes_word(self, word: str) -> bool:
        if self._word() == word:
            self._i += 1
            return True
        return False

    def _fault(self, expected: str) -> ConditionError:
        token = self._next
        if token.kind == "end":
            at_end = f"end_{expected}"
            return ConditionError(f"screener.fault.{at_end}")
        return ConditionError(f"screener.fault.{expected}", at=token.at + 1, found=token.text)

    def expect_end(self) -> None:
        if self._next.kind != "end":
            raise self._fault("joined")

    def either(self, depth: int) -> Node:
        if depth > DEPTH_MAX:
            raise ConditionError("screener.fault.deep", limit=DEPTH_MAX)
        node = self._all(depth)
        while self._is_condition_before("or", node):
            node = Both("or", node, self._condition(self._all(depth)))
        return node

    def _all(self, depth: int) -> Node:
        node = self._opposite(depth)
        while self._is_condition_before("and", node):
            node = Both("and", node, self._condition(self._opposite(depth)))
        return node

    def _is_condition_before(self, word: str, node: Node) -> bool:
        if self._word() != word:
            return False
        self._condition(node)
        self._i += 1
        return True

    def _condition(self, node: Node) -> Node:
        if not is_condition(node):
            raise ConditionError("screener.fault.figure", at=self._next.at + 1)
        return node

    def _opposite(self, depth: int) -> Node:
        if self._takes_word("not"):
            if depth > DEPTH_MAX:
                raise ConditionError("screener.fault.deep", limit=DEPTH_MAX)
            return Not(self._condition(self._opposite(depth + 1)))
        left = self._sum(depth)
        sign = self._takes_sign(*COMPARISONS, "==")
        if not sign:
            return left
        right = self._sum(depth)
        return Comparison("=" if sign == "==" else sign, self._figure(left), self._figure(right))

    def _figure(self, node: Node) -> Node:
        if is_condition(node):
            raise ConditionError("screener.fault.truth", at=self._next.at + 1)
        return node

    def _sum(self, depth: int) -> Node:
        node = self._product(depth)
        while sign := self._takes_sign("+", "-"):
            node = Arithmetic(sign, self._figure(node), self._figure(self._product(depth)))
        return node

    def _product(self, depth: int) -> Node:
        node = self._atom(depth)
        while sign := self._takes_sign("*", "/"):
            node = Arithmetic(sign, self._figure(node), self._figure(self._atom(depth)))
        return node

    def _atom(self, depth: int) -> Node:
        if depth > DEPTH_MAX:
            raise ConditionError("screener.fault.deep", limit=DEPTH_MAX)
        if self._takes_sign("-"):
            return Negative(self._figure(self._atom(depth + 1)))
        if self._takes_sign("("):
            node = self.either(depth + 1)
            if not self._takes_sign(")"):
                raise self._fault("bracket")
            return node
        if self._next.kind == "number":
            return self._number()
        word = self._word()
        if not word or word in {"and", "or", "not"}:
            raise self._fault("value")
        if word in FUNCTIONS:
            return self._call(word)
        if word not in FIGURES and word not in TRUTHS:
            raise ConditionError("screener.fault.name", at=self._next.at + 1, found=self._next.text)
        self._i += 1
        return Name(word)

    def _number(self) -> Number:
        value = float(self._take().text.replace(",", ""))
        token = self._next
        factor = FACTORS.get(token.text.lower()) if token.kind in {"name", "sign"} else None
        if factor is not None:
            self._i += 1
            value *= factor
        return Number(value)

    def _call(self, name: str) -> Call:
        self._i += 1
        if not self._takes_sign("("):
            raise self._fault("days")
        at, days, ago, minutes = self._next.at, self._whole(1, DAYS_MAX), 0, 0
        if self._takes_sign(","):
            if self._is_frame:
                minutes = self._minutes()
            else:
                ago = self._whole(0, AGO_MAX)
                minutes = self._minutes() if self._takes_sign(",") else 0
        if not self._takes_sign(")"):
            raise self._fault("bracket")
        if minutes * (days + ago + 1) > REACH_MAX:
            most = REACH_MAX // minutes - ago - 1
            raise ConditionError("screener.fault.reach", at=at + 1, found=days, minutes=minutes, most=most)
        return Call(name, days, ago, minutes)

    @property
    def _is_frame(self) -> bool:
        """Whether a figure with the word for minutes behind it comes next."""
        following = self._tokens[self._i + 1] if self._i + 1 < len(self._tokens) else self._next
        word = self._names.get(following.text.casefold(), following.text.casefold())
        return self._next.kind == "number" and following.kind == "name" and word in MINUTE_WORDS

    def _minutes(self) -> int:
        token = self._next
        if not self._is_frame or not token.text.isdigit() or int(token.text[:9]) not in MINUTES:
            frames = ", ".join(f"{minutes}m" for minutes in MINUTES)
            raise ConditionError("screener.fault.frame", at=token.at + 1, found=token.text or "…", frames=frames)
        self._i += 2
        return int(token.text)

    def _whole(self, least: int, most: int) -> int:
        token = self._next
        if token.kind != "number" or not token.text.isdigit() or not least <= int(token.text[:9]) <= most:
            found = token.text or "…"
            raise ConditionError("screener.fault.whole", at=token.at + 1, found=found, least=least, most=most)
        self._i += 1
        return int(token.text)
