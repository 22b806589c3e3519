"""`hts`: the command line.

Each command is a module with `add_arguments(parser)` and `run(options) -> exit status`, imported only when it is
asked for, so that `hts core` never loads Qt. What a user can mend is one line on stderr and exit status 2; a fault of
ours is a traceback.
"""

import argparse
import importlib
import importlib.util
import os
import sys
from collections.abc import Sequence
from typing import Final, NoReturn, Protocol, cast, runtime_checkable

from hts.app.build import build_name
from hts.base.errors import HtsError
from hts.io import outbound

EXIT_USER_ERROR: Final = 2
EXIT_INTERRUPTED: Final = 130

# Command, module, one line of help. A module that this build does not have is not offered.
COMMANDS: Final = (
    ("run", "hts.app.start", "the terminal in paper mode, with core and simulator (what plain `hts` does)"),
    ("window", "hts.app.window", "the window alone, on a core that runs in this home directory"),
    ("up", "hts.app.up", "start core and simulator in the background, or attach to what runs"),
    ("status", "hts.app.status", "what runs in this home directory"),
    ("stop", "hts.app.stop", "stop core and simulator in order"),
    ("core", "hts.app.core", "the core alone, for terminals and scripts"),
    ("sim", "hts.app.simulator", "the exchange simulator alone"),
    ("bust", "hts.app.bust", "the paper venue breaks one of today's trades, or corrects its price"),
    ("supervise", "hts.app.supervise", "keep core and simulator running (started by `hts`)"),
    ("demo", "hts.app.demo", "a whole paper session without a window"),
    ("shots", "hts.app.shots", "save a picture of every workspace and panel"),
    ("replay", "hts.app.replay", "trade against a recorded session"),
    ("book", "hts.app.book", "recorded flow to a book series as csv"),
    ("itch", "hts.app.itch", "order books from a recorded ITCH 5.0 feed"),
    ("decode", "hts.app.decode", "captured bytes to messages, every field named; --explain shows offsets and bytes"),
    ("journal", "hts.app.journal", "what the core wrote down: verify, show, export, compact, prune"),
    ("account", "hts.app.account", "the back office: kinds of accounts, money, rates, corporate actions"),
    ("batch", "hts.app.batch", "the night's jobs of a core that is off: interest, settlement, events, calls"),
    ("statement", "hts.app.statement", "balances, holdings and ledger of the accounts as csv"),
    ("backup", "hts.app.backup", "a consistent copy of journal and settings, while the core runs"),
    ("restore", "hts.app.restore", "a backup becomes the home of a core, here or on another machine"),
    ("simulate", "hts.app.simulate", "deterministic whole-system simulation with checkers"),
    ("drill", "hts.app.drill", "the field's accidents played without guards and with them"),
    ("flags", "hts.app.flags", "feature flags: what each means, who answers for it, until when"),
    ("rules", "hts.app.rules", "the rules that an order passes, why each exists, and its limits"),
    ("routing", "hts.app.routing", "best execution of a day: where orders went, why, and what that saved"),
    ("conformance", "hts.app.conformance", "serve a protocol engine to a test suite from outside"),
    ("basket", "hts.app.basket", "a list of orders from a csv file, worked by the core as one"),
    ("watch", "hts.app.watch", "watch orders on all holdings: profit, loss, trail, break-out"),
    ("bench", "hts.app.bench", "the benchmarks"),
    ("study", "hts.app.study", "the execution algorithms measured in the simulated market"),
    ("door", "hts.app.door", "the core for scripts and remote terminals, as WebSocket"),
    ("token", "hts.app.api_tokens", "tokens for scripts and remote terminals"),
    ("pair", "hts.app.pair", "terminals on other machines: one code, and each side knows the other"),
    ("secret", "hts.app.secret", "secrets in the keychain or an encrypted vault, by name"),
    ("key", "hts.app.key", "security keys (FIDO2) of the users, recovery codes, and what each role may do"),
    ("otp", "hts.app.otp", "one-time passwords as a second factor"),
    ("cert", "hts.app.cert", "whether a certificate can be used, and when that ends"),
    ("settings", "hts.app.settings_seal", "whether the settings are as they were sealed; accept a change by hand"),
    ("audit", "hts.app.audit_trail", "who did what: show, export, and verify that nothing was changed or cut"),
    ("doctor", "hts.app.doctor", "what works on this machine, and what to do about what does not"),
)
DEFAULT: Final = "run"


class Command(Protocol):
    """What a command's module offers."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None: ...

    def run(self, options: argparse.Namespace) -> int: ...


@runtime_checkable
class WithOwnParser(Protocol):
    """A command that reads its words itself."""

    def main(self, argv: Sequence[str]) -> int: ...


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit status."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    outbound.watch()
    try:
        return _run(words)
    except HtsError as error:
        print(f"hts: {error}", file=sys.stderr)
        return EXIT_USER_ERROR
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # The reader of our output has gone (`hts book FILE | head`); nobody is left to be told.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _run(words: list[str]) -> int:
    parser = _parser()
    names = [name for name, _, _ in _available()]
    chosen = next((word for word in words if word in names), None)
    if chosen is None and not any(word in ("-h", "--help", "--version") for word in words) and DEFAULT in names:
        if words and not words[0].startswith("-"):
            parser.error(f"expected a command ({', '.join(names)}), found {words[0]!r}")
        words, chosen = [DEFAULT, *words], DEFAULT
    if chosen is None:
        parser.parse_args(words)
        parser.print_help()
        return 0
    command = _load(chosen)
    if isinstance(command, WithOwnParser):
        words.remove(chosen)
        return command.main(words)
    sub = Parser(prog=f"hts {chosen}", description=_help_of(chosen), allow_abbrev=False)
    _add_home(sub)
    command.add_arguments(sub)
    words.remove(chosen)
    return command.run(sub.parse_args(words))


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        print(f"{self.prog}: {message}; see {self.prog} --help", file=sys.stderr)
        sys.exit(EXIT_USER_ERROR)


def _parser() -> argparse.ArgumentParser:
    lines = "\n".join(f"  {name:10} {text}" for name, _, text in _available())
    parser = Parser(
        prog="hts",
        usage="hts [COMMAND] [OPTIONS]",
        description=f"A trading terminal with its whole order path on your own machine.\n\ncommands:\n{lines}",
        epilog="hts COMMAND --help tells a command's options.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"hts {build_name()}")
    _add_home(parser)
    return parser


def _add_home(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--home", metavar="DIR", help="where everything is kept; default: HTS_HOME, or the user's data")


def _available() -> list[tuple[str, str, str]]:
    return [row for row in COMMANDS if importlib.util.find_spec(row[1]) is not None]


def _load(name: str) -> Command | WithOwnParser:
    module = next(module for command, module, _ in COMMANDS if command == name)
    return cast("Command | WithOwnParser", importlib.import_module(module))


def _help_of(name: str) -> str:
    return next(text for command, _, text in COMMANDS if command == name)


if __name__ == "__main__":
    sys.exit(main())
