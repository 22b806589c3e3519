"""Simulator and core in the background: started through the supervisor, or found running.

`ensure_running` is what every command that needs a paper market calls. It returns once both listen (whether
orders are taken yet is in the core's status), and says in one line why when a process cannot start.
"""

import subprocess
import sys
import time
from typing import Any, Final

import msgspec
from msgspec import Struct

from hts.app.build import build_name
from hts.app.config import load_config
from hts.app.paths import HomePaths, prepare_home, read_or_make_token
from hts.app.secret_store import read_passphrase, vault_path
from hts.app.supervisor import ask
from hts.app.supervisor_child import ChildSpec, ChildState, detached, last_line, open_log, tell
from hts.auth.secrets import Secret
from hts.base.errors import ConfigError
from hts.io import unix
from hts.io.lockfile import LockFile

START_PATIENCE_S: Final = 20.0
STOP_PATIENCE_S: Final = 20.0
POLL_S: Final = 0.02
CORE, SIMULATOR = "core", "simulator"


class Options(Struct, frozen=True, kw_only=True):
    """What a start may ask of the processes; it matters only when they do not run yet."""

    port_base: int | None = None
    sim_arguments: tuple[str, ...] = ()  # of every start of the simulator
    core_arguments: tuple[str, ...] = ()
    sim_once: tuple[str, ...] = ()  # of its first start only
    passphrase_fd: int | None = None  # where a vault's passphrase comes from; None: it is asked for
    passphrase: Secret | None = None  # once it is known


class Running(Struct, frozen=True, kw_only=True):
    """What runs now. `attached`: it was running before."""

    attached: bool
    children: dict[str, dict[str, Any]]


def program() -> tuple[str, ...]:
    """The command that starts this program again."""
    return (sys.executable,) if getattr(sys, "frozen", False) else (sys.executable, "-m", "hts.app")


def child_specs(paths: HomePaths, options: Options) -> list[ChildSpec]:
    """Simulator first: the core finds its venue at once, though it would wait for it."""
    ports = () if options.port_base is None else ("--port-base", str(options.port_base))
    home = ("--home", str(paths.home))
    asks = () if options.passphrase is None else ("--passphrase-fd", "0")
    return [
        ChildSpec(
            name=SIMULATOR,
            command=(*program(), "sim", *home, *ports, "--json", *options.sim_arguments),
            lock=paths.venue_lock,
            output=paths.run / "simulator.out",
            log=paths.log / "simulator.log",
        ),
        ChildSpec(
            name=CORE,
            command=(*program(), "core", *home, *ports, "--json", *asks, *options.core_arguments),
            lock=paths.core_lock,
            output=paths.run / "core.out",
            log=paths.log / "core.log",
            secret=options.passphrase,
        ),
    ]


def ensure_running(paths: HomePaths, options: Options) -> Running:
    """Attach to the supervisor of this home, or start one. Raises ConfigError when a process cannot start."""
    prepare_home(paths)
    token = read_or_make_token(paths.token)
    holder = LockFile(paths.lock).holder()
    if holder is not None and holder.build not in ("", build_name()):
        raise ConfigError(
            f"{paths.home}: another build runs here (found {holder.build}, this is {build_name()}); "
            "stop it with hts stop, then start again"
        )
    supervisor = _start_supervisor(paths, with_passphrase(paths, options)) if holder is None else None
    try:
        return _wait_until_listening(paths, token, supervisor)
    finally:
        if supervisor is not None and supervisor.poll() is None:
            supervisor.returncode = 0  # it outlives us on purpose; without this Popen complains about it


def with_passphrase(paths: HomePaths, options: Options) -> Options:
    """The options with the vault's passphrase, where the core of this home needs one. Raises ConfigError."""
    if not vault_path(paths).exists() or not (
        load_config(paths.config).needs_secrets or paths.sealed_settings.exists()
    ):
        return options
    passphrase = read_passphrase("Passphrase of the vault: ", options.passphrase_fd)
    return msgspec.structs.replace(options, passphrase=passphrase)


def _wait_until_listening(paths: HomePaths, token: str, supervisor: "subprocess.Popen[bytes] | None") -> Running:
    deadline = time.monotonic() + START_PATIENCE_S
    while True:
        children = _children(paths, token)
        for name, child in children.items():
            if child["state"] == ChildState.FAILED.value:
                _give_up(paths, token, attached=supervisor is None)
                raise ConfigError(f"the {name} cannot start: {child['detail']}")
        if children and all(child["listening"] for child in children.values()):
            return Running(attached=supervisor is None, children=children)
        if supervisor is not None and supervisor.poll() not in (None, 0) and LockFile(paths.lock).holder() is None:
            raise ConfigError(f"the supervisor cannot start: {last_line(paths.log / 'supervisor.log')}")
        if time.monotonic() > deadline:
            raise ConfigError(f"the core did not start within {START_PATIENCE_S:g} s; see {paths.log}")
        time.sleep(POLL_S)


def stop_running(paths: HomePaths) -> bool:
    """Stop core and simulator in order; False when nothing ran."""
    if LockFile(paths.lock).holder() is None:
        return False
    ask(paths.control_socket, read_or_make_token(paths.token), "stop")
    deadline = time.monotonic() + STOP_PATIENCE_S
    while LockFile(paths.lock).holder() is not None:
        if time.monotonic() > deadline:
            raise ConfigError(f"the supervisor did not stop within {STOP_PATIENCE_S:g} s; see {paths.log}")
        time.sleep(POLL_S)
    return True


def _start_supervisor(paths: HomePaths, options: Options) -> "subprocess.Popen[bytes]":
    command = [*program(), "supervise", "--home", str(paths.home)]
    if options.port_base is not None:
        command += ["--port-base", str(options.port_base)]
    command += [f"--sim={word}" for word in options.sim_arguments]
    command += [f"--core={word}" for word in options.core_arguments]
    command += [f"--sim-once={word}" for word in options.sim_once]
    if options.passphrase is not None:
        command.append("--passphrase-stdin")
    source = subprocess.DEVNULL if options.passphrase is None else subprocess.PIPE
    with open_log(paths.log / "supervisor.log") as log:
        started = subprocess.Popen(  # noqa: S603  the command is our own
            command, stdin=source, stdout=log, stderr=log, **detached()
        )
    tell(started, options.passphrase)
    return started


def _children(paths: HomePaths, token: str) -> dict[str, dict[str, Any]]:
    """By name; empty while the supervisor does not answer yet."""
    if not unix.is_answered(paths.control_socket):
        return {}
    try:
        return {child["name"]: child for child in ask(paths.control_socket, token, "status")["children"]}
    except ConfigError:
        return {}


def _give_up(paths: HomePaths, token: str, *, attached: bool) -> None:
    """A market that we started and that cannot work is not left half running."""
    if not attached and unix.is_answered(paths.control_socket):
        ask(paths.control_socket, token, "stop")
