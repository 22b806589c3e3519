"""What may go wrong in a simulation, how often, and how often it did."""

from collections import Counter
from enum import Enum
from random import Random

from msgspec import Struct, structs


class Fault(Enum):
    """One kind of fault; the value is its name on the command line."""

    DELAY = "delay"  # a piece of a stream is late
    SPLIT = "split"  # a stream arrives in other pieces than it was written
    CUT = "cut"  # a connection dies, what was in flight is lost
    COPY_CUT = "copy_cut"  # the drop copy's connection dies
    HALF_OPEN = "half_open"  # one end learns of it late
    LOSE = "lose"  # a datagram is lost
    DUPLICATE = "duplicate"  # a datagram comes twice
    REORDER = "reorder"  # a datagram overtakes another
    REPEAT = "repeat"  # the terminal sends the same intent again
    TWIN = "twin"  # a second terminal sends it too, under the same request id
    CORE_CRASH = "core_crash"  # the core dies between two effects
    TORN_WRITE = "torn_write"  # the core dies in the middle of a journal write
    DISK_FULL = "disk_full"  # the disk refuses a write: the core halts until somebody starts it again
    READ_ONLY = "read_only"  # the disk refuses every write and every sync from now on
    SLOW_DISK = "slow_disk"  # a sync takes up to a second
    POWER_CUT = "power_cut"  # the core's machine forgets what was not synced
    CLOCK_DRIFT = "clock_drift"  # the machines' clocks run apart
    CLOCK_JUMP = "clock_jump"  # a machine wakes up seconds later than it thinks
    VENUE_CRASH = "venue_crash"  # the venue dies and restarts from its command log
    VENUE_CANCEL = "venue_cancel"  # the venue cancels our orders of its own accord
    VENUE_REJECT = "venue_reject"  # the venue stops us for a while: it cancels everything and rejects what comes
    TRADE_BUST = "trade_bust"  # the venue takes a trade of ours back
    TRADE_CORRECT = "trade_correct"  # the venue sets another price, or fewer shares, in a trade's place
    NEW_DAY = "new_day"  # a trading day ends and another begins, by roll or by a fresh start
    TERMINAL_CRASH = "terminal_crash"
    GARBLE = "garble"  # a FIX message is damaged on its way: its number is missing, and asked for
    SEQ_TWICE = "seq_twice"  # a FIX message comes again with the same number: the session ends of it
    POSS_DUP = "poss_dup"  # a FIX message comes again as a possible duplicate: nothing may come of it
    NUMBERS_LOST = "numbers_lost"  # a venue that died comes back without the newest numbers of our FIX sessions, or any


ALL = frozenset(Fault)
# Met where orders travel over FIX.
OF_FIX_LINES = frozenset({Fault.GARBLE, Fault.SEQ_TWICE, Fault.POSS_DUP, Fault.NUMBERS_LOST})


_DICE = 1000
_DICE_BITS = _DICE.bit_length()
DRIFT_PPM_MAX = 500  # a bad quartz; good ones stay within 50


class FaultRates(Struct, frozen=True, kw_only=True):
    """Chances per opportunity, in thousandths.

    Per piece of a stream, per datagram, per intent, per FIX message, per crash of a venue to which we speak FIX.
    """

    delay: int = 50
    split: int = 100
    lose: int = 20
    duplicate: int = 20
    reorder: int = 20
    repeat: int = 30
    twin: int = 50
    half_open: int = 300
    garble: int = 2
    seq_twice: int = 1
    poss_dup: int = 10
    numbers_lost: int = 500


class Faults:
    """Seeded dice: decides, and counts what fired."""

    def __init__(self, rng: Random, enabled: frozenset[Fault], rates: FaultRates | None = None) -> None:
        self._rng = rng
        self._enabled = enabled
        chances = structs.asdict(rates or FaultRates())
        self._off = frozenset(fault.value for fault in Fault if fault not in enabled)
        self._chances: dict[str, int] = chances  # by name: an enum takes as long to hash as the dice to roll
        self.fired: Counter[Fault] = Counter()
        self.paused = False  # nothing fires while a run settles at its end

    def happens(self, fault: Fault) -> bool:
        """Roll for one opportunity; counted when it fires."""
        name = fault.value
        if self.paused or name in self._off:
            return False
        roll = self._rng.getrandbits(_DICE_BITS)
        while roll >= _DICE:
            roll = self._rng.getrandbits(_DICE_BITS)  # what randrange does: a seed keeps its history
        if roll >= self._chances[name]:
            return False
        self.fired[fault] += 1
        return True

    def drift_ppm(self) -> int:
        """How far a machine's clock runs from true time, in millionths."""
        return (
            self._rng.choice((-1, 1)) * self._rng.randrange(1, DRIFT_PPM_MAX) if self.allowed(Fault.CLOCK_DRIFT) else 0
        )

    def allowed(self, fault: Fault) -> bool:
        """Whether a planned fault (a crash, a cut) may be carried out now; counted when it is."""
        if self.paused or fault not in self._enabled:
            return False
        self.fired[fault] += 1
        return True
