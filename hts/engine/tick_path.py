"""The life of a tick: packets of two lines in, quotes in order out. The hottest path; it journals nothing."""

from hts.engine.core import Batch, Core
from hts.engine.market import Market
from hts.engine.venue import Venue
from hts.engine.work_path import on_history, on_quotes, on_trade
from hts.engine.work_plan import on_plan_history
from hts.model.effects import Effect, Effects, PublishQuote, Reply, RequestHistory, SetTimer
from hts.model.queries import AnyQuery, RequestBars
from hts.model.quotes import (
    AnyQuote,
    BookUpdate,
    InstrumentDef,
    MdBroken,
    MdDown,
    MdFault,
    MdUp,
    Packet,
    RetransmitRefused,
    Snapshot,
    TradeUpdate,
)
from hts.model.views import BarsView, LinkState

MD_TIMER = "md."  # and the venue's name


def on_packet(core: Core, packet: Packet, trade_ns: int, mono_ns: int) -> Effects:
    """One packet of one line, in any order."""
    venue = core.venues[packet.venue]
    market = venue.market
    market.hear(mono_ns)
    effects: list[Effect] = []
    phase = market.phase
    link = market.link
    for ready in market.sequencer.push(packet, mono_ns):
        _take(core, market, venue.decode(ready.payload, ready.count), effects)
    if core.state.works.is_busy:
        effects.extend(on_quotes(core, venue.name, _symbols(effects), trade_ns, mono_ns))
    if market.sequencer.has_gap or link is not LinkState.UP or phase is not market.phase:
        _follow_up(Batch(core, trade_ns, mono_ns), venue, effects, shows=phase is not market.phase)
    return tuple(effects)


def on_snapshot(core: Core, snapshot: Snapshot, trade_ns: int, mono_ns: int) -> Effects:
    """The whole state; what has been delivered since is newer than it."""
    venue = core.venues[snapshot.venue]
    market = venue.market
    if market.sequencer.is_stale(snapshot.session, snapshot.next_seq):
        return ()
    market.hear(mono_ns)
    effects: list[Effect] = []
    _take(core, market, snapshot.quotes, effects)
    for ready in market.sequencer.resume(snapshot.session, snapshot.next_seq, mono_ns):
        _take(core, market, venue.decode(ready.payload, ready.count), effects)
    _follow_up(Batch(core, trade_ns, mono_ns), venue, effects, shows=True)
    return tuple(effects)


def _take(core: Core, market: Market, quotes: tuple[AnyQuote, ...], effects: list[Effect]) -> None:
    """Apply quotes in order; all of them go on to the terminals."""
    for quote in quotes:
        if isinstance(quote, BookUpdate):
            market.books.apply_book(quote)
            market.phases[quote.symbol] = quote.phase
            effects.append(PublishQuote(quote))
        elif isinstance(quote, TradeUpdate):
            market.books.apply_trade(quote)
            if core.state.works.is_busy:
                on_trade(core, market.venue, quote)
            effects.append(PublishQuote(quote))
        elif isinstance(quote, InstrumentDef):
            market.list_issue(quote.instrument)
            effects.append(PublishQuote(quote.instrument))
        else:
            market.change_phase(quote)
            effects.append(PublishQuote(quote))


def _symbols(effects: list[Effect]) -> set[str]:
    """The issues whose books or trades are among these effects."""
    quotes = (effect.quote for effect in effects if isinstance(effect, PublishQuote))
    return {quote.symbol for quote in quotes if isinstance(quote, BookUpdate | TradeUpdate)}


def _follow_up(batch: Batch, venue: Venue, effects: list[Effect], *, shows: bool) -> None:
    """Ask for what is missing, and show the status where it changed."""
    market = venue.market
    drain_requests(batch, venue)
    link = LinkState.UP if market.sequencer.is_live else LinkState.RECONCILING
    if link is not market.link:
        market.link = link
        market.link_detail = ""
        shows = True
    if shows:
        batch.show_status(venue)
    effects.extend(batch.effects())


def drain_requests(batch: Batch, venue: Venue) -> None:
    """All requests of the venue's sequencer that are due, and the time of the next."""
    sequencer = venue.market.sequencer
    while (request := sequencer.next_request(batch.mono_ns)) is not None:
        batch.add(request)
    due_ns = sequencer.next_timer_ns()
    if due_ns is not None:
        batch.add(SetTimer(MD_TIMER + venue.name, due_ns))


def on_md_timer(core: Core, venue: str, trade_ns: int, mono_ns: int) -> Effects:
    """A gap may be due to be asked for."""
    batch = Batch(core, trade_ns, mono_ns)
    drain_requests(batch, core.venues[venue])
    return batch.effects()


def on_retransmit_refused(core: Core, refused: RetransmitRefused, trade_ns: int, mono_ns: int) -> Effects:
    """The venue no longer has what we miss."""
    core.venues[refused.venue].market.sequencer.refuse(refused.session)
    return on_md_timer(core, refused.venue, trade_ns, mono_ns)


def on_md_up(core: Core, up: MdUp, trade_ns: int, mono_ns: int) -> Effects:
    """Packets arrive again."""
    venue = core.venues[up.venue]
    venue.market.hear(mono_ns)
    effects: list[Effect] = []
    _follow_up(Batch(core, trade_ns, mono_ns), venue, effects, shows=True)
    return tuple(effects)


def on_md_down(core: Core, down: MdDown, trade_ns: int, mono_ns: int) -> Effects:
    """No packet on any line: prices may be old, so orders are refused."""
    venue = core.venues[down.venue]
    venue.market.go_silent()
    venue.market.link = LinkState.DOWN
    venue.market.link_detail = down.reason
    batch = Batch(core, trade_ns, mono_ns)
    batch.show_status(venue)
    return batch.effects()


def on_md_broken(core: Core, broken: MdBroken, trade_ns: int, mono_ns: int) -> Effects:
    """The books cannot be trusted: orders are refused until a snapshot has replaced them."""
    venue = core.venues[broken.venue]
    venue.market.sequencer.distrust()
    effects: list[Effect] = []
    batch = Batch(core, trade_ns, mono_ns)
    batch.notice("market_data_fault", f"{broken.venue}: {broken.detail}")
    _follow_up(batch, venue, effects, shows=True)
    return tuple(effects)


def on_md_fault(core: Core, fault: MdFault, trade_ns: int, mono_ns: int) -> Effects:
    """Something on the feed could not be used."""
    batch = Batch(core, trade_ns, mono_ns)
    batch.notice("market_data_fault", f"{fault.venue}: {fault.detail} ({fault.count})")
    return batch.effects()


def on_query(core: Core, client: int, query: AnyQuery) -> Effects:
    """History is the venue's to tell; a subscription is the link's own business."""
    if not isinstance(query, RequestBars):
        return ()
    symbol, timeframe_s = query.symbol, query.timeframe_s
    if query.venue not in core.venues:
        return (Reply(client, BarsView(symbol=symbol, timeframe_s=timeframe_s, bars=(), venue=query.venue)),)
    core.bar_clients.setdefault((query.venue, symbol, timeframe_s), set()).add(client)
    return (RequestHistory(venue=query.venue, symbol=symbol, timeframe_s=timeframe_s, count=query.count),)


def on_bars(core: Core, bars: BarsView, trade_ns: int, mono_ns: int) -> Effects:
    """The venue's answer, for every client that asked and for algorithms that learn from it."""
    clients = core.bar_clients.pop((bars.venue, bars.symbol, bars.timeframe_s), set())
    return (
        *(Reply(client, bars) for client in sorted(clients)),
        *on_history(core, bars, trade_ns, mono_ns),
        *on_plan_history(core, bars, trade_ns),
    )
