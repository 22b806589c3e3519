# ruff: noqa: INP001, T201, S603  a script, not a package; it runs pip and the bundle's own installer
"""Everything that an installation without a network needs, in one folder: `offline_bundle.py DIR`.

    wheels/               the program and all packages of requirements.lock, for this system and this Python
    source/               the archive that the program's wheel was made of
    requirements.lock     their versions and hashes, checked again while installing
    system-packages.txt   Debian packages that the window needs
    sbom.cdx.json         bill of materials, CycloneDX 1.6: packages, fonts, licences, hashes
    licences.md           the licences as a table;  licences/ the texts of the fonts' ones
    install.sh            checks SHA256SUMS, makes a virtual environment, installs into it
    SHA256SUMS            every file's sum

The bill is made from an installation out of the folder itself, made without a network where the kernel lets us take it
away, so a folder that does not install is never handed out.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from hashlib import sha256
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))
import dist
import supply

ROOT = Path(__file__).resolve().parents[1]
FONT_LICENCE = "OFL-1.1"


def run(*arguments: str | Path, **more: Any) -> None:
    subprocess.run([str(a) for a in arguments], check=True, **more)


def system_packages(setup: str) -> list[str]:
    """The Debian packages that tools/setup.sh installs for running."""
    found = re.search(r'^libraries="([^"]+)"', setup, re.MULTILINE)
    assert found is not None, "tools/setup.sh has no list of libraries"
    return [*found[1].split(), "python3-venv"]


def download(out: Path) -> None:
    """Wheels alone: what had to be compiled on the other side would need a compiler there."""
    wheels = out / "wheels"
    wheels.mkdir()
    pip = (sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps")
    run(*pip, "--only-binary", ":all:", "--require-hashes", "-r", ROOT / supply.RUN_LOCK, "-d", wheels)
    wheel, _ = dist.build(ROOT, out / "source")
    shutil.move(wheel, wheels / wheel.name)


def font_components(fonts: Path) -> list[dict[str, Any]]:
    """The bundled fonts, which no package manager knows of."""
    return [
        {
            "type": "file",
            "bom-ref": f"font:{path.name}",
            "name": path.name,
            "description": "font",
            "hashes": [{"alg": "SHA-256", "content": sha256(path.read_bytes()).hexdigest()}],
            "licenses": [{"license": {"id": FONT_LICENCE}}],
        }
        for path in sorted([*fonts.glob("*.otf"), *fonts.glob("*.ttf")])
    ]


def bill(python: Path, fonts: Path, seconds: int) -> dict[str, Any]:
    """CycloneDX of an environment, with the fonts. Raises CalledProcessError."""
    tool = Path(sys.executable).with_name("cyclonedx-py")
    arguments = ("environment", python, "--pyproject", ROOT / "pyproject.toml", "--output-reproducible")
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(seconds)}
    made = subprocess.run(
        [str(tool), *(str(a) for a in arguments)], check=True, capture_output=True, env=environment
    ).stdout
    document: dict[str, Any] = json.loads(made)
    document["components"] += font_components(fonts)
    return document


def sums(out: Path) -> str:
    """As `sha256sum` writes them, in the order of the names."""
    paths = sorted(p for p in out.rglob("*") if p.is_file() and p.name != "SHA256SUMS")
    return "".join(f"{sha256(p.read_bytes()).hexdigest()}  {p.relative_to(out).as_posix()}\n" for p in paths)


def write(out: Path, name: str, text: str) -> None:
    (out / name).write_text(text, encoding="utf-8")


def without_network() -> tuple[str, ...]:
    """The command that runs another one where only loopback can be; empty where the kernel does not allow it."""
    for command in (("unshare", "--net"), ("unshare", "--map-root-user", "--net")):
        if (
            shutil.which("unshare")
            and subprocess.run([*command, "true"], check=False, capture_output=True).returncode == 0
        ):
            return command
    return ()


def build(out: Path, proof: Path) -> None:
    """Fill the empty or new folder `out`, and install it in `proof`. Raises CalledProcessError, FileExistsError."""
    out.mkdir(parents=True, exist_ok=True)
    if any(out.iterdir()):
        raise FileExistsError(f"{out}: expected an empty folder; remove it or name another one")
    download(out)
    fonts = ROOT / "resources" / "fonts"
    lock = (ROOT / supply.RUN_LOCK).read_text(encoding="utf-8")
    write(out, supply.RUN_LOCK, lock)
    write(out, "licences.md", supply.report(lock) + f"\nThe fonts are under {FONT_LICENCE}: `licences/`.\n")
    shutil.copytree(fonts / "licences", out / "licences")
    packages = system_packages((ROOT / "tools" / "setup.sh").read_text(encoding="utf-8"))
    write(out, "system-packages.txt", "\n".join(packages) + "\n")
    write(out, "python-version.txt", "{}.{}\n".format(*sys.version_info[:2]))
    shutil.copy(ROOT / "tools" / "offline" / "install.sh", out)
    write(out, "SHA256SUMS", sums(out))
    run(*without_network(), out / "install.sh", proof, stdout=subprocess.DEVNULL)
    made = bill(proof / "bin" / "python", fonts, dist.commit_time(ROOT))
    write(out, "sbom.cdx.json", json.dumps(made, indent=1, sort_keys=True) + "\n")
    write(out, "SHA256SUMS", sums(out))


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print("usage: offline_bundle.py DIR", file=sys.stderr)
        return 2
    out = Path(arguments[0])
    try:
        with tempfile.TemporaryDirectory() as proof:
            build(out, Path(proof))
    except FileExistsError as fault:
        print(fault, file=sys.stderr)
        return 1
    print(f"{out}: {sha256((out / 'SHA256SUMS').read_bytes()).hexdigest()} is the sum of SHA256SUMS")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
