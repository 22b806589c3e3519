"""Where things are on this machine.

One home directory holds everything of one installation's state: `--home` wins over HTS_HOME, which wins over the
platform's place for application data.

    HOME/config.toml      the user's settings; may be absent
    HOME/krx_gateway.yaml how a live core reaches the exchange; may be absent
    HOME/journal/         the core's journal
    HOME/fix/             numbers and sent messages of the core's FIX sessions
    HOME/venue/           the simulator's command log
    HOME/log/             what the processes say
    HOME/run/             sockets, the link token, the supervisor's lock (mode 0700)
"""

import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path

import platformdirs
from msgspec import Struct

from hts.base.errors import ConfigError
from hts.io.unix import PATH_BYTES_MAX, make_private_directory

HOME_VARIABLE = "HTS_HOME"
TOKEN_CHARACTERS = 64

# Sockets of a home with a long path lie here; not TMPDIR, for two processes of one home may have different ones.
SHORT_DIRECTORY = Path(tempfile.gettempdir()) if sys.platform == "win32" else Path("/tmp")  # noqa: S108  made private


class HomePaths(Struct, frozen=True, kw_only=True):
    """The places below one home directory. Sockets lie elsewhere when the home's name is too long for them."""

    home: Path
    run: Path

    @property
    def config(self) -> Path:
        return self.home / "config.toml"

    @property
    def krx_gateway(self) -> Path:
        return self.home / "krx_gateway.yaml"

    @property
    def fix(self) -> Path:
        return self.home / "fix"

    @property
    def journal(self) -> Path:
        return self.home / "journal"

    @property
    def sealed_settings(self) -> Path:
        """What was sealed of the settings (hts.app.sealed_settings)."""
        return self.home / "auth" / "settings.sealed"

    @property
    def name(self) -> str:
        """One keychain serves all homes of a user: what it keeps of one of them has this in its name."""
        return blake2b(os.fsencode(str(self.home.resolve())), digest_size=6).hexdigest()

    @property
    def archive(self) -> Path:
        return self.journal / "archive"

    @property
    def venue(self) -> Path:
        return self.home / "venue"

    @property
    def log(self) -> Path:
        return self.home / "log"

    @property
    def lock(self) -> Path:
        return self.run / "supervisor.lock"

    @property
    def core_lock(self) -> Path:
        return self.run / "core.lock"

    @property
    def venue_lock(self) -> Path:
        return self.run / "venue.lock"

    @property
    def core_socket(self) -> Path:
        return self.run / "core.sock"

    @property
    def venue_socket(self) -> Path:
        """Of the paper venues' operators."""
        return self.run / "venue.sock"

    @property
    def control_socket(self) -> Path:
        return self.run / "control.sock"

    @property
    def token(self) -> Path:
        return self.run / "token"


def home_directory(given: str | None = None) -> Path:
    """The home directory; it need not exist yet."""
    chosen = given or os.environ.get(HOME_VARIABLE)
    if chosen:
        return Path(chosen).expanduser().absolute()
    return Path(platformdirs.user_data_dir("hts", appauthor=False))


def home_paths(home: Path) -> HomePaths:
    """The places of a home. The same home always gives the same sockets."""
    run = home / "run"
    if len(os.fsencode(str(run / "control.sock"))) <= PATH_BYTES_MAX:
        return HomePaths(home=home, run=run)
    name = blake2b(os.fsencode(str(home)), digest_size=8).hexdigest()
    return HomePaths(home=home, run=SHORT_DIRECTORY / f"hts-{name}")


@contextmanager
def temporary_home(prefix: str) -> Iterator[HomePaths]:
    """A home for one session; nothing of it is left behind, wherever its sockets had to lie."""
    with tempfile.TemporaryDirectory(prefix=prefix) as directory:
        paths = home_paths(Path(directory))
        try:
            yield paths
        finally:
            shutil.rmtree(paths.run, ignore_errors=True)


def prepare_home(paths: HomePaths) -> None:
    """Make the directories, private to the user. Raises ConfigError."""
    for directory in (paths.home, paths.run, paths.log):
        make_private_directory(directory)


def read_or_make_token(path: Path) -> str:
    """The secret that a terminal shows to the core: 64 hexadecimal digits, readable by the user alone."""
    if path.exists():
        return read_token(path)
    token = secrets.token_hex(TOKEN_CHARACTERS // 2)
    whole = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        descriptor = os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(token)
        try:
            os.link(whole, path)  # appears whole: a terminal that waits for it never reads half of it
        finally:
            whole.unlink()
    except FileExistsError:
        return read_token(path)
    except OSError as error:
        raise ConfigError(f"{path}: cannot write the link token: {error.strerror or error}") from error
    return token


def read_token(path: Path) -> str:
    """The token of a core that has run here. Raises ConfigError."""
    try:
        token = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot read the link token: {error}; start the core first") from error
    if len(token) != TOKEN_CHARACTERS:
        raise ConfigError(
            f"{path}: expected a token of {TOKEN_CHARACTERS} characters, found {len(token)}; "
            "stop hts, delete the file and start again"
        )
    return token
