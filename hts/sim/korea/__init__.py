"""The Korean venues on the engine: KRX, and Nextrade with its link to KRX."""

from hts.rules.market_rules import MarketRules
from hts.sim.korea.krx_profile import krx_profile
from hts.sim.korea.nxt_profile import KrxLink, nxt_profile
from hts.sim.profile import VenueProfile

__all__ = ["KrxLink", "korean_profile", "krx_profile", "nxt_profile"]


def korean_profile(rules: MarketRules, trading_date: int) -> VenueProfile:
    """The venue that the rules are asked for."""
    make = nxt_profile if rules.venue == "NXT" else krx_profile
    return make(rules, trading_date)
