"""A real Secret Service of our own: gnome-keyring in a D-Bus session that nobody else is in."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = ("dbus-run-session", "gnome-keyring-daemon")
# The first line unlocks (and makes) the login collection; then whatever follows runs inside the session.
UNLOCKED = (
    'printf "%s" "a test session" | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1; exec "$@"'
)


@pytest.fixture
def in_secret_service(tmp_path):
    """Runs a command inside a fresh session; a second call in the same test starts with an empty keychain."""
    missing = [name for name in PROGRAMS if shutil.which(name) is None]
    if missing:
        pytest.skip(f"needs {' and '.join(missing)}: apt-get install dbus gnome-keyring")

    def call(*command, **options):
        data = tmp_path / "session"
        data.mkdir(mode=0o700, exist_ok=True)
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("DBUS_", "XDG_", "DISPLAY"))}
        places = {"HOME": data, "XDG_DATA_HOME": data, "XDG_RUNTIME_DIR": data, "XDG_CONFIG_HOME": data}
        return subprocess.run(
            ["dbus-run-session", "--", "sh", "-c", UNLOCKED, "sh", *command],
            cwd=ROOT,
            env={**kept, **{key: str(value) for key, value in places.items()}},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            **options,
        )

    return call


@pytest.fixture
def python_in_secret_service(in_secret_service):
    """Runs a script with the real keychain; returns what it printed as JSON."""

    def call(script):
        done = in_secret_service(sys.executable, "-c", script)
        assert done.returncode == 0, done.stderr  # the session's daemons talk on stderr, too
        return json.loads(done.stdout)

    return call
