"""What can go wrong around secrets and logins.

    HtsError
    +-- AuthError
        +-- NoKeychain          the machine offers no keychain that keeps secrets from other users
        +-- KeychainRefused     there is one, and it did not do what it was asked for: locked, or the person declined
        +-- VaultDamaged        the vault file is not what was written
        +-- WrongPassphrase     the vault file is whole, and the passphrase does not open it
        +-- CertificateUnread   a file is no certificate store, or its passphrase is another one
        +-- SignatureRefused    a text does not come from whoever is said to have signed it

A login that fails is a value, never an exception. No text here ever holds a secret.
"""

from hts.base.errors import HtsError


class AuthError(HtsError):
    """Base of this package's errors."""


class NoKeychain(AuthError):  # noqa: N818  the finding, not an error of ours
    """The machine has no usable keychain; the text says what to do."""


class KeychainRefused(AuthError):  # noqa: N818
    """The keychain is locked, or the person declined."""


class VaultDamaged(AuthError):  # noqa: N818
    """The vault file is not what was written."""


class WrongPassphrase(AuthError):  # noqa: N818
    """The vault file is whole, and the passphrase does not open it."""


class CertificateUnread(AuthError):  # noqa: N818
    """A file is no certificate store, or its passphrase is another one."""


class SignatureRefused(AuthError):  # noqa: N818
    """A text does not come from whoever is said to have signed it; the text says why it is not believed."""
