"""`hts pair`: terminals on other machines. `offer` on the core's machine shows a code, `join` on the other takes it.

Each side then knows the other by certificate (`hts/auth/pairing.py`): the core lets in terminals of its own house
alone, a terminal talks to that core alone. `list` and `revoke` are for the core's machine.
"""

import argparse
import asyncio
import secrets
import socket
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

import msgspec
from cryptography.hazmat.primitives.serialization import Encoding

from hts.app import house
from hts.app.audit_trail_notes import note
from hts.app.pair_exchange import LINE_BYTES_MAX, Pairing, join
from hts.app.paths import HomePaths, home_directory, home_paths
from hts.app.secret_actions import add_action, add_actions
from hts.app.secret_store import opened_store, read_value, store_if_any
from hts.auth.pairing import DEVICE_MAX, LIFE_S, SECRET_BYTES, code, offer, read_code
from hts.auth.secrets import SecretStore
from hts.base.errors import ConfigError
from hts.io.clock import SystemClock

PORT: Final = 8792
S: Final = 1_000_000_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `hts pair`."""
    actions = add_actions(parser)
    made = add_action(actions, "offer", "show a code, and wait for the terminal that types it")
    made.add_argument(
        "--listen", default="127.0.0.1", metavar="ADDRESS", help="where the other machine reaches this one"
    )
    made.add_argument("--port", type=int, default=PORT, help=f"default: {PORT}; 0 takes a free one")
    made.add_argument(
        "--name", action="append", default=[], metavar="HOST", help="a name that this machine is reached by"
    )
    made.add_argument("--json", action="store_true", help="print code and address as one JSON object")
    joined = add_action(actions, "join", "type the code that the core's machine shows")
    joined.add_argument("core", metavar="HOST:PORT")
    joined.add_argument("--device", default=socket.gethostname(), help="what this terminal is called there")
    add_action(actions, "list", "terminals that were let in", asks_passphrase=False)
    shut = add_action(actions, "revoke", "shut a terminal out")
    shut.add_argument("device", help="its name or serial number, as list prints it")


def run(options: argparse.Namespace) -> int:
    """0 when it was done. Raises ConfigError, AuthError."""
    paths = home_paths(home_directory(options.home))
    if options.action == "list":
        return show(paths)
    if options.action == "revoke":
        with store_if_any(paths, options.passphrase_fd) as store:
            return revoke(paths, store, options.device)
    with opened_store(paths, options.passphrase_fd) as store:
        if options.action == "offer":
            return asyncio.run(serve(paths, store, options))
        return connect(paths, store, options)


async def serve(
    paths: HomePaths,
    store: SecretStore,
    options: argparse.Namespace,
    announce: Callable[[str, str], None] | None = None,
) -> int:
    """Tell code and address, and wait for one terminal, as long as the offer lasts. Raises ConfigError."""
    clock = SystemClock()
    authority = house.authority(paths, store, datetime.now(UTC), name=socket.gethostname())
    context = house.core_context(paths, store, authority, [options.listen, *options.name])
    made = offer(secrets.token_bytes(SECRET_BYTES), clock.wall_ns() // S)
    pairing = Pairing(authority, made, lambda: clock.wall_ns() // S)
    try:
        server = await asyncio.start_server(
            pairing.attend, options.listen, options.port, ssl=context, limit=LINE_BYTES_MAX
        )
    except (OSError, OverflowError) as fault:
        raise ConfigError(f"{options.listen}:{options.port}: cannot listen: {fault}; choose others") from fault
    async with server:
        at = f"{options.listen}:{server.sockets[0].getsockname()[1]}"
        shown = code(authority.certificate.public_bytes(Encoding.DER), made)
        (announce or (print_json if options.json else print_text))(shown, at)
        try:
            await asyncio.wait_for(pairing.is_over.wait(), LIFE_S)
        except TimeoutError:
            print("nobody came; the code has ended")
            return 1
    return keep_signed(paths, store, pairing)


def print_json(shown: str, at: str) -> None:
    print(msgspec.json.encode({"code": shown, "core": at}).decode(), flush=True)


def print_text(shown: str, at: str) -> None:
    print(f"On the other machine:  hts pair join {at}\nCode, for {LIFE_S // 60} minutes:  {shown}", flush=True)


def keep_signed(paths: HomePaths, store: SecretStore, pairing: Pairing) -> int:
    """Write down who was let in; 1 when it was nobody."""
    if pairing.signed is None:
        note(paths, store, "pair.refused", new="three wrong codes")
        print("refused: the code was wrong three times and has ended; somebody guesses, or mistypes")
        return 1
    name, certificate = pairing.signed
    serial = f"{certificate.serial_number:x}"
    since = f"{datetime.now(UTC):%Y-%m-%d}"
    house.keep_devices(paths, [*house.devices(paths), house.Device(name=name, serial=serial, since=since)])
    note(paths, store, "pair.joined", new=f"{name} {serial}")
    print(f"{name} is paired")
    return 0


def connect(paths: HomePaths, store: SecretStore, options: argparse.Namespace) -> int:
    """The terminal's side. Raises ConfigError, PairingRefused."""
    host, colon, port = options.core.rpartition(":")
    if not colon or not port.isdecimal():
        raise ConfigError(f"{options.core}: expected HOST:PORT as hts pair offer prints it")
    if not 0 < len(options.device) <= DEVICE_MAX or not options.device.isprintable():
        raise ConfigError(f"--device: expected 1 to {DEVICE_MAX} printable characters, found {options.device!r}")
    typed = read_code(read_value("Code: ").reveal())
    house_pem, own = asyncio.run(join(host, int(port), typed, options.device))
    house.keep_core(paths, store, host, house_pem, own)
    print(f"paired with {host} as {options.device}")
    return 0


def show(paths: HomePaths) -> int:
    for one in house.devices(paths):
        print(f"{one.name}  {one.serial}  since {one.since}{f', shut out {one.revoked}' if one.revoked else ''}")
    return 0


def revoke(paths: HomePaths, store: SecretStore | None, device: str) -> int:
    """Raises ConfigError for a name that nobody has."""
    found = house.devices(paths)
    if not any(device in (one.name, one.serial) and not one.revoked for one in found):
        raise ConfigError(f"{device}: expected a paired terminal, found none of that name; hts pair list names them")
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    house.keep_devices(
        paths,
        [
            msgspec.structs.replace(one, revoked=today) if device in (one.name, one.serial) and not one.revoked else one
            for one in found
        ],
    )
    note(paths, store, "pair.revoked", old=device)
    print(f"{device} is shut out")
    return 0
