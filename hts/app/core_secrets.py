"""What a core needs of its secret store before it trades: settings that are as sealed, and what signs its orders."""

from typing import TYPE_CHECKING

from msgspec.structs import replace

from hts.app.config import Config
from hts.app.paths import HomePaths
from hts.app.secret_store import opened_store
from hts.base.errors import ConfigError

if TYPE_CHECKING:
    from hts.app.core_login import LoginDesk
    from hts.wire.fix.signing import Sign


def begin_with_secrets(
    paths: HomePaths, config: Config, login: "LoginDesk | None", passphrase_fd: int | None
) -> "dict[str, Sign]":
    """Signers by venue. A paper core that has nothing to do with secrets opens no store.

    Raises ConfigError where the settings are not the ones that were sealed, or a certificate cannot be used.
    """
    wanted = {name: one for name, one in config.signing.items() if one.certificate}
    is_sealed = config.asks_login or paths.sealed_settings.exists()
    if not wanted and not is_sealed:
        return {}
    with login.store() if login is not None else opened_store(paths, passphrase_fd) as store:
        if is_sealed:
            from hts.app.sealed_settings import checked_settings, sealed_config  # brings what a paper core does without

            checked_settings(paths, store)
            if _without_options(config) != _without_options(sealed_config(paths, store) or Config()):
                raise ConfigError(f"{paths.config}: the file was changed while the core was starting; start it again")
        if not wanted:
            return {}
        from hts.app.order_signing import order_signer  # brings certificates

        return {name: order_signer(paths, name, one, store) for name, one in wanted.items()}


def _without_options(config: Config) -> Config:
    """What the command line cannot change. The file may have been another one when it was read, before a passphrase
    was typed.
    """
    usual = Config()
    venue = replace(config.venue, port_base=usual.venue.port_base, venues=usual.venue.venues)
    core = replace(config.core, cash_usd_cents=usual.core.cash_usd_cents)
    return replace(config, venue=venue, core=core)
