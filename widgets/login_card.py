"""What stands on the login card in each state: built anew when the state changes, never while somebody types."""

import json
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hts.desk.login import Asked, KeyWork, LoginPort, LoginState, Stage
from hts.desk.texts import Texts
from hts.model.session import ProposalView
from themes.tokens import Tokens
from widgets.controls import Button
from widgets.login_parts import CodeRows, EntryField, KeyMark, Line, QrView

BUTTON_H = 36
GAP = 10
CONTENT_LINES_MAX = 8


class Card:
    """Fills a layout. `ask_recovery`: whether the person has no key at hand and chose the drawer's code."""

    def __init__(self, tokens: Tokens, texts: Texts, state: LoginState, port: LoginPort) -> None:
        self._tokens = tokens
        self._texts = texts
        self._state = state
        self._port = port
        self.asks_recovery = False
        self.first: QWidget | None = None  # what gets the keyboard
        self.message: Line | None = None
        self._on_other: Callable[[], None] = lambda: None

    def fill(self, box: QVBoxLayout, on_other: Callable[[], None]) -> None:
        """Put everything for the state into the box; `on_other` asks for another page."""
        self.first, self._on_other = None, on_other
        state = self._state
        if state.qr:
            self._seed(box)
        elif state.codes:
            self._codes(box)
        elif state.key_work is KeyWork.PIN:
            self._pin(box)
        elif state.stage is Stage.LOCKED:
            self._locked(box)
        elif state.asked is not None:
            self._touch(box, state.asked)
        elif state.question is not None:
            self._decide(box, state.question)
        else:
            self._login(box)

    # -- pages

    def _login(self, box: QVBoxLayout) -> None:
        texts, state = self._texts, self._state
        self._head(box, texts("login.title"), texts("login.sub"))
        is_more = state.stage is Stage.MORE
        if state.takes_key and not is_more and not self.asks_recovery:
            self._key(box, texts("login.use_key"))
        if is_more or (state.takes_code and not self.asks_recovery):
            self._code(box, with_user=not is_more, is_recovery=False)
        if self.asks_recovery:
            self._code(box, with_user=True, is_recovery=True)
        self._say(box)
        if not is_more:
            word = "login.back" if self.asks_recovery else "login.lost_key"
            self._button(box, texts(word), self._turn, look="chip")

    def _locked(self, box: QVBoxLayout) -> None:
        texts, state = self._texts, self._state
        sub = texts("login.paper_locked") if state.is_paper_lock else texts("login.locked_sub", user=state.user)
        self._head(box, texts("login.locked"), sub)
        if state.is_paper_lock:
            self._paper_lock(box)
            return
        if state.takes_key:
            self._key(box, texts("login.unlock_key"))
        if state.takes_code:
            self._code(box, with_user=False, is_recovery=False)
        self._say(box)
        self._button(box, texts("login.log_out"), self._port.log_out, look="chip")

    def _paper_lock(self, box: QVBoxLayout) -> None:
        texts = self._texts
        if not self._state.wants_passphrase:
            self._button(box, texts("login.unlock"), lambda: self._port.lift(""), look="main", focus=True)
            self._say(box)
            return
        field = self._field(box, texts("login.passphrase"), is_hidden=True)
        field.entered.connect(lambda: self._port.lift(field.take()))
        self._button(box, texts("login.unlock"), lambda: self._port.lift(field.take()), look="main")
        self._say(box)

    def _touch(self, box: QVBoxLayout, asked: Asked) -> None:
        texts, state = self._texts, self._state
        self._head(box, texts("login.confirm"), texts(asked.what))
        for line in content_lines(asked.content):
            box.addWidget(Line("secondary", self._tokens.text2, line))
        if state.takes_key:
            self._key(box, texts("login.touch_key"))
        if state.takes_code:
            self._code(box, with_user=False, is_recovery=False)
        self._say(box)
        self._button(box, texts("login.not_now"), self._port.decline, look="chip")

    def _decide(self, box: QVBoxLayout, view: ProposalView) -> None:
        """Another person's act; no button has the keyboard, so that no stray Enter agrees."""
        texts, number = self._texts, view.proposal_id
        self._head(box, texts("login.second", user=view.user), texts(view.what))
        for line in content_lines(view.content):
            box.addWidget(Line("secondary", self._tokens.text2, line))
        box.addSpacing(GAP)
        self._button(box, texts("login.approve"), lambda: self._port.decide(number, agree=True), look="main")
        self._button(box, texts("login.decline"), lambda: self._port.decide(number, agree=False), look="plain")
        self._button(box, texts("login.not_now"), lambda: self._port.put_off(number), look="chip")

    def _pin(self, box: QVBoxLayout) -> None:
        texts = self._texts
        self._head(box, texts("login.pin_title"), texts("login.pin_sub"))
        field = self._field(box, texts("login.pin_field"), is_hidden=True)
        field.entered.connect(lambda: self._port.give_pin(field.take()))
        self._button(box, texts("login.go_on"), lambda: self._port.give_pin(field.take()), look="main")
        self._say(box)

    def _seed(self, box: QVBoxLayout) -> None:
        texts, state = self._texts, self._state
        self._head(box, texts("login.seed_title"), texts("login.scan"))
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(QrView(self._tokens, texts("login.qr"), state.qr))
        row.addStretch(1)
        box.addLayout(row)
        line = Line("secondary", self._tokens.text2, " ".join(_groups(state.seed_text)))
        line.setAlignment(Qt.AlignmentFlag.AlignCenter)
        box.addWidget(line)
        field = self._field(box, texts("login.code"), is_code=True)
        field.entered.connect(lambda: self._port.confirm_otp(field.take()))
        self._button(box, texts("login.confirm_seed"), lambda: self._port.confirm_otp(field.take()), look="main")
        self._button(box, texts("login.not_now"), self._port.decline, look="chip")

    def _codes(self, box: QVBoxLayout) -> None:
        texts = self._texts
        self._head(box, texts("login.codes_title"), texts("login.codes_sub"))
        box.addWidget(CodeRows(self._tokens, texts("login.codes_title"), self._state.codes))
        self._button(box, texts("login.codes_done"), self._port.decline, look="main", focus=True)

    # -- pieces

    def _head(self, box: QVBoxLayout, title: str, sub: str) -> None:
        box.addWidget(Line("name", self._tokens.text, title))
        box.addWidget(Line("body", self._tokens.text2, sub))
        box.addSpacing(GAP)

    def _key(self, box: QVBoxLayout, text: str) -> None:
        mark = KeyMark(self._tokens, self._texts("login.key"))
        mark.is_waiting = self._state.key_work is KeyWork.TOUCH
        box.addWidget(mark)
        self._button(box, text, self._port.use_key, look="main", focus=True)

    def _code(self, box: QVBoxLayout, *, with_user: bool, is_recovery: bool) -> None:
        texts = self._texts
        user = self._field(box, texts("login.user")) if with_user else None
        word = "login.recovery_code" if is_recovery else "login.code"
        code = self._field(box, texts(word), is_code=True, is_hidden=is_recovery)

        def send() -> None:
            name = user.text().strip() if user is not None else ""
            self._port.use_code(name, code.take().strip(), is_recovery=is_recovery)

        code.entered.connect(send)
        if user is not None:
            user.entered.connect(code.setFocus)
        self._button(box, texts("login.use_code"), send, look="plain")

    def _field(self, box: QVBoxLayout, name: str, *, is_hidden: bool = False, is_code: bool = False) -> EntryField:
        field = EntryField(name, is_hidden=is_hidden, is_code=is_code)
        box.addWidget(field)
        self.first = self.first or field
        return field

    def _button(self, box: QVBoxLayout, text: str, act: Callable[[], None], *, look: str, focus: bool = False) -> None:
        button = Button(self._tokens, text, look=look, height=BUTTON_H)
        button.clicked.connect(lambda _=False: act())
        button.setAutoRepeat(False)
        box.addWidget(button)
        if focus and self.first is None:
            self.first = button

    def _say(self, box: QVBoxLayout) -> None:
        """What is to be read under the fields. Its place is kept, so that nothing moves when it comes."""
        self.message = Line("body", self._tokens.attention)
        self.message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        box.addWidget(self.message)

    def _turn(self) -> None:
        self.asks_recovery = not self.asks_recovery
        self._on_other()


def content_lines(content: str) -> list[str]:
    """The terms of an act, a line each; of very many only the first."""
    try:
        terms = json.loads(content) if content else {}
    except ValueError:
        return [content]
    lines = [f"{name}: {_plain(value)}" for name, value in terms.items() if name != "type"]
    return lines[:CONTENT_LINES_MAX]


def _plain(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_plain(inner)}" for name, inner in value.items())
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def _groups(text: str) -> list[str]:
    return [text[at : at + 4] for at in range(0, len(text), 4)]
