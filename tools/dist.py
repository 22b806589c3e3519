# ruff: noqa: INP001, T201, S603, S607  a script, not a package; it runs git and pip by name
"""Wheel and source archive of the commit that is checked out, the same bytes wherever they are made: `dist.py DIR`.

What is built is what git has, in a fresh folder: files left over in the work tree cannot slip in. Every time in the
archives is the commit's, every owner is nobody.
"""

import gzip
import io
import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def git(root: Path, *arguments: str) -> bytes:
    return subprocess.run(["git", "-C", str(root), *arguments], check=True, capture_output=True).stdout


def commit_time(root: Path) -> int:
    """Seconds since 1970 of the commit that is checked out."""
    return int(git(root, "log", "-1", "--format=%ct"))


def export(root: Path, target: Path) -> None:
    """The commit's files, with the modes that git knows and nothing else."""
    with tarfile.open(fileobj=io.BytesIO(git(root, "archive", "--format=tar", "HEAD"))) as archive:
        archive.extraction_filter = lambda member, _path: member  # `filter=` is not known before Python 3.11.4
        for member in archive.getmembers():
            member.mode = 0o755 if member.isdir() or member.mode & 0o100 else 0o644
            archive.extract(member, target)


def normalized(archive: bytes, seconds: int) -> bytes:
    """A .tar.gz with its members in order, each of that time and of no owner."""
    raw = io.BytesIO()
    with (
        tarfile.open(fileobj=io.BytesIO(archive)) as source,
        tarfile.open(fileobj=raw, mode="w", format=tarfile.PAX_FORMAT) as target,
    ):
        for member in sorted(source.getmembers(), key=lambda m: m.name):
            member.mtime, member.uid, member.gid, member.uname, member.gname = seconds, 0, 0, "", ""
            member.mode = 0o755 if member.isdir() or member.mode & 0o100 else 0o644
            member.pax_headers = {}
            target.addfile(member, source.extractfile(member) if member.isfile() else None)
    return gzip.compress(raw.getvalue(), mtime=seconds)


def build(root: Path, out: Path) -> tuple[Path, Path]:
    """Wheel and source archive of `root`'s commit in `out`. Raises CalledProcessError."""
    out.mkdir(parents=True, exist_ok=True)
    seconds = commit_time(root)
    with tempfile.TemporaryDirectory() as folder:
        sources = Path(folder)
        export(root, sources)
        environment = {**os.environ, "SOURCE_DATE_EPOCH": str(seconds), "PYTHONHASHSEED": "0"}
        for call in ("build_wheel", "build_sdist"):
            code = f"import sys; from setuptools.build_meta import {call} as build; build(sys.argv[1])"
            subprocess.run(
                [sys.executable, "-c", code, str(out.resolve())],
                check=True,
                cwd=sources,
                env=environment,
                umask=0o022,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
    wheel, sdist = next(out.glob("hts_terminal-*.whl")), next(out.glob("hts_terminal-*.tar.gz"))
    sdist.write_bytes(normalized(sdist.read_bytes(), seconds))
    return wheel, sdist


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print("usage: dist.py DIR", file=sys.stderr)
        return 2
    for path in build(ROOT, Path(arguments[0])):
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
