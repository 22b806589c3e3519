"""The folder for machines without a network: made once, installed with the network taken away, and traded with."""

import hashlib
import json
import subprocess

import pytest

from tests.tools.scripts import ROOT, script

bundle = script("offline_bundle")
dist = script("dist")

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(not (ROOT / ".git").exists(), reason="no git work tree here: the bundle is made of a commit"),
]

# Loopback sleeps in a new network namespace until somebody wakes it.
WAKE = 'ip link set lo up && exec "$@"'


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The folder, and where it was installed while it was made."""
    out, proof = tmp_path_factory.mktemp("bundle"), tmp_path_factory.mktemp("installed")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PIP_NO_COMPILE", "1")  # half a minute less; what is imported is compiled then
        bundle.build(out, proof)
    return out, proof


@pytest.mark.timeout(600)
def test_it_installs_and_trades_without_a_network(made, tmp_path):
    isolated = bundle.without_network()
    if not isolated:
        pytest.skip("the kernel lets nobody take the network away here")
    _, proof = made
    session = [proof / "bin" / "hts", "demo", "--headless", "--seconds", "3", "--json", "--home", tmp_path / "home"]
    command = [*isolated, "sh", "-c", WAKE, "sh", *map(str, session)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path, timeout=120)
    result = json.loads(done.stdout)
    assert result["orders"] > 0
    assert (result["lost"], result["duplicated"], result["balanced"]) == (0, 0, True)


def test_every_file_is_summed(made):
    out, _ = made
    listed = dict(reversed(line.split("  ", 1)) for line in (out / "SHA256SUMS").read_text().splitlines())
    files = {p.relative_to(out).as_posix(): p for p in out.rglob("*") if p.is_file()}
    del files["SHA256SUMS"]
    assert listed == {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()}


def test_the_bill_names_packages_fonts_and_licences(made):
    out, proof = made
    bill = json.loads((out / "sbom.cdx.json").read_text(encoding="utf-8"))
    parts = {part["name"].lower(): part for part in bill["components"]}
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    assert {"pyside6_essentials", "fido2", "msgspec", "d2coding.ttf", "pretendardjp-regular.otf"} <= set(parts)
    assert parts["d2coding.ttf"]["licenses"] == [{"license": {"id": "OFL-1.1"}}]
    assert "| msgspec |" in (out / "licences.md").read_text(encoding="utf-8")
    assert str(proof) not in (out / "sbom.cdx.json").read_text(encoding="utf-8")


def test_a_changed_or_added_file_is_refused(made, tmp_path):
    out, _ = made

    def install():
        done = subprocess.run([out / "install.sh", tmp_path / "x"], capture_output=True, text=True, check=False)
        return done.returncode, done.stderr

    stranger = out / "wheels" / "stranger.whl"
    stranger.write_bytes(b"")
    code, said = install()
    stranger.unlink()
    assert (code, "Files that SHA256SUMS does not name: wheels/stranger.whl" in said) == (1, True)
    lock = out / "requirements.lock"
    before = lock.read_bytes()
    lock.write_bytes(before + b"\n")
    code, said = install()
    lock.write_bytes(before)
    assert (code, "This folder is not as it was made" in said) == (1, True)
    assert not (tmp_path / "x").exists()


@pytest.mark.timeout(300)
def test_a_build_is_the_same_bytes_wherever_it_is_made(made, tmp_path):
    out, _ = made
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", ROOT, clone], check=True)
    (clone / "hts" / "left_over.py").write_text("", encoding="utf-8")
    wheel, sdist = dist.build(clone, tmp_path / "built")
    assert wheel.read_bytes() == (out / "wheels" / wheel.name).read_bytes()
    assert sdist.read_bytes() == (out / "source" / sdist.name).read_bytes()
