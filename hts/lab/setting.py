"""The member and the account of every simulation, and the sessions that it has over FIX."""

from hts.model.units import Notional

ACCOUNT = "8801-2745-01"
MEMBER = "HTS01"
PASSWORD = "lab"  # noqa: S105  both ends live in one process
CASH = Notional(1_000_000_000)  # so little that some wishes are refused for want of it
OTHER_SYSTEM = f"{MEMBER}-OE50"  # another program that trades under the same account
COPIES = f"{MEMBER}-DC50"  # the core's drop copy
READER = f"{MEMBER}-DC44"  # who reads the drop copy at the end, to compare
