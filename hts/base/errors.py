"""The exception tree.

    HtsError
    +-- ConfigError            the user's file, option or environment is wrong; the text says what to do
    +-- StorageError           the disk refused or returned something else than was written
    |   +-- CorruptRecord      a record's length, checksum or hash chain does not hold
    +-- ProtocolError          a wire was not followed
        +-- LocalProtocolError     we tried to send what the protocol forbids: our bug
        +-- RemoteProtocolError    the peer sent what the protocol forbids: its fault

A business refusal (risk says no, the venue says no) is a value, never an exception.
"""


class HtsError(Exception):
    """Base of all errors that this program raises on purpose."""


class ConfigError(HtsError):
    """The user's configuration cannot be used; the message says what was expected, found, and what to do."""


class StorageError(HtsError):
    """The disk refused, or returned something else than was written."""


class CorruptRecord(StorageError):  # noqa: N818  the noun is the field's
    """A stored record's length, checksum or hash chain does not hold."""


class ProtocolError(HtsError):
    """A wire protocol was not followed."""


class LocalProtocolError(ProtocolError):
    """We tried to send what the protocol forbids: our bug."""


class RemoteProtocolError(ProtocolError):
    """The peer sent what the protocol forbids: its fault."""
