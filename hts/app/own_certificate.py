"""A certificate of ours, before it is shown or signs anything: one that cannot be used is refused, and its end is said
in time.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509

from hts.app.log import log_line
from hts.auth.certificates import Identity, Severity, check_chain, check_identity
from hts.base.errors import ConfigError


def demand_usable(
    path: Path,
    identity: Identity,
    purpose: str,
    trusted: Sequence[x509.Certificate] = (),
    crls: Sequence[x509.CertificateRevocationList] = (),
) -> None:
    """Judged now. Without authorities its own time and strength alone count: whom the other side believes is its own
    business. Raises ConfigError.
    """
    now = datetime.now(UTC)
    if trusted:
        findings = check_identity(identity, trusted, crls, now)
    else:
        findings = check_chain([identity.certificate], [identity.certificate], (), now)
    for finding in findings:
        if finding.severity is Severity.REFUSE:
            raise ConfigError(f"{path}: cannot {purpose}: {finding.subject}: {finding.text}")
        log_line("certificate", f"{purpose}: {finding}")
