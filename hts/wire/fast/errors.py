"""Errors of FAST, with the codes of the specification (FAST 1.1, appendix 4).

ConfigError
+-- TemplateError        a template cannot be used: static errors S1..S5, and D8 found ahead of time
RemoteProtocolError
+-- FastRemoteError      the stream breaks the rules: the sender's fault
LocalProtocolError
+-- FastLocalError       the values given cannot be encoded: our bug
Exception
+-- Fault, Incomplete    within this package only; decoder and encoder turn them into the above
"""

from typing import Final

from hts.base.errors import ConfigError, LocalProtocolError, RemoteProtocolError

LIMIT: Final = "LIMIT"  # not of the specification: one of our bounds on memory

# What each code stands for; docs/wire/fast.md has the same table.
CODES: Final = {
    "S1": "the template document is not well-formed, or not valid by the schema",
    "S2": "the operator does not apply to fields of this type",
    "S3": "the initial value does not convert to the field's type",
    "S4": "a constant without an initial value",
    "S5": "a mandatory default without an initial value",
    "D1": "the application's value has a type that does not convert to the field's",
    "D2": "an integer in the stream is outside the bounds of its type",
    "D3": "a decimal cannot be encoded with the operators of its exponent and mantissa",
    "D4": "the previous value has another type than the field",
    "D5": "mandatory, not in the stream, previous value undefined, no initial value (copy, increment)",
    "D6": "mandatory, not in the stream, previous value empty; delta on an empty one; tail: undefined",
    "D7": "a delta subtracts more than there is; tail: mandatory, not in the stream, previous value empty",
    "D8": "a static reference names no template",
    "D9": "no template has the identifier in the stream",
    "D10": "a byte vector converts to and from strings only",
    "D11": "a string does not have the syntax of the type it is to become",
    "D12": "a block of size zero",
    "R1": "the exponent is outside -63..63, or the mantissa outside int64",
    "R2": "a combined Unicode value is not UTF-8",
    "R3": "a Unicode string with other than ASCII characters is to become ASCII",
    "R4": "an integer does not fit its type after conversion or delta",
    "R5": "a decimal with a fraction is to become an integer",
    "R6": "an overlong integer",
    "R7": "an overlong presence map",
    "R8": "a presence map with more bits than the template needs",
    "R9": "an overlong string",
    LIMIT: "beyond a bound of ours on length, count or nesting",
}
# Read all the same unless the decoder is strict; the message carries the codes.
TOLERATED: Final = ("R6", "R7", "R8", "R9")


class Fault(Exception):  # noqa: N818  turned into one of the errors below
    """A rule was broken; decoder or encoder knows whose fault it is."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        assert code in CODES, code
        self.code = code


class Incomplete(Exception):  # noqa: N818  not an error
    """The message needs at least the bytes before `need`."""

    def __init__(self, need: int) -> None:
        super().__init__(need)
        self.need = need


class TemplateError(ConfigError):
    """A template document cannot be used."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(f"FAST templates: {text} [ERR {code}]")
        self.code = code


class FastRemoteError(RemoteProtocolError):
    """The stream breaks the rules. `offset` is the byte of the stream at which the message began."""

    def __init__(self, code: str, text: str, offset: int) -> None:
        super().__init__(f"FAST message at byte {offset}: {text} [ERR {code}]")
        self.code = code
        self.offset = offset


class FastLocalError(LocalProtocolError):
    """The values given cannot be encoded."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(f"FAST: {text} [ERR {code}]")
        self.code = code
