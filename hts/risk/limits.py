"""The house's limits as data. A zero switches a limit off, except where the text says otherwise."""

from msgspec import Struct


class RiskLimits(Struct, frozen=True, kw_only=True):
    """What one account may do.

    The price band guards against a slipped finger: an order may cross the last price by `price_band_bp` hundredths of
    a percent or by `price_band_ticks` ticks, whichever is more (one tick of a cheap issue can be half a percent).
    """

    order_qty_max: int = 20_000
    order_value_max: int = 100_000_000
    price_band_bp: int = 500
    price_band_ticks: int = 20
    orders_per_second: int = 20
    working_orders_max: int = 200
    duplicate_window_ms: int = 100
    stale_data_ms: int = 5_000
