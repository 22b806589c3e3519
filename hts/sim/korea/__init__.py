"""The Korean venues on the engine: KRX, and Nextrade with its link to KRX."""

from hts.sim.korea.krx_profile import krx_profile
from hts.sim.korea.nxt_profile import KrxLink, nxt_profile

__all__ = ["KrxLink", "krx_profile", "nxt_profile"]
