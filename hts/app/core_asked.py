"""One intent from the command line to the core that runs, and its outcome.

A core that asks who is there takes a token (`hts token add NAME --scope algo`).
"""

import argparse
import asyncio
import secrets
from typing import Final

from hts.app.door_core import Core, NotTakenError
from hts.app.paths import home_directory, home_paths
from hts.base.errors import ConfigError
from hts.model.intents import AnyIntent
from hts.model.views import OutcomeView
from hts.wire.link.login import ShowToken

PATIENCE_S: Final = 15.0
RUNS_IN_CORE: Final = "They run in the core: they go on when this terminal is closed, and after a restart."


def add_account(parser: argparse.ArgumentParser) -> None:
    """Options of every command that asks the core."""
    parser.add_argument("--account", required=True, help="for which account")
    parser.add_argument("--token", default="", help="for a core that asks who is there: a token of scope algo")


def new_request_id() -> str:
    """Never used twice."""
    return f"cli-{secrets.token_hex(8)}"


def outcome_of(options: argparse.Namespace, intent: AnyIntent) -> OutcomeView:
    """What the core says to it. Raises ConfigError when it is not there, or refuses."""
    outcome = asyncio.run(_asked(options, intent))
    if not outcome.accepted:
        denial = outcome.denial
        assert denial is not None, outcome
        figures = f" (found {denial.figure}, limit {denial.limit})" if denial.figure or denial.limit else ""
        raise ConfigError(f"refused: {denial.rule.value}{figures} {denial.detail}".rstrip())
    return outcome


async def _asked(options: argparse.Namespace, intent: AnyIntent) -> OutcomeView:
    paths = home_paths(home_directory(options.home))
    try:
        core = await Core.open(paths, name="cli", token=ShowToken(secret=options.token))
    except OSError as error:
        raise ConfigError("no core runs here: start one with `hts up`") from error
    except NotTakenError as error:
        raise ConfigError("--token: this core asks who is there and does not take the token") from error
    try:
        await core.send(intent)
        async with asyncio.timeout(PATIENCE_S):
            while messages := await core.receive():
                for message in messages:
                    if isinstance(message, OutcomeView) and message.request_id == intent.request_id:
                        return message
    except TimeoutError as error:
        raise ConfigError(f"expected an answer within {PATIENCE_S:.0f} s, found none; see `hts status`") from error
    finally:
        core.close()
    raise ConfigError("the core has hung up; see `hts status`")
