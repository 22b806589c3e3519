"""Money as the documents have it: a currency and an exact decimal."""

from decimal import Decimal

from msgspec import Struct


class Amount(Struct, frozen=True, kw_only=True):
    """Money, not negative; its direction stands beside it."""

    currency: str
    value: Decimal
