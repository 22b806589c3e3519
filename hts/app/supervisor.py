"""A small process that keeps simulator and core running.

Theory of operation. There is one supervisor per home directory: it holds HOME/run/supervisor.lock, and whoever starts
a second one is told so and attaches to what runs. Simulator and core each hold a lock of their own. They are in
sessions of their own, so that closing the terminal, Ctrl-C there, or the death of the supervisor does not reach them.

    a child dies             it is started again: at once, then after growing pauses up to 5 s
    a child exits with 2     it said that starting again does not help (a busy port, a damaged journal): it stays
                             down, its last line is in the status
    the supervisor is killed the children go on. The next supervisor ADOPTS the ones of its own build: it watches
                             their locks instead of waiting for a child, restarts them when they die and stops them
                             like its own. A process of another build is stopped in order and REPLACED.
    stop, SIGTERM, SIGINT    core first, so that it can log out, then the simulator

Requests come over a local socket, one JSON line each, answered by one: {"token": ..., "command": "status"}, "stop",
or "restart" with "name" and optionally "once", arguments for that start only (simulator: --fresh).
"""

import json
import selectors
import signal
import socket
import time
from collections.abc import Mapping, Sequence
from hmac import compare_digest
from pathlib import Path
from typing import Any, Final

import msgspec

from hts.app.supervisor_child import STOP_SIGNAL, Child, ChildSpec
from hts.base.errors import ConfigError
from hts.io import unix
from hts.io.lockfile import LockFile

WATCH_S: Final = 0.05
REQUEST_BYTES_MAX: Final = 65_536
REQUEST_PATIENCE_S: Final = 2.0


class AlreadyRunning(ConfigError):  # noqa: N818  it is a fact, and rarely an error
    """Another supervisor holds this home directory."""


class Supervisor:
    """Children in the order in which they start; they stop in the opposite order."""

    def __init__(
        self,
        specs: Sequence[ChildSpec],
        *,
        lock: Path,
        control: Path,
        token: str,
        build: str,
        once: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:
        """`once`: arguments for a child's first start, by name."""
        self._once = once or {}
        self._children = [Child(spec) for spec in specs]
        self._lock = LockFile(lock)
        self._control = control
        self._token = token
        self._build = build
        self._is_stopping = False

    def run(self) -> None:
        """Until told to stop. Raises AlreadyRunning when another supervisor holds the lock."""
        if not self._lock.acquire(self._build):
            holder = self._lock.holder()
            raise AlreadyRunning(f"a supervisor already runs here (process {holder.pid if holder else 0})")
        for number in {signal.SIGTERM, signal.SIGINT, STOP_SIGNAL}:
            signal.signal(number, self._on_signal)
        listener = unix.listen_blocking(self._control)
        try:
            for child in self._children:
                child.begin(self._build, time.monotonic_ns(), self._once.get(child.spec.name, ()))
            self._watch(listener)
        finally:
            for child in reversed(self._children):
                child.stop()
            listener.close()
            self._control.unlink(missing_ok=True)
            self._lock.release()

    def _on_signal(self, number: int, frame: object) -> None:  # noqa: ARG002  the signature is signal's
        self._is_stopping = True

    def _watch(self, listener: socket.socket) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(listener, selectors.EVENT_READ)
            while not self._is_stopping:
                if selector.select(WATCH_S):
                    self._serve(listener)
                for child in self._children:
                    child.watch(time.monotonic_ns())

    def _serve(self, listener: socket.socket) -> None:
        peer, _ = listener.accept()
        with peer:
            peer.settimeout(REQUEST_PATIENCE_S)
            try:
                answer = self._answer(json.loads(_read_line(peer)))
                if self._is_stopping:
                    for child in reversed(self._children):
                        child.stop()
                peer.sendall(json.dumps(answer).encode() + b"\n")
            except (OSError, ValueError):
                return  # a peer that went away or does not speak our line is its own problem

    def _answer(self, request: Any) -> dict[str, Any]:
        token = request.get("token") if isinstance(request, dict) else None
        if not isinstance(token, str) or not compare_digest(token.encode(), self._token.encode()):
            return {"error": "token: expected the one in the home directory, found another"}
        command = request.get("command")
        if command == "stop":
            self._is_stopping = True
            return {"ok": True}
        if command == "status":
            children = [msgspec.to_builtins(child.status()) for child in self._children]
            return {"ok": True, "build": self._build, "children": children}
        if command == "restart":
            return self._restart(str(request.get("name")), tuple(map(str, request.get("once", ()))))
        return {"error": f"command: expected status, stop or restart, found {command!r}"}

    def _restart(self, name: str, once: tuple[str, ...]) -> dict[str, Any]:
        for child in self._children:
            if child.spec.name == name:
                child.restart(once, time.monotonic_ns())
                return {"ok": True}
        return {"error": f"name: expected one of {[c.spec.name for c in self._children]}, found {name!r}"}


def ask(control: Path, token: str, command: str, *, of: str = "supervisor", **arguments: Any) -> dict[str, Any]:
    """One request to the process `of` this home that runs. Raises ConfigError when none answers or it refuses."""
    try:
        with unix.connect_local(control) as peer:
            peer.sendall(json.dumps({"token": token, "command": command, **arguments}).encode() + b"\n")
            line = _read_line(peer)
    except OSError as error:
        raise ConfigError(f"no {of} answers at {control}: {error.strerror or error}; start hts") from error
    try:
        answer = json.loads(line)
    except ValueError:
        raise ConfigError(f"{of}: expected one JSON line, found {line[:80]!r}") from None
    if not isinstance(answer, dict) or "error" in answer:
        raise ConfigError(f"{of}: {answer['error'] if isinstance(answer, dict) else answer}")
    return answer


def _read_line(peer: socket.socket) -> bytes:
    data = b""
    while not data.endswith(b"\n") and len(data) < REQUEST_BYTES_MAX:
        piece = peer.recv(4096)
        if not piece:
            break
        data += piece
    return data
