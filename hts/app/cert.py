"""`hts cert check FILE`: whether a certificate can be used now, and when that ends.

FILE is PKCS#12 (.p12, .pfx; its passphrase comes from the secret store or a prompt) or certificates in PEM or DER.
Exit status: 0 usable, 1 not.
"""

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from hts.app.paths import home_directory, home_paths
from hts.app.secret_actions import add_action, add_actions
from hts.app.secret_store import opened_store, read_value
from hts.auth.secrets import Secret
from hts.base.errors import ConfigError

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

    from hts.auth.certificates import Finding

PKCS12_SUFFIXES = (".p12", ".pfx")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `hts cert`."""
    check = add_action(add_actions(parser), "check", "chain, time and revocation of a certificate")
    check.add_argument("file", type=Path, help="a .p12 or .pfx file, or certificates in PEM or DER, the leaf first")
    check.add_argument("--trust", type=Path, action="append", default=[], metavar="FILE", help="authorities to trust")
    check.add_argument("--crl", type=Path, action="append", default=[], metavar="FILE", help="revocation lists")
    check.add_argument("--secret", metavar="NAME", help="the secret that holds the file's passphrase; default: ask")
    check.add_argument("--json", action="store_true", help="print one JSON object as the last line")


def run(options: argparse.Namespace) -> int:
    """0 when the certificate can be used."""
    from hts.auth.certificates import build_chain, check_chain, check_identity, is_usable, read_certificates, read_crl

    now = datetime.now(UTC)
    data = read_file(options.file)
    trusted = [one for path in options.trust for one in read_certificates(read_file(path))]
    crls = [read_crl(read_file(path)) for path in options.crl]
    if options.file.suffix.lower() in PKCS12_SUFFIXES:
        from hts.auth.certificates import read_pkcs12

        identity = read_pkcs12(data, passphrase_of(options))
        chain = build_chain(identity.certificate, identity.others, trusted)
        findings = check_identity(identity, trusted, crls, now)
    else:
        leaf, *others = read_certificates(data)
        chain = build_chain(leaf, others, trusted)
        findings = check_chain(chain, trusted, crls, now)
    usable = is_usable(findings)
    if options.json:
        print(as_json(chain, findings, is_usable=usable))
    else:
        show(chain, findings, is_usable=usable)
    return 0 if usable else 1


def passphrase_of(options: argparse.Namespace) -> Secret:
    """From the secret store when a name is given, else typed or from stdin. Raises ConfigError."""
    if options.secret is None:
        return read_value(f"Passphrase of {options.file.name}: ")
    paths = home_paths(home_directory(options.home))
    with opened_store(paths, options.passphrase_fd) as store:
        kept = store.get(options.secret)
    if kept is None:
        raise ConfigError(f"there is no secret {options.secret}; `hts secret set {options.secret}` keeps one")
    return kept


def show(chain: "tuple[Certificate, ...]", findings: "tuple[Finding, ...]", *, is_usable: bool) -> None:
    """For a person."""
    from hts.auth.certificates import name_of

    for depth, certificate in enumerate(chain):
        print(f"{'  ' * depth}{name_of(certificate)}, until {certificate.not_valid_after_utc:%Y-%m-%d}")
    for finding in findings:
        print(finding)
    print("usable" if is_usable else "NOT USABLE")


def as_json(chain: "tuple[Certificate, ...]", findings: "tuple[Finding, ...]", *, is_usable: bool) -> str:
    """For a program."""
    from hts.auth.certificates import name_of

    rows = [
        {"subject": name_of(one), "serial": f"{one.serial_number:x}", "until": one.not_valid_after_utc.isoformat()}
        for one in chain
    ]
    return msgspec.json.encode({"usable": is_usable, "chain": rows, "findings": findings}).decode()


def read_file(path: Path) -> bytes:
    """Raises ConfigError."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path}: cannot read: {error.strerror or error}") from error
