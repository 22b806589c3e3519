"""Secrets, and the port of the places that keep them: the system's keychain, or our vault."""

import hmac
import re
from typing import Final, NoReturn, Protocol

from hts.base.errors import ConfigError

NAME_PATTERN: Final = re.compile(r"[a-z0-9][a-z0-9._/-]{0,63}")
SECRET_BYTES_MAX: Final = 2048  # Windows' credential store takes 2,560 bytes; a text of it is stored in two-byte units


class Secret:
    """A text that shows itself only to who asks by name: not in repr, str, pickles or comparisons by time."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text. Call it where the secret is used, never where it is passed on."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(hidden)"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self._text.encode(), other._text.encode())

    __hash__ = None  # type: ignore[assignment]  # a hash would tell equal secrets apart from others

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not pickled")


class SecretStore(Protocol):
    """Keeps secrets by name. Methods raise AuthError when the place refuses."""

    @property
    def label(self) -> str:
        """What this place is, for a person."""
        ...

    def names(self) -> tuple[str, ...]:
        """Names of all secrets, sorted."""
        ...

    def get(self, name: str) -> Secret | None:
        """The secret, or None when there is none of this name."""
        ...

    def put(self, name: str, secret: Secret) -> None:
        """Keep the secret under this name, in place of an older one."""
        ...

    def remove(self, name: str) -> bool:
        """Forget the secret; False when there was none."""
        ...


def checked_name(name: str) -> str:
    """The name itself. Raises ConfigError when it cannot be one."""
    if NAME_PATTERN.fullmatch(name) is None:
        raise ConfigError(f"secret name: expected up to 64 of a-z 0-9 . _ / -, beginning with a-z 0-9, found {name!r}")
    return name


def checked_secret(secret: Secret) -> Secret:
    """The secret itself. Raises ConfigError for one that no keychain takes; the text never shows it."""
    size = len(secret.reveal().encode())
    if not 0 < size <= SECRET_BYTES_MAX // 2:
        raise ConfigError(f"secret: expected 1 to {SECRET_BYTES_MAX // 2} bytes, found {size}")
    return secret
