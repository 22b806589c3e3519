"""`hts --vnc`: the window on a screen in memory, served to VNC viewers of this machine alone. Paper money only.

Theory of operation: Xvfb is the screen, without TCP and with a cookie that only this user's files hold. x11vnc serves
it on 127.0.0.1 under a password of its own for every start; the password is printed once and reaches x11vnc through a
private file that it removes, never through a command line. The window runs in this process. The kernel ends both
children when this process ends, however that happens. (Qt's own VNC platform would listen on every interface and ask
for no password.) A viewer on another machine comes in through `ssh -L`.
"""

import ctypes
import os
import secrets
import select
import shutil
import signal
import string
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from hts.app.supervisor_child import last_line
from hts.base.errors import ConfigError
from hts.io.loopback import HOST

SCREEN: Final = "1920x1080x24"
PORT_FIRST: Final = 5900
PASSWORD_LENGTH: Final = 8  # all that RFB's password check looks at (RFC 6143, 7.2.2)
START_PATIENCE_S: Final = 15.0
STOP_PATIENCE_S: Final = 5.0
POLL_S: Final = 0.02
PACKAGES: Final = {"Xvfb": "xvfb", "x11vnc": "x11vnc"}

PR_SET_PDEATHSIG: Final = 1  # prctl(2)
FAMILY_WILD: Final = 0xFFFF  # Xauth(3): an entry for any host and display
COOKIE_NAME: Final = b"MIT-MAGIC-COOKIE-1"


def serve(run_window: Callable[[], int]) -> int:
    """Run the window where viewers can see it; its exit status. Raises ConfigError."""
    if sys.platform != "linux":
        raise ConfigError("--vnc: expected Linux, where Xvfb is; leave the option out to open a window here")
    for program, package in PACKAGES.items():
        if shutil.which(program) is None:
            raise ConfigError(f"--vnc: expected the program {program}, found none; apt install {package}")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # until the window takes it over
    with tempfile.TemporaryDirectory(prefix="hts-vnc-") as name:
        directory = Path(name)
        cookie = directory / "cookie"
        write_private(cookie, authority(secrets.token_bytes(16)))
        with running_screen(directory, cookie) as display, running_server(directory, display, cookie) as server:
            port, password = server
            print(f"VNC on {HOST}:{port}, password {password}; paper money only", flush=True)
            os.environ.pop("WAYLAND_DISPLAY", None)
            os.environ.update(DISPLAY=display, XAUTHORITY=str(cookie), QT_QPA_PLATFORM="xcb")
            return run_window()


def authority(secret: bytes) -> bytes:
    """An Xauthority file of one entry."""
    counted = [struct.pack(">H", len(part)) + part for part in (b"", b"", COOKIE_NAME, secret)]
    return struct.pack(">H", FAMILY_WILD) + b"".join(counted)


def new_password() -> str:
    """Letters and digits: 47 bits."""
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(PASSWORD_LENGTH))


@contextmanager
def running_screen(directory: Path, cookie: Path) -> Iterator[str]:
    """Xvfb on a free display; the display's name. Raises ConfigError when it does not come up."""
    reader, writer = os.pipe()
    log = directory / "xvfb.log"
    words = ["Xvfb", "-displayfd", str(writer), "-screen", "0", SCREEN, "-nolisten", "tcp", "-auth", str(cookie)]
    try:
        process = start_child([*words, "-noreset"], log, directory, (writer,))
    finally:
        os.close(writer)
    try:
        ready, _, _ = select.select([reader], [], [], START_PATIENCE_S)
        number = os.read(reader, 16).strip() if ready else b""
        if not number:
            raise ConfigError(f"Xvfb: expected a screen within {START_PATIENCE_S:g} s, found none: {last_line(log)}")
        yield f":{number.decode('ascii')}"
    finally:
        os.close(reader)
        stop_child(process)


@contextmanager
def running_server(directory: Path, display: str, cookie: Path) -> Iterator[tuple[int, str]]:
    """x11vnc on a screen; its port and password. When it dies, so does the window. Raises ConfigError."""
    password = new_password()
    password_file, flag, log = directory / "password", directory / "port", directory / "x11vnc.log"
    write_private(password_file, password.encode("ascii"))
    process = start_child(server_command(display, cookie, password_file, flag), log, directory)
    is_over = threading.Event()
    try:
        port = wait_for_port(process, flag, log)
        threading.Thread(target=close_window_after, args=(process, is_over), daemon=True).start()
        yield port, password
    finally:
        is_over.set()
        stop_child(process)


def close_window_after(process: "subprocess.Popen[bytes]", is_over: threading.Event) -> None:
    """A window that nobody can see any more is closed."""
    process.wait()
    if not is_over.is_set():
        print("hts: x11vnc ended, so the window is closed", file=sys.stderr)
        os.kill(os.getpid(), signal.SIGTERM)


def server_command(display: str, cookie: Path, password_file: Path, flag: Path) -> list[str]:
    """x11vnc listens on loopback only, takes no settings from elsewhere, and runs no commands for viewers."""
    where = ["x11vnc", "-norc", "-display", display, "-auth", str(cookie)]
    listening = ["-localhost", "-no6", "-noipv6", "-autoport", str(PORT_FIRST)]
    secrecy = ["-passwdfile", f"rm:{password_file}", "-safer", "-nocmds"]
    return [*where, *listening, *secrecy, "-forever", "-shared", "-quiet", "-flag", str(flag)]


def wait_for_port(process: "subprocess.Popen[bytes]", flag: Path, log: Path) -> int:
    """The port that x11vnc says it listens on. Raises ConfigError."""
    deadline = time.monotonic() + START_PATIENCE_S
    while True:
        said = flag.read_text(encoding="ascii") if flag.exists() else ""
        if said.startswith("PORT=") and said.endswith("\n"):
            return int(said.removeprefix("PORT="))
        if process.poll() is not None or time.monotonic() > deadline:
            raise ConfigError(f"x11vnc: expected it to listen from port {PORT_FIRST} on, found: {last_line(log)}")
        time.sleep(POLL_S)


def write_private(path: Path, content: bytes) -> None:
    """A new file that only this user can read."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)


def start_child(
    words: Sequence[str], log: Path, directory: Path, descriptors: tuple[int, ...] = ()
) -> "subprocess.Popen[bytes]":
    """A program that ends with this process and reads no settings of the user's."""
    prctl, parent = ctypes.CDLL(None, use_errno=True).prctl, os.getpid()

    def end_with_parent() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it died before the kernel was told
            os._exit(1)

    with log.open("wb") as output:
        return subprocess.Popen(  # noqa: S603  the command is our own
            words,
            env={"PATH": os.environ.get("PATH", ""), "HOME": str(directory), "LANG": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            pass_fds=descriptors,
            start_new_session=True,  # Ctrl-C is for the window, which then ends them
            preexec_fn=end_with_parent,  # noqa: PLW1509  no other thread runs yet
        )


def stop_child(process: "subprocess.Popen[bytes]") -> None:
    """Ask it to end, then make it."""
    process.terminate()
    try:
        process.wait(STOP_PATIENCE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
