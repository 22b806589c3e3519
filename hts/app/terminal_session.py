"""Between the link and desk: every message of the core goes to the state that it changes, once per frame.

What the terminal asked for while the core was away is asked again when it is back.
"""

from collections.abc import Callable
from typing import Protocol

from hts.app.key_worker import KeyWorker, platform_of
from hts.app.terminal_link import LinkDown, LinkMessage, LinkUp
from hts.app.terminal_login import TerminalLogin
from hts.desk.actions import Actions, Refusal
from hts.desk.algo_form import AlgoForm
from hts.desk.answers import Answers, Decode, no_decoder
from hts.desk.commands import Commands
from hts.desk.frame import Frame
from hts.desk.market import MarketState
from hts.desk.order_entry import OrderForm
from hts.desk.order_terms import Deposits, Features, Terms, all_of_it, generic_terms, no_features
from hts.desk.order_xray_stamps import request_behind
from hts.desk.orders import OrdersState
from hts.desk.price_alerts import PriceAlerts
from hts.desk.screener_universe import Universe
from hts.desk.selection import Selection
from hts.desk.settings import Settings
from hts.desk.toasts import Toasts
from hts.desk.venue_bars import BarsKey
from hts.desk.venue_clock import VenueClock
from hts.io.priority import Haste
from hts.model.instruments import Instrument
from hts.model.intents import AnyIntent
from hts.model.past_fills import FillsPage
from hts.model.queries import AnyQuery, RequestBars, RequestLatency, Subscribe
from hts.model.quotes import BookUpdate, InstrumentDef, PhaseUpdate, TradeUpdate
from hts.model.risk_views import RiskView
from hts.model.session import ProposalView, TouchView
from hts.model.trace import LatencyView, TraceView
from hts.model.units import ClOrdID
from hts.model.views import BarsView, OrderView, StatusView
from hts.rules.fee_sets import FeePlan
from hts.rules.fees import CostRates
from hts.wire.link.login import Answer, LoggedOut, LoginAnswer, LoginAsked, LoginRequest
from hts.wire.link.messages import Refused, SnapshotBegin, SnapshotEnd, Welcome

QUOTES = (BookUpdate, TradeUpdate, PhaseUpdate)
SECOND = 2  # the second issue of the list: what the second link group begins with


class Link(Protocol):
    """What a session needs of hts.app.terminal_link.TerminalLink."""

    sent_ns: int
    has_more: bool

    @property
    def is_up(self) -> bool: ...

    def send(self, wish: AnyIntent | AnyQuery) -> bool: ...

    def read(self) -> list[LinkMessage]: ...

    def send_login(self, request: LoginRequest) -> bool: ...


class TerminalSession:
    """Desk state of one terminal. `down_reason`: why the core does not take us, empty while it only is away."""

    def __init__(
        self,
        link: Link,
        account: str,
        rates: Callable[[Instrument, FeePlan], CostRates],
        *,
        mono_ns: Callable[[], int],
        run_id: str,
        settings: Settings | None = None,
        decode: Decode = no_decoder,
        terms: Terms = generic_terms,
        deposits: Deposits = all_of_it,
        features: Features = no_features,
        login: TerminalLogin | None = None,
    ) -> None:
        self._link = link
        self.login = login or TerminalLogin(link, lambda origin: KeyWorker(platform_of(origin)), mono_ns)
        self._mono_ns = mono_ns
        self.market = MarketState()
        self.orders = OrdersState(account)
        self.settings = settings if settings is not None else Settings()
        presets = self.settings.numbers("entry.presets")
        self.selection = Selection(qty=presets[0], presets=presets)
        self.universe = Universe()
        self.price_alerts = PriceAlerts()
        self.clock = VenueClock()
        self.answers = Answers(decode)
        self.actions = Actions(
            self._send,
            self.market,
            self.orders,
            self.selection,
            mono_ns=mono_ns,
            run_id=run_id,
            settings=self.settings,
            haste=Haste(),
        )
        self.actions.link(is_up=link.is_up)
        self.form = OrderForm(
            self.market,
            self.orders,
            self.selection,
            self.actions,
            rates,
            terms=terms,
            deposits=deposits,
            features=features,
        )
        self.algo = AlgoForm(self.market, self.orders, self.selection, self.actions, self.form)
        self.commands = self.new_commands()
        self.toasts = Toasts(self.settings)
        self.has_snapshot = False  # the core has told everything that was before
        self._is_fresh = False  # no issue had been chosen before
        self.down_reason = ""
        self._asked: dict[BarsKey, RequestBars] = {}
        self._longer: dict[BarsKey, RequestBars] = {}  # behind a shorter question that is out
        self._sized = ""  # the issue that the quantity was last fitted to

    def new_commands(self) -> Commands:
        """The commands of a window that is about to be made; it adds its own."""
        self.commands = Commands(self.actions, self.form, self.market, self.selection)
        self.commands.register_numbered("order", self._look_at)
        self.commands.register("algo.open", self._open_algo)
        return self.commands

    def _open_algo(self) -> Refusal | None:
        """The form for algorithms, with what the order form says."""
        self.algo.take_order()
        panel = "algo_form"
        return self.commands.run(f"panel.{panel}")

    def _look_at(self, order_id: int) -> Refusal | None:
        """The x-ray of an order or a piece of work."""
        self.answers.look_at(ClOrdID(order_id))
        panel = "order_xray"
        return self.commands.run(f"panel.{panel}")

    @property
    def link_is_up(self) -> bool:
        """Whether an intent can leave now."""
        return self._link.is_up

    def _send(self, intent: AnyIntent) -> bool:
        """To the core at once; when it was with the socket is noted behind it."""
        if not self.login.send(intent):
            return False
        self.answers.stamps.sent(intent.request_id, intent.key_ns, self._link.sent_ns)
        return True

    def query(self, query: AnyQuery) -> None:
        """Ask the core; history is asked for again after a reconnect, until it came."""
        if isinstance(query, RequestBars):
            self._ask_bars(query)
        else:
            self._link.send(query)

    def _ask_bars(self, query: RequestBars) -> None:
        """The core's next answer to an issue's history is for all who asked: of several questions the longest goes.

        A longer one than that which is out waits for its answer, unless it is asked a second time.
        """
        key = (query.venue, query.symbol, query.timeframe_s)
        out, waiting = self._asked.get(key), self._longer.get(key)
        if out is not None and query.count > out.count and query != waiting:
            self._longer[key] = query if waiting is None or query.count > waiting.count else waiting
            return
        if out is not None and out.count > query.count:
            query = out
        if query == waiting:
            del self._longer[key]
        self._asked[key] = query
        self._link.send(query)

    def _on_bars(self, view: BarsView) -> None:
        key = (view.venue, view.symbol, view.timeframe_s)
        self._asked.pop(key, None)
        self.market.on_bars(view)
        longer = self._longer.pop(key, None)
        if longer is not None:
            self._ask_bars(longer)

    def bring(self) -> Frame:
        """Take everything that has arrived; what changed is the frame."""
        while self.read():
            continue
        return self.frame()

    def read(self) -> bool:
        """Take the next part of what has arrived; whether more waits."""
        now_ns = self._mono_ns()
        for message in self._link.read():
            self._take(message, now_ns)
        return self._link.has_more

    def frame(self) -> Frame:
        """What changed since the last one."""
        now_ns = self._mono_ns()
        self.login.tick(now_ns)
        if self.login.state.is_covered and self.actions.is_armed:
            self.actions.arm(on=False)
        self.clock.told(self.market.trade_ns, now_ns)
        self._fit_qty()
        if self.answers.stamps.asks_core():
            self._link.send(RequestLatency())
        changes = self.market.drain()
        self.universe.on_changes(self.market, changes)
        return Frame(
            now_ns=now_ns,
            market=changes,
            orders=self.orders.drain(),
            selection=self.selection.drain(),
            armed=self.actions.drain_armed(),
            answers=self.answers.drain(),
        )

    def _fit_qty(self) -> None:
        """Turning to another issue begins with a quantity that it can have."""
        symbol = self.selection.symbol()
        issue = self.market.instruments.get(symbol)
        if issue is not None and symbol != self._sized:
            self._sized = symbol
            qty = self.selection.quick.fitted(issue, self.selection.qty)
            if qty != self.selection.qty:
                self.selection.set_qty(qty)

    def _take(self, message: LinkMessage, now_ns: int) -> None:
        if isinstance(message, QUOTES):
            self.market.on_quote(message)
        elif isinstance(message, Instrument):
            self._on_instrument(message)
        elif isinstance(message, BarsView):
            self._on_bars(message)
        elif isinstance(message, TraceView | LatencyView | RiskView | FillsPage):
            self.answers.take(message)
        elif isinstance(message, StatusView):
            self.clock.told(message.trade_ns, now_ns, message.speed_milli)
            self.orders.on_view(message)
        elif isinstance(message, LinkUp):
            self.orders.other_build = message.other_build
            self._on_up()
        elif isinstance(message, LinkDown):
            self.login.link_went()
            self.down_reason = message.reason
            self.actions.link(is_up=False)
        elif isinstance(message, SnapshotBegin):
            self.has_snapshot = False
            self.orders.clear()
        elif isinstance(message, SnapshotEnd):
            self.has_snapshot = self.orders.is_whole = True
            self.selection.settle(self.market.instruments)
        elif isinstance(message, TouchView | ProposalView):
            self.login.see(message)
        elif isinstance(message, Answer):
            self._on_login(message)
        elif not isinstance(message, Welcome | Refused):
            self.orders.on_view(message)
            if isinstance(message, OrderView):
                work = self.orders.works.get(message.parent_id) if message.parent_id else None
                self.answers.stamps.heard(message, request_behind(message, work), now_ns)

    def _on_login(self, answer: LoginAnswer) -> None:
        """Who leaves takes everything along that was shown to him."""
        if isinstance(answer, LoggedOut | LoginAsked):
            self.orders.clear()
        self.login.take(answer)

    def _on_instrument(self, instrument: Instrument) -> None:
        self.market.on_quote(InstrumentDef(instrument=instrument))
        first = next(iter(self.market.instruments))
        if not self.selection.symbol(1):
            self.selection.choose_everywhere(first)
            self._is_fresh = True
        elif self._is_fresh and len(self.market.instruments) == SECOND and self.selection.symbol(2) == first:
            self.selection.choose(instrument.symbol, 2)
        self.selection.listed(instrument.symbol)

    def _on_up(self) -> None:
        self.down_reason = ""
        self.actions.link(is_up=True)
        self._link.send(Subscribe(symbols=()))
        self._asked |= self._longer
        self._longer.clear()
        for query in self._asked.values():
            self._link.send(query)
        self.answers.past.on_up()
        self.universe.minutes.forget_all()
