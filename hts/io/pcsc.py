"""Cards in readers (PC/SC), byte strings in and out: pcscd on Linux, the systems' own service on Windows and macOS.

Only what a security key on a reader needs. Where there is no such service, or nobody may reach it, there are no cards.
"""

import ctypes
import ctypes.util
import sys
import weakref
from collections.abc import Iterator
from typing import Any, Final

SCOPE_SYSTEM: Final = 2
SHARE_SHARED: Final = 2
PROTOCOLS: Final = 3  # T=0 or T=1, as the card likes
LEAVE_CARD: Final = 0
SUCCESS: Final = 0
READERS_BYTES_MAX: Final = 4096
ANSWER_BYTES_MAX: Final = 65_538  # of an extended answer with its status
_WIDE: Final = sys.platform == "linux"  # pcsc-lite says long there, everybody else 32 bits
_Long: Final = ctypes.c_long if _WIDE else ctypes.c_int32
_Word: Final = ctypes.c_ulong if _WIDE else ctypes.c_uint32
_Handle: Final = ctypes.c_long if _WIDE else (ctypes.c_size_t if sys.platform == "win32" else ctypes.c_int32)


class _Protocol(ctypes.Structure):
    _fields_ = (("protocol", _Word), ("size", _Word))


class Card:
    """A card that lies on a reader. `transmit` raises OSError when it is taken away."""

    def __init__(self, library: Any, name: str, context: Any, handle: Any, protocol: int) -> None:
        self.name = name
        self._library = library
        self._handle = handle
        self._protocol = _Protocol(protocol, ctypes.sizeof(_Protocol))
        self.close = weakref.finalize(self, _release, library, context, handle)

    def transmit(self, apdu: bytes) -> bytes:
        """The card's answer, its two status bytes last."""
        answer = ctypes.create_string_buffer(ANSWER_BYTES_MAX)
        size = _Word(ANSWER_BYTES_MAX)
        found = self._library.SCardTransmit(
            self._handle, ctypes.byref(self._protocol), apdu, _Word(len(apdu)), None, answer, ctypes.byref(size)
        )
        if found != SUCCESS:
            raise OSError(f"the card does not answer ({found & 0xFFFFFFFF:#x})")
        return answer.raw[: size.value]


def cards() -> Iterator[Card]:
    """Every card on every reader, connected for as long as it is held."""
    library = _library()
    if library is None:
        return
    for name in _readers(library):
        context = _context(library)
        if context is None:
            return
        handle, protocol = _Handle(), _Word()
        words = (_Word(SHARE_SHARED), _Word(PROTOCOLS), ctypes.byref(handle), ctypes.byref(protocol))
        if _call(library, "SCardConnect")(context, name.encode(), *words) == SUCCESS:
            yield Card(library, name, context, handle, protocol.value)
        else:
            library.SCardReleaseContext(context)


def _library() -> Any:
    """The service's library; None on a machine without one."""
    try:
        if sys.platform == "win32":
            return ctypes.WinDLL("winscard.dll")
        if sys.platform == "darwin":
            return ctypes.CDLL("/System/Library/Frameworks/PCSC.framework/PCSC")
        return ctypes.CDLL("libpcsclite.so.1")
    except OSError:
        return None


def _call(library: Any, name: str) -> Any:
    """Windows has a function for each kind of text."""
    return getattr(library, f"{name}A" if sys.platform == "win32" else name)


def _context(library: Any) -> Any:
    context = _Handle()
    found = library.SCardEstablishContext(_Word(SCOPE_SYSTEM), None, None, ctypes.byref(context))
    return context if found == SUCCESS else None


def _readers(library: Any) -> list[str]:
    context = _context(library)
    if context is None:
        return []
    try:
        names, size = ctypes.create_string_buffer(READERS_BYTES_MAX), _Word(READERS_BYTES_MAX)
        if _call(library, "SCardListReaders")(context, None, names, ctypes.byref(size)) != SUCCESS:
            return []
        return [name.decode("utf-8", "replace") for name in names.raw[: size.value].split(b"\0") if name]
    finally:
        library.SCardReleaseContext(context)


def _release(library: Any, context: Any, handle: Any) -> None:
    library.SCardDisconnect(handle, _Word(LEAVE_CARD))
    library.SCardReleaseContext(context)
