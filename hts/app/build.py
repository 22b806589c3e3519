"""Which build this is: the version, and a fingerprint of what core and terminal must agree on."""

import functools
import importlib.metadata
from hashlib import blake2b
from pathlib import Path

DISTRIBUTION = "hts-terminal"
SHARED = ("base", "model", "wire/link")  # both ends of the link build their frames from these


@functools.cache
def build_name() -> str:
    """For example "0.1.0+3f9ac2d1"; a frozen program has no sources and says its version alone."""
    try:
        version = importlib.metadata.version(DISTRIBUTION)
    except importlib.metadata.PackageNotFoundError:
        version = "0"
    package = Path(__file__).resolve().parents[1]
    digest = blake2b(digest_size=4)
    sources = [path for part in SHARED for path in sorted((package / part).glob("*.py"))]
    for path in sources:
        digest.update(path.read_bytes())
    return f"{version}+{digest.hexdigest()}" if sources else version
