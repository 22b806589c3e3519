"""Stores, blobs and random bytes for the tests of logins and secrets."""

import hashlib
import os
import subprocess
import sys
from itertools import count
from pathlib import Path

from hts.auth.accounts import NOBODY
from hts.auth.secrets import Secret, checked_name
from hts.auth.vault import Cost, VaultStore
from hts.io.blob import FileBlob

ROOT = Path(__file__).resolve().parents[2]
CHEAP = Cost(memory_kib=8, passes=1, lanes=1)


class MemoryBlob:
    """hts.auth.vault.Blob in memory; `written` keeps every content."""

    def __init__(self, data=None):
        self.data = data
        self.written = []

    def read(self):
        return self.data

    def replace(self, data):
        self.data = data
        self.written.append(data)


class MemoryStore:
    """hts.auth.secrets.SecretStore in memory."""

    label = "memory"

    def __init__(self):
        self.secrets: dict[str, Secret] = {}

    def names(self):
        return tuple(sorted(self.secrets))

    def get(self, name):
        return self.secrets.get(checked_name(name))

    def put(self, name, secret):
        self.secrets[checked_name(name)] = secret

    def remove(self, name):
        return self.secrets.pop(checked_name(name), None) is not None


def dice(seed=b"0"):
    """Bytes that look random, differ at each call, and are the same in every run."""
    numbers = count()

    def random(size):
        data = b""
        while len(data) < size:
            data += hashlib.sha256(seed + str(next(numbers)).encode()).digest()
        return data[:size]

    return random


def make_cheap_vault(home, passphrase):
    """An empty vault that opens quickly; what is written later keeps its cost."""
    VaultStore(FileBlob(home / "auth" / "vault"), Secret(passphrase), dice(), CHEAP).create()


def run_hts(home, *words, passphrase=None, new_passphrase=None, value=""):
    """`hts` as a process on a machine without a keychain; passphrases come on descriptors."""
    command = [sys.executable, "-m", "hts.app", *words, "--home", str(home)]
    readers = []
    for option, text in (("--passphrase-fd", passphrase), ("--new-passphrase-fd", new_passphrase)):
        if text is not None:
            reader, writer = os.pipe()
            os.write(writer, f"{text}\n".encode())
            os.close(writer)
            readers.append(reader)
            command += [option, str(reader)]
    try:
        return subprocess.run(
            command,
            input=value,
            cwd=ROOT,
            env={**os.environ, "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"},
            pass_fds=readers,
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        for reader in readers:
            os.close(reader)


class MemoryKeeper:
    """hts.auth.accounts.AccountKeeper in memory; `writes` counts what a disk would have been asked for."""

    def __init__(self, *accounts):
        self.kept = {account.user: account for account in accounts}
        self.seeds = {}
        self.writes = 0

    def accounts(self):
        return tuple(self.kept.values())

    def change(self, user, step):
        self.writes += 1
        if user is None:
            step(NOBODY)
            return None
        self.kept[user] = step(self.kept[user])
        return self.kept[user]

    def seed(self, user):
        return self.seeds.get(user)

    def keep_seed(self, user, seed):
        self.seeds[user] = seed
