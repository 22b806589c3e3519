"""Which build this is: the version, and a fingerprint of what core and terminal must agree on."""

import functools
import sys
from hashlib import blake2b
from pathlib import Path

DISTRIBUTION = "hts-terminal"
SHARED = ("base", "model", "wire/link")  # both ends of the link build their frames from these


STATE = ("base", "model", "journal", "oms", "risk", "account", "engine")  # what the state is, and how it is hashed


@functools.cache
def build_name() -> str:
    """For example "0.1.0+3f9ac2d1"; a frozen program has no sources and says its version alone."""
    return _with_digest(_installed_version(), SHARED)


@functools.cache
def state_build() -> str:
    """The build as far as it shapes the core's state: a snapshot of another one is not taken over."""
    return _with_digest(build_name(), STATE)


def _installed_version() -> str:
    """By the folder of the installed distribution: the library that reads it whole takes longer than all the rest."""
    found = (
        folder.name.removesuffix(".dist-info").partition("-")[2]
        for entry in sys.path
        for folder in Path(entry or ".").glob(f"{DISTRIBUTION.replace('-', '_')}-*.dist-info")
    )
    return next(found, "0")


def _with_digest(version: str, parts: tuple[str, ...]) -> str:
    package = Path(__file__).resolve().parents[1]
    digest = blake2b(digest_size=4)
    sources = [path for part in parts for path in sorted((package / part).glob("*.py"))]
    for path in sources:
        digest.update(path.read_bytes())
    return f"{version}+{digest.hexdigest()}" if sources else version
