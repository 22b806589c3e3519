"""An engine brought to READY, a venue that answers consistently, and effects taken apart."""

from msgspec.structs import replace

from hts.engine.config import AccountConfig, EngineConfig
from hts.engine.engine import Engine
from hts.model.effects import Append, Effects, Publish, Reply, Send, SyncThen
from hts.model.enums import DisconnectPolicy, Phase, Side
from hts.model.quotes import InstrumentDef, PhaseUpdate, Snapshot
from hts.model.reports import MassStatusEnd, SessionUp
from hts.model.requests import OrderMassStatusRequest
from hts.model.roles import Role
from hts.model.session import Means, session_of
from hts.risk.limits import RiskLimits
from tests.support.builders import ACCOUNT, DATE, MONO_NS, TRADE_NS, VENUE, a_book, a_trade, an_instrument, an_intent

CASH = 100_000_000
AT = (TRADE_NS, MONO_NS)
OTHER_SYMBOL = "000660"


def decode(_payload, _count):
    return ()


def fee(side, value, _issue, _date):
    """1.5 in 10,000, and 20 in 10,000 of a sale."""
    return value * 15 // 100_000, (value * 20 // 10_000 if side is Side.SELL else 0)


def a_config(policy=DisconnectPolicy.KEEP, cash=CASH, limits=None, **fields) -> EngineConfig:
    account = AccountConfig(account=ACCOUNT, cash=cash, disconnect_policy=policy)
    return EngineConfig(accounts=(account,), limits=limits or RiskLimits(duplicate_window_ms=0), build="test", **fields)


def an_engine(records=(), **fields) -> Engine:
    rules = fields.pop("rules", None)
    kind = fields.pop("kind", "cash")
    config = a_config(**fields)
    config = replace(config, accounts=tuple(replace(account, kind=kind) for account in config.accounts))
    engine = Engine(config, dict.fromkeys(config.venues, decode), fee, rules)
    engine.recover(records)
    return engine


def a_snapshot(phase=Phase.CONTINUOUS, **fields) -> Snapshot:
    quotes = (
        InstrumentDef(instrument=an_instrument()),
        InstrumentDef(instrument=an_instrument(OTHER_SYMBOL)),
        PhaseUpdate("", TRADE_NS, phase, 0),
        a_book(phase=phase),
        a_trade(71_000),
    )
    return Snapshot(**{"session": 1, "next_seq": 1, "trade_ns": TRADE_NS, "quotes": quotes, **fields})


def session_up(epoch=1, trading_date=DATE) -> SessionUp:
    return SessionUp(venue=VENUE, epoch=epoch, trading_date=trading_date, trade_ns=TRADE_NS, speed_milli=1000)


def mass_status_end(effects: Effects, venue_seq: int, count: int = 0) -> MassStatusEnd:
    (asked,) = [r.mass_status_req_id for r in requests(effects) if isinstance(r, OrderMassStatusRequest)]
    return MassStatusEnd(venue=VENUE, venue_seq=venue_seq, mass_status_req_id=asked, count=count, transact_ns=TRADE_NS)


def records(effects: Effects) -> list:
    return [e.record for e in effects if isinstance(e, Append)]


def requests(effects: Effects) -> list:
    return [e.request for e in effects if isinstance(e, Send)]


def views(effects: Effects) -> list:
    return [e.view for e in effects if isinstance(e, Publish)]


def replies(effects: Effects) -> list:
    return [e.view for e in effects if isinstance(e, Reply)]


def tokens(effects: Effects) -> list:
    return [e.token for e in effects if isinstance(e, SyncThen)]


class Desk:
    """A running engine with its journal in a list. Time stands still unless moved."""

    def __init__(self, journal=(), **fields):
        self.journal = list(journal)
        self.mono_ns = MONO_NS
        self.engine = an_engine(journal, **fields)
        self.sent = []

    def at(self):
        return TRADE_NS, self.mono_ns

    def take(self, effects: Effects) -> Effects:
        """Journal and send what a runner would; a request never precedes its record."""
        self.journal.extend(records(effects))
        self.sent.extend(requests(effects))
        return effects

    def start(self) -> Effects:
        effects = self.take(self.engine.start(*self.at(), 0))
        for token in tokens(effects):
            self.take(self.engine.on_synced(token, *self.at()))
        return effects

    def hear_list(self) -> Effects:
        """The feed tells the day's issues."""
        return self.take(self.engine.on_snapshot(a_snapshot(), *self.at()))

    def intent(self, intent, client=1) -> Effects:
        """What the core does, with what follows when the disk has synced a stop."""
        effects = self.take(self.engine.on_intent(client, intent, *self.at()))
        promised = [token for token in tokens(effects) if token in self.engine.core.promises]
        synced = [self.take(self.engine.on_synced(token, *self.at())) for token in promised]
        return (*effects, *[effect for some in synced for effect in some])

    def report(self, report) -> Effects:
        return self.take(self.engine.on_report(report, *self.at()))

    def log_on(self, venue_seq=None, reports=(), epoch=1) -> Effects:
        """Session up, the given reports, and the end of the mass status: READY."""
        asked = self.report(session_up(epoch))
        for report in reports:
            self.report(report)
        seq = venue_seq or self.engine.core.state.day(VENUE).next_in_seq
        return self.report(mass_status_end(asked, seq, len(reports)))

    def log_in(self, client=1, user="kim", role=Role.TRADER, **fields) -> Effects:
        """The client has proved who it is."""
        session = replace(session_of(user, role, Means.KEY), **fields)
        return self.take(self.engine.on_login(client, session, *self.at()))

    def open_day(self, client=1, user="kim") -> None:
        """A trader logs in and touches the key for the first order of the day."""
        self.log_in(client, user)
        self.intent(an_intent(f"open{client}"), client)
        self.take(self.engine.on_touch(client, f"first-order:{DATE}", *self.at()))

    @property
    def next_seq(self):
        return self.engine.core.state.day(VENUE).next_in_seq


def a_ready_desk(**fields) -> Desk:
    desk = Desk(**fields)
    desk.start()
    desk.take(desk.engine.on_snapshot(a_snapshot(), *desk.at()))
    desk.log_on()
    assert desk.engine.is_ready
    desk.sent.clear()
    return desk


def again(value, **fields):
    """The same value with some fields changed."""
    return replace(value, **fields)
