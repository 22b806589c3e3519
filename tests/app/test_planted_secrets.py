"""Secrets planted in a whole session of real processes: afterwards they are in no file but the encrypted vault, in no
log, journal, audit trail, crash report, process argument or environment, and in nothing that was said.
"""

import base64
import os
import subprocess
import sys

import pytest

from hts.app.api_tokens import write_tokens
from hts.app.key_accounts import mac_key
from hts.app.paths import read_token
from hts.app.supervisor import ask
from hts.auth.otp import decode_seed, hotp, step_of
from hts.auth.secrets import Secret
from hts.auth.tokens import TokenScope, issue, new_secret, sealed
from hts.io.clock import SystemClock
from hts.wire.link import login as m
from tests.support.auth import ROOT
from tests.support.keys import PIN
from tests.support.live_market import PASSPHRASE, LiveMarket
from tests.support.market import PATIENCE_S
from tests.support.processes import PROC, read, tree, until

pytestmark = [pytest.mark.processes, pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")]

PLANTED = {
    "session password": "planted-session-password-71",
    "pkcs12 passphrase": "planted-pkcs12-passphrase-72",
    "broker token": "planted-broker-token-73",
}
NAMES = {"session password": "krx_gateway.session", "pkcs12 passphrase": "krx_gateway.pkcs12", "broker token": "broker"}


class Supervised(LiveMarket):
    """The same market as `hts up` starts it: a supervisor that knows the passphrase, core and simulator."""

    def up(self):
        reader, writer = os.pipe()
        os.write(writer, f"{PASSPHRASE}\n".encode())
        os.close(writer)
        words = ["--port-base", str(self.port_base), "--clock=2026-11-23 09:00:30", "--passphrase-fd", str(reader)]
        command = [sys.executable, "-m", "hts.app", "up", "--home", str(self.paths.home), *words]
        environment = {**os.environ, "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE_S * 2, check=False,
            pass_fds=(reader,), env=environment, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(reader)
        assert done.returncode == 0, done.stderr + self.logs()
        self.said = done.stdout + done.stderr
        return self

    def pids(self):
        status = ask(self.paths.control_socket, read_token(self.paths.token), "status")
        found = {child["pid"] for child in status["children"]}
        return found | {int(read(PROC / str(pid) / "stat").rpartition(")")[2].split()[1]) for pid in found} - {1}

    def clean_up(self):
        for terminal in self.terminals:
            terminal.close()
        self.hts("stop")


def spellings(secret):
    """A secret as it is, and as it would look in the encodings that programs like."""
    raw = secret.encode()
    return {raw, base64.b64encode(raw).rstrip(b"="), raw.hex().encode(), repr(raw)[2:-1].encode()}


def places(market):
    """Everything that somebody could read: path or process, and the bytes there."""
    for path in sorted(market.paths.home.rglob("*")):
        if path.is_file():
            yield str(path.relative_to(market.paths.home)), path.read_bytes()
    for path in sorted(market.paths.run.rglob("*")):
        if path.is_file():
            yield str(path), path.read_bytes()
    for pid in market.pids() | tree(os.getpid()):
        for name in ("cmdline", "environ"):
            try:
                yield f"/proc/{pid}/{name}", (PROC / str(pid) / name).read_bytes()
            except OSError:
                continue
    yield "what hts up said", market.said.encode()


def leaks(market, secrets):
    """Where a secret stands that should not. The link's token has a file of its own, readable by the user alone."""
    found = []
    for place, data in places(market):
        for name, secret in secrets.items():
            if any(spelling in data for spelling in spellings(secret)):
                found.append((name, place))
    return found


@pytest.fixture
def market(tmp_path):
    made = Supervised(tmp_path / "home")
    for name, secret in PLANTED.items():
        made.store.put(NAMES[name], Secret(secret))
    try:
        yield made
    finally:
        made.clean_up()


# A window that logs in with a code out of stdin, and then fails, so that there is a report.
WINDOW = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from hts.app.config import load_config
from hts.app.crash_guard import ForkedChild, keep_running
from hts.app.paths import home_paths
from hts.app.terminal import Terminal, TerminalOptions, run_terminal
from hts.desk.login import Stage

paths, code = home_paths(Path(sys.argv[1])), sys.stdin.readline().strip()
show = Terminal.show

def run(life):
    def shown(terminal):
        show(terminal)
        look(terminal, life, "planted-wrong-code-77")
    Terminal.show = shown
    return run_terminal(paths, load_config(paths.config), TerminalOptions(language="en"), life=life)

def look(terminal, life, typed):
    login = terminal.session.login
    if life.before is not None:
        QTimer.singleShot(200, terminal.window.leave)
        return
    if login.state.stage is Stage.IN:
        raise RuntimeError("the window fails")
    if login.state.stage is Stage.ASKED and typed:
        login.use_code("kim", typed, is_recovery=True)
        typed = code if typed != code else ""
    QTimer.singleShot(200, lambda: look(terminal, life, typed))

sys.exit(keep_running(paths, lambda life: ForkedChild(run, life)))
"""


def crash_a_window(market, code):
    """Its report lies in the home afterwards; what it said is looked through as well."""
    done = subprocess.run(
        [sys.executable, "-c", WINDOW, str(market.paths.home)],
        cwd=ROOT, input=f"{code}\n", capture_output=True, text=True, timeout=PATIENCE_S * 2, check=False,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )  # fmt: skip
    (report,) = market.paths.log.glob("crash-*.txt")
    assert "RuntimeError: the window fails" in report.read_text(encoding="utf-8"), done.stderr
    market.said += done.stdout + done.stderr


def test_no_planted_secret_is_found_anywhere_after_a_whole_session(market):
    market.add_user("kim", otp=True)
    seed = market.seeds["kim"].reveal()
    token = new_secret(os.urandom(32))
    now_s = SystemClock().wall_ns() // 10**9
    bot = issue(token, name="bot", scope=TokenScope.TRADE, now_s=now_s, days=1, user="kim")
    write_tokens(market.paths, [sealed(bot, mac_key(market.store))])
    market.up()

    # A session with everything that touches a secret: key, PIN, code, recovery, token, refusals, a crash of the core.
    terminal = market.terminal()
    terminal.greeted()
    wrong = ["planted-wrong-code-74", "planted-wrong-recovery-75", "hts_planted-wrong-token-76"]
    terminal.say(m.CodeLogin(user="kim", code=wrong[0]))
    terminal.say(m.CodeLogin(user="kim", code=wrong[1], is_recovery=True))
    market.terminal().greeted()
    other = market.terminals[-1]
    assert isinstance(other.say(m.ShowToken(secret=wrong[2])), m.LoginRefused)
    assert isinstance(other.say(m.ShowToken(secret=token)), m.LoggedIn)
    terminal.log_in()
    terminal.until_ready()
    terminal.touch(m.RECOVERY)
    codes = terminal.say(m.MakeRecovery()).codes
    terminal.touch(m.ADD_OTP)
    offered = terminal.say(m.OfferOtp()).uri
    fresh_seed = offered.partition("secret=")[2].partition("&")[0]
    code = hotp(decode_seed(Secret(fresh_seed)), step_of(SystemClock().wall_ns()))
    assert isinstance(terminal.say(m.ConfirmOtp(code=code)), m.Enrolled)
    rescued = market.terminal()
    rescued.greeted()
    assert isinstance(rescued.say(m.CodeLogin(user="kim", code=codes[0], is_recovery=True)), m.LoggedIn)
    assert market.hts("audit", "show").returncode == 0
    crash_a_window(market, codes[1])

    secrets = {
        **PLANTED,
        "vault passphrase": PASSPHRASE,
        "seed": seed,
        "fresh seed": fresh_seed,
        "api token": token,
        "pin": f'"{PIN}"',
        "what was typed at the window": "planted-wrong-code-77",
        **{f"recovery code {number}": one for number, one in enumerate(codes)},
        **{f"what was typed {number}": one for number, one in enumerate(wrong)},
    }
    assert leaks(market, secrets) == []

    # And what a crash leaves behind: the core dies, the supervisor starts it again with the passphrase it kept.
    before = market.status()["core"]["pid"]
    os.kill(before, 11)
    until(lambda: market.status()["core"]["pid"] not in (0, before), "a core again")
    terminal.until(lambda: terminal.answers and isinstance(terminal.answers[-1], m.LoginAsked), "asked again")
    assert leaks(market, secrets) == []


def test_the_search_finds_what_is_there(market):
    """A test that cannot fail proves nothing: the same search over a planted leak."""
    market.said = ""
    market.pids = set
    (market.paths.home / "leak.log").write_text("x" + base64.b64encode(b"planted-broker-token-73").decode())
    assert leaks(market, PLANTED) == [("broker token", "leak.log")]
