"""FIX 4.2, 4.4 and 5.0 SP2 (FIXT.1.1): dictionaries, tag=value codec, validation, session, application messages."""

from hts.wire.fix.market import MarketMessages
from hts.wire.fix.orders import OrderMessages
from hts.wire.fix.session import FixSession

__all__ = ["FixSession", "MarketMessages", "OrderMessages"]
