"""The gate's shell: what clients say about who they are is judged beside the loop, in one thread, in order.

A login reads files, checks a signature and may wait for a keychain; no order waits for that. What the gate decides is
carried out on the loop, after the audit trail has it. A trail that cannot be written lets nobody in.
"""

import asyncio
import secrets
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final

from msgspec import structs

from hts.app.core_accounts import CoreAccounts
from hts.app.log import log_line
from hts.app.login_settings import LoginSettings
from hts.app.paths import HomePaths
from hts.app.runner import Runner
from hts.auth.gate import Gate
from hts.auth.outcomes import Admit, Dismiss, Moment, Note, Outcomes, Say, SetLock, Touched
from hts.base.clock import Clock
from hts.base.errors import HtsError
from hts.engine.authority import Authority
from hts.engine.engine import Engine
from hts.link.server import LinkServer
from hts.model.effects import Effects
from hts.wire.link.login import LoginRefused, LoginRequest

WAITING_MAX: Final = 4  # requests of one client that are not judged yet
LOOK_S: Final = 1.0
NO_CONNECTION: Final = -1
BY_DOOR: Final = ("terminal:", "api:")  # how the door names who comes through it
Found = list[tuple[int, Outcomes]]
Act = Callable[[Runner, int], None]


class LoginDesk:
    """Owner of the gate. Its own thread alone touches the gate and the accounts."""

    def __init__(
        self, paths: HomePaths, settings: LoginSettings, link: LinkServer, clock: Clock, passphrase_fd: int | None
    ) -> None:
        """Raises HtsError where no secret store can be had."""
        from hts.auth.fido import RelyingParty  # a tenth of a second of imports that a paper core does without

        self._link = link
        self._clock = clock
        self._keeper = CoreAccounts(paths, passphrase_fd)
        self.store = self._keeper.store
        party = RelyingParty(settings.rp_id, settings.origins, secrets.token_bytes)
        self._gate = Gate(party, self._keeper, settings.policy, self._keeper.tokens, secrets.token_bytes)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="gate")
        self._waiting: dict[int, int] = {}
        self._doors: dict[int, str] = {}  # by which a client came; on the loop alone
        self._do: Callable[[Act], None] = lambda _: None
        self._on_change: Callable[[], None] = lambda: None
        self._authority: Authority | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._is_stopped = threading.Event()

    def begin(self, do: Callable[[Act], None], on_change: Callable[[], None], authority: Authority) -> None:
        """From now on there is a runner. `on_change`: clients came in or went out; `authority` says what was judged,
        for the audit trail.
        """
        self._do = do
        self._on_change = on_change
        self._authority = authority
        self._look_soon()

    def connected(self, conn: int) -> None:
        """Somebody is there."""
        self._waiting[conn] = 0

    def receive(self, conn: int, request: LoginRequest) -> None:
        """The next word of a client."""
        if self._waiting[conn] >= WAITING_MAX:
            self._link.cut_off(conn, f"login: expected to wait for an answer, found {WAITING_MAX} requests without one")
            return
        self._waiting[conn] += 1
        name = self._link.name_of(conn)
        door = self._doors[conn] = name if name.startswith(BY_DOOR) else ""
        self._submit(lambda: [(conn, self._judged(conn, request, door))], conn)

    def gone(self, conn: int) -> None:
        """The connection is closed."""
        self._waiting.pop(conn, None)
        self._tell(lambda engine, *_: engine.on_logout(conn))
        door = self._doors.pop(conn, "")
        self._submit(lambda: [(conn, self._noted(self._gate.gone(conn), door))], conn)

    def stop(self) -> None:
        """No more words; what was judged already is forgotten."""
        self._is_stopped.set()
        if self._timer is not None:
            self._timer.cancel()
        self._thread.shutdown(wait=True, cancel_futures=True)

    # -- in the thread

    def _moment(self) -> Moment:
        return Moment(mono_ns=self._clock.mono_ns(), wall_ns=self._clock.wall_ns())

    def _judged(self, conn: int, request: LoginRequest, door: str) -> Outcomes:
        return self._noted(self._gate.receive(conn, request, self._moment()), door)

    def _noted(self, outcomes: Outcomes, door: str) -> Outcomes:
        """Nobody gets anything that the trail does not have; what is taken from him is taken all the same."""
        notes = [structs.replace(one, where=door) for one in outcomes if isinstance(one, Note)]
        takes = any(isinstance(one, Dismiss) or one == SetLock(True) for one in outcomes)
        self._write(notes, or_not=takes)
        return tuple(one for one in outcomes if not isinstance(one, Note))

    def _write(self, notes: list[Note], *, or_not: bool) -> None:
        """Into the trail. Raises HtsError where it cannot be, unless things go on without."""
        try:
            if notes:
                self._keeper.note(notes, self._clock.wall_ns())
        except HtsError as error:
            log_line("login", f"not in the audit trail: {', '.join(one.what for one in notes)}: {type(error).__name__}")
            if not or_not:
                raise

    def _looked(self, notes: list[Note], doors: Mapping[int, str]) -> Found:
        self._write(notes, or_not=True)  # a session that is over ends though no line can be written
        return [
            (conn, self._noted(outcomes, doors.get(conn, ""))) for conn, outcomes in self._gate.look(self._moment())
        ]

    # -- on the loop

    def _submit(self, work: Callable[[], Found], conn: int) -> None:
        if self._is_stopped.is_set():
            return
        loop = asyncio.get_running_loop()

        def run() -> Found:
            try:
                return work()
            except HtsError as error:
                # The class alone: a text could hold what somebody typed.
                log_line("login", f"not judged: {type(error).__name__}")
                return [(conn, (Say(LoginRefused()),))]

        def done(future: "Future[Found]") -> None:
            if not self._is_stopped.is_set():
                loop.call_soon_threadsafe(lambda: self._carry_out(future.result()))

        self._thread.submit(run).add_done_callback(done)

    def _carry_out(self, found: Found) -> None:
        for conn, outcomes in found:
            if conn not in self._waiting:
                continue  # it has gone meanwhile: nobody is let in
            self._waiting[conn] = max(self._waiting[conn] - 1, 0)
            for outcome in outcomes:
                self._one(conn, outcome)
        self._on_change()
        self._do(lambda _runner, _now: None)  # shows what was said

    def _one(self, conn: int, outcome: object) -> None:
        match outcome:
            case Say(answer):
                self._link.answer_login(conn, answer)
            case Admit(session):
                self._tell(lambda engine, trade_ns, now: engine.on_login(conn, session, trade_ns, now))
                self._link.admit(conn)
            case Dismiss():
                self._tell(lambda engine, *_: engine.on_logout(conn))
                self._link.dismiss(conn)
            case SetLock(is_locked):
                self._tell(lambda engine, *_: engine.on_lock(conn, is_locked=is_locked))
            case Touched(act):
                self._tell(lambda engine, trade_ns, now: engine.on_touch(conn, act, trade_ns, now))

    def _tell(self, tell: Callable[[Engine, int, int], Effects]) -> None:
        self._do(
            lambda runner, now: runner.on_person(lambda engine, trade_ns: tell(engine, trade_ns, now), now)
        )  # fmt: skip

    def _look_soon(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(LOOK_S, self._look)

    def _look(self) -> None:
        """Once a second: sessions that ended by themselves, and what was judged meanwhile, for the trail."""
        assert self._authority is not None
        notes = [
            Note(
                what=f"intent.{one.rule}",
                user=one.user,
                detail=f"client {one.client} {one.what} x{count}",
                where=self._doors.get(one.client, ""),
            )
            for one, count in self._authority.take_judged()
        ]
        doors = dict(self._doors)
        self._submit(lambda: self._looked(notes, doors), NO_CONNECTION)
        self._look_soon()
