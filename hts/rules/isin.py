"""ISINs (ISO 6166).

Letters count as two digits (A=10 .. Z=35), every second digit from the right is doubled, and the sum of all digits
plus the check digit is a multiple of ten.
"""

KRX_SHARE_PREFIX = "KR7"


def check_digit(body: str) -> str:
    """The twelfth character for the first eleven."""
    assert len(body) == 11, body
    digits = "".join(str(int(char, 36)) for char in body)
    total = 0
    for place, char in enumerate(reversed(digits)):
        doubled = int(char) * (2 if place % 2 == 0 else 1)
        total += doubled // 10 + doubled % 10
    return str(-total % 10)


def is_valid(isin: str) -> bool:
    """Twelve characters whose last is the check digit of the others."""
    return len(isin) == 12 and isin.isascii() and isin.isalnum() and check_digit(isin[:11]) == isin[11]


def krx_isin(code: str) -> str:
    """KR7 + six-character code + 00 + check digit: right for common shares and ETFs, not for preferred shares."""
    assert len(code) == 6, code
    body = f"{KRX_SHARE_PREFIX}{code}00"
    return body + check_digit(body)
