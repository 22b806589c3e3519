"""Headless Chromium with a virtual authenticator, spoken to over its DevTools protocol, on a page of our own."""

import contextlib
import json
import shutil
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from websockets.sync.client import connect

PROGRAM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), ""
)
PATIENCE_S = 60
FLAGS = (
    "--headless=new",
    "--no-sandbox",  # it sees one page of ours, on loopback
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-port=0",
    "--remote-allow-origins=*",
)


class Page(BaseHTTPRequestHandler):
    """An empty page."""

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>login</title>")

    def log_message(self, *_):
        pass


class Browser:
    """One page on http://localhost:PORT, which browsers hold for secure; `origin` is as it writes it."""

    def __init__(self, directory):
        self._directory = directory
        self._count = 0
        self._session = None

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            self._start(stack)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_):
        self._stack.close()

    def _start(self, stack):
        page = stack.enter_context(ThreadingHTTPServer(("127.0.0.1", 0), Page))
        self.origin = f"http://localhost:{page.server_port}"
        threading.Thread(target=page.serve_forever, daemon=True).start()
        stack.callback(page.shutdown)
        log = stack.enter_context((self._directory / "chromium.log").open("wb"))
        profile = self._directory / "profile"
        command = [PROGRAM, *FLAGS, f"--user-data-dir={profile}", "about:blank"]
        self._process = stack.enter_context(subprocess.Popen(command, stdout=log, stderr=log))
        stack.callback(self._process.terminate)
        port, path = self._endpoint(profile / "DevToolsActivePort")
        address = f"ws://127.0.0.1:{port}{path}"
        self._peer = stack.enter_context(connect(address, max_size=None, open_timeout=PATIENCE_S))
        target = self.call("Target.createTarget", url=self.origin)["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.call("WebAuthn.enable")
        self._until_loaded()

    def _endpoint(self, path):
        deadline = time.monotonic() + PATIENCE_S
        while not (path.exists() and len(path.read_text().splitlines()) == 2):
            assert self._process.poll() is None, "the browser ended"
            assert time.monotonic() < deadline, "the browser does not come up"
            time.sleep(0.05)
        return path.read_text().splitlines()

    def _until_loaded(self):
        deadline = time.monotonic() + PATIENCE_S
        while self.run("location.origin + document.readyState") != f"{self.origin}complete":
            assert time.monotonic() < deadline, "the page does not load"
            time.sleep(0.05)

    def call(self, method, **params):
        self._count += 1
        message = {"id": self._count, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        self._peer.send(json.dumps(message))
        while True:
            answer = json.loads(self._peer.recv(timeout=PATIENCE_S))
            if answer.get("id") == self._count:
                assert "error" not in answer, answer
                return answer["result"]

    def run(self, script):
        """A script's value; its exception's name in brackets where it throws."""
        done = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True, userGesture=True)
        if "exceptionDetails" in done:
            return f"[{done['exceptionDetails']['exception'].get('className', 'Error')}]"
        return done["result"].get("value")

    def add_authenticator(self, **options):
        """A key that verifies its user and is touched at once, unless told otherwise."""
        values = {
            "protocol": "ctap2",
            "ctap2Version": "ctap2_1",
            "transport": "usb",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
            **options,
        }
        return self.call("WebAuthn.addVirtualAuthenticator", options=values)["authenticatorId"]

    def create(self, options):
        """navigator.credentials.create with the core's options; the answer as the browser serialises it."""
        return self.run(
            f"navigator.credentials.create({{publicKey: PublicKeyCredential.parseCreationOptionsFromJSON("
            f"{json.dumps(json.loads(options)['publicKey'])})}}).then(made => JSON.stringify(made.toJSON()))"
        )

    def get(self, options):
        """navigator.credentials.get, likewise."""
        return self.run(
            f"navigator.credentials.get({{publicKey: PublicKeyCredential.parseRequestOptionsFromJSON("
            f"{json.dumps(json.loads(options)['publicKey'])})}}).then(made => JSON.stringify(made.toJSON()))"
        )
