"""The member and the account of every simulation."""

from hts.model.units import Notional

ACCOUNT = "8801-2745-01"
MEMBER = "HTS01"
PASSWORD = "lab"  # noqa: S105  both ends live in one process
CASH = Notional(1_000_000_000)  # so little that some wishes are refused for want of it
