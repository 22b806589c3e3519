"""Where the static interruption of an issue would come: so far from its last call's price."""

from fractions import Fraction

from hts.model.instruments import Instrument
from hts.model.units import Px


def vi_prices(instrument: Instrument, reference_px: int, ratio: Fraction | None) -> tuple[int, int]:
    """Nearest prices, above and below, at which it comes; 0 where there is none or the day's limit is nearer."""
    if ratio is None or not reference_px:
        return 0, 0
    ticks = instrument.ticks
    up = reference_px * (ratio.denominator + ratio.numerator)
    down = reference_px * (ratio.denominator - ratio.numerator)
    above: Px = ticks.ceil(-(-up // ratio.denominator))
    below: Px = ticks.floor(down // ratio.denominator)
    return (above if above <= instrument.upper_px else 0), (below if below >= instrument.lower_px else 0)
