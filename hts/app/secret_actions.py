"""Commands with an action, like `hts secret list`: every action takes the options that all commands take."""

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    Actions = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001  the only name it has


def add_actions(parser: argparse.ArgumentParser) -> "Actions":
    """Where a command's actions are added."""
    return parser.add_subparsers(dest="action", required=True, metavar="ACTION")


def add_action(actions: "Actions", name: str, text: str, *, asks_passphrase: bool = True) -> argparse.ArgumentParser:
    """One action. `hts secret --home DIR list` and `hts secret list --home DIR` are the same."""
    sub = actions.add_parser(name, help=text, description=text, allow_abbrev=False)
    sub.add_argument("--home", metavar="DIR", default=argparse.SUPPRESS, help="where everything is kept")
    if asks_passphrase:
        # Never as a word: other users see a process's words.
        sub.add_argument(
            "--passphrase-fd", type=int, metavar="N", help="read the vault's passphrase from this open descriptor"
        )
    return sub
