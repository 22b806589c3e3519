"""What `hts doctor` says about what is believed here: the seal on the settings, certificates, and the audit trail.

Like the checks of logins it opens no keychain: it tells what a start would find, and what ends soon.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

import msgspec

from hts.app.doctor_login import Found
from hts.auth.certificates import WARN_DAYS, name_of, read_certificates
from hts.auth.errors import CertificateUnread

LINES_SHOWN: Final = 3


def check_seal(home: Path) -> Found:
    """Whether the settings are as they were sealed."""
    from hts.app.config import load_config
    from hts.app.paths import home_paths
    from hts.app.sealed_settings import differences, settings_now

    paths = home_paths(home)
    if not paths.sealed_settings.exists():
        asks = load_config(paths.config).asks_login
        return Found(name="settings", found="sealed at the core's first start" if asks else "not sealed: paper")
    changes = differences(msgspec.json.decode(paths.sealed_settings.read_bytes()), settings_now(paths))
    if not changes:
        return Found(name="settings", found="as they were sealed")
    more = f" and {len(changes) - LINES_SHOWN} more" if changes[LINES_SHOWN:] else ""
    advice = "The core will not start: put them back, or let an administrator accept them (`hts settings accept`)."
    return Found(name="settings", found=f"changed: {'; '.join(changes[:LINES_SHOWN])}{more}", advice=advice)


def check_certificates(home: Path) -> Found:
    """What of the certificates that lie open here has ended or ends soon; those in PKCS#12 the core looks at itself."""
    now = datetime.now(UTC)
    found, bad = 0, []
    for place, data in _certificate_files(home):
        try:
            certificates = read_certificates(data)
        except CertificateUnread:
            bad.append(f"{place} cannot be read")
            continue
        for one in certificates:
            found += 1
            left = (one.not_valid_after_utc - now).days
            if left < 0 or one.not_valid_before_utc > now:
                bad.append(f"{place}: {name_of(one)} is not valid now")
            elif left <= WARN_DAYS:
                bad.append(f"{place}: {name_of(one)} ends in {left} days")
    if bad:
        advice = "Pair again (`hts pair`), or put a new certificate in; `hts cert check FILE` tells more."
        return Found(name="certificates", found="; ".join(bad[:LINES_SHOWN]), advice=advice)
    return Found(name="certificates", found=f"{found} valid" if found else "none")


def _certificate_files(home: Path) -> Iterator[tuple[str, bytes]]:
    from hts.app.config import load_config
    from hts.app.paths import home_paths

    paths = home_paths(home)
    named = {paths.home / one.authorities for one in load_config(paths.config).signing.values() if one.authorities}
    for path in [*sorted((paths.home / "pki").rglob("*.pem")), *sorted(named)]:
        yield path.name, path.read_bytes() if path.exists() else b""


def check_trail(home: Path) -> Found:
    """Whether the audit trail is whole, as far as can be told without its key, and how long it is kept."""
    from hts.app.audit_keeping import years_kept
    from hts.app.audit_trail_notes import AUDIT_FOLDER
    from hts.app.config import load_config
    from hts.app.paths import home_paths
    from hts.auth.audit import read_lines
    from hts.auth.audit_verify import verify
    from hts.base.errors import ConfigError
    from hts.io.files import FileStorage

    paths = home_paths(home)
    try:
        years = years_kept(load_config(paths.config))
    except ConfigError as error:
        return Found(name="audit", found=str(error), advice="Set audit.keep_years to what the law asks for.")
    if not (paths.home / AUDIT_FOLDER).exists():
        return Found(name="audit", found=f"no entries yet; kept for {years} years")
    verified = verify(read_lines(FileStorage(paths.home / AUDIT_FOLDER)))
    if not verified.is_sound:
        advice = "`hts audit verify` tells all of it; keep the files as they are."
        return Found(name="audit", found=str(verified.findings[0]), advice=advice)
    return Found(name="audit", found=f"{verified.entries} entries, a sound chain; kept for {years} years")


def trust_checks(home: Path) -> dict[str, Callable[[], Found]]:
    """All of them by name."""
    return {
        "settings": partial(check_seal, home),
        "certificates": partial(check_certificates, home),
        "audit": partial(check_trail, home),
    }
