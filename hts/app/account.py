"""`hts account`: the back office of a core that is off.

    show                       accounts, calls, events, what is planned
    set, unpaid, pay, convert  what kind of account it is; 미수 unlocked; money in and out; one currency for another
    fees                       which fee set it has from a trading day on
    rate                       an exchange rate
    event-enter, -confirm, -withdraw, subscribe     corporate actions, by two people

Who does it is the system's user unless `--user` says otherwise. A refusal is one line and exit status 1; then nothing
was written down.
"""

import argparse
import getpass
import json
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any, Final

import msgspec

from hts.account.corporate_checks import IssueFacts
from hts.account.profile import KINDS
from hts.app import account_fees
from hts.app.authorise import authorised
from hts.app.batch_documents import today_of
from hts.app.offline_core import OfflineCore, offline_core
from hts.app.paths import home_directory, home_paths
from hts.app.sealed_settings import asks_people
from hts.app.secret_actions import add_action, add_actions
from hts.base.errors import ConfigError
from hts.engine.limit_rates import TABLE
from hts.model import records_account as ra
from hts.model.corporate import MILLI, CorporateEvent, EventFinding, EventKind
from hts.model.roles import Permission
from hts.model.units import Notional, Px, Qty
from hts.rules.corporate import base_px
from hts.rules.dates import NS, krx_date
from hts.rules.fx import paid, received

OK, REFUSED = 0, 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `hts account`."""
    actions = add_actions(parser)

    def action(name: str, text: str) -> argparse.ArgumentParser:
        added = add_action(actions, name, text)
        added.add_argument("--user", default=getpass.getuser(), help="who does it; default: the system's user")
        added.add_argument("--json", action="store_true", help="print one JSON object")
        return added

    action("show", "accounts, calls, events and what is planned")
    chosen = action("set", "what kind of account it is")
    chosen.add_argument("account")
    chosen.add_argument("--kind", choices=KINDS, required=True)
    chosen.add_argument("--base", default="KRW", metavar="CURRENCY")
    chosen.add_argument("--cost", choices=("average", "fifo"), default="average")
    unpaid = action("unpaid", "let purchases be paid in part until they settle, or no longer")
    unpaid.add_argument("account")
    unpaid.add_argument("state", choices=("on", "off"))
    account_fees.add_arguments(action)
    pay = action("pay", "money in, or out when negative")
    convert = action("convert", "buy money of another currency at the desk's rate")
    for one, text in ((pay, "what is paid in"), (convert, "what is bought")):
        one.add_argument("account")
        one.add_argument("amount", help=f"{text}, in the currency's own unit")
        one.add_argument("currency")
        one.add_argument("--ref", required=True, help="a name of its own; the same one is refused")
    convert.add_argument("--with", dest="other", required=True, metavar="CURRENCY", help="what pays for it")
    rate = action("rate", "an exchange rate: QUOTE for one BASE")
    rate.add_argument("base")
    rate.add_argument("quote")
    rate.add_argument("rate", help="like 1452.30")
    _add_events(action)


def _add_events(action: Callable[[str, str], argparse.ArgumentParser]) -> None:
    enter = action("event-enter", "enter a corporate action; another person confirms it")
    enter.add_argument("event", metavar="ID")
    enter.add_argument("kind", choices=[kind.value for kind in EventKind])
    enter.add_argument("symbol")
    enter.add_argument("--market", choices=("KR", "JP", "US"), default="KR")
    enter.add_argument("--currency", default="KRW")
    for name, text in (
        ("ex", "ex-date; default: by the market's custom"),
        ("record", "record date"),
        ("pay", "pay or listing day"),
    ):
        enter.add_argument(f"--{name}", default="", metavar="DAY", help=f"{text}, like 2026-12-29")
    enter.add_argument("--new", type=int, default=0, help="shares that come...")
    enter.add_argument("--old", type=int, default=1, help="...for so many")
    enter.add_argument("--cash", default="0", help="money per share, in the currency's own unit")
    enter.add_argument("--issue-px", type=int, default=0, help="price of new shares, in the unit of prices")
    enter.add_argument("--total", type=int, default=0, help="what the issuer pays in all: smallest units, or shares")
    enter.add_argument("--other", default="", metavar="SYMBOL", help="survivor, spun-off company or right")
    enter.add_argument("--cost-share", default="0", help="part of the cost that a spin-off takes, like 0.25")
    enter.add_argument("--listed-shares", type=int, default=0, help="where no list of the venue says it")
    enter.add_argument("--last-px", type=int, default=0, help="likewise")
    for name, text in (("event-confirm", "the second pair of eyes"), ("event-withdraw", "take an event back")):
        action(name, text).add_argument("event", metavar="ID")
    subscribe = action("subscribe", "pay for new shares with subscription rights")
    subscribe.add_argument("account")
    subscribe.add_argument("event", metavar="ID")
    subscribe.add_argument("qty", type=int)


def run(options: argparse.Namespace) -> int:
    """0, or 1 when the books say no."""
    if options.action != "show":
        # Entered by one and confirmed by another: a corporate action has its own four eyes.
        what = f"hts account {options.action}"
        paths = home_paths(home_directory(options.home))
        person = authorised(paths, Permission.KEEP_BOOKS, what, options.passphrase_fd, second=False)
        options.user = person if asks_people(paths) else options.user
    with offline_core(options.home) as core:
        said = ACTIONS[options.action](core, options)
    if isinstance(said, tuple):
        return _refuse(said, as_json=options.json)
    if options.json:
        print(json.dumps(said if isinstance(said, dict) else {"done": str(said)}))
    else:
        print(said if isinstance(said, str) else json.dumps(said, indent=1))
    return OK


def _refuse(found: tuple[EventFinding, ...], *, as_json: bool) -> int:
    if as_json:
        print(json.dumps({"refused": [msgspec.to_builtins(one) for one in found]}))
    else:
        for one in found:
            print(f"refused: {one.rule}: found {one.found}, at most {one.limit} {one.detail}".rstrip())
    return REFUSED


def _show(core: OfflineCore, _options: argparse.Namespace) -> dict[str, Any]:
    book = core.state.book
    parts = {
        "money": list(book.ledger.all_money()),
        "profiles": list(book.profiles.values()),
        "traded": list(book.turnover.rows()),
        "rates": list(book.rates.values()),
        "events": list(book.events),
        "claims": list(book.events.claims.values()),
        "calls": list(book.calls.values()),
        "forced": list(book.forced.values()),
        "night": book.progress,
    }
    found: dict[str, Any] = msgspec.to_builtins(parts)
    return found


def _set(core: OfflineCore, options: argparse.Namespace) -> str:
    account = _account(core, options)
    core.append(
        ra.AccountProfileSet(
            account=account,
            kind=options.kind,
            base_currency=options.base,
            cost_method=options.cost,
            user=options.user,
            **core.at,
        )
    )
    return f"{account} is a {options.kind} account"


def _unpaid(core: OfflineCore, options: argparse.Namespace) -> str:
    account = _account(core, options)
    core.append(ra.UnpaidAllowed(account=account, on=options.state == "on", user=options.user, **core.at))
    return f"{account}: unpaid purchases are {options.state}"


def _pay(core: OfflineCore, options: argparse.Namespace) -> str | tuple[EventFinding, ...]:
    account, amount = _account(core, options), _units(core, options.amount, options.currency)
    money = core.state.ledger.money(account, options.currency)
    free = min(money.settled, money.buying_power) if money else 0
    if amount < 0 and -amount > free:  # proceeds that have not settled cannot leave
        return (EventFinding(rule="settled_cash", found=-amount, limit=free, detail=options.currency),)
    if _is_used(core, options.ref):
        return (EventFinding(rule="known_ref", found=1, limit=0, detail=options.ref),)
    core.append(
        ra.CashPosted(
            account=account,
            currency=options.currency,
            kind="flow",
            amount=Notional(amount),
            ref=options.ref,
            **core.at,
        )
    )
    return f"{account}: {options.amount} {options.currency}"


def _convert(core: OfflineCore, options: argparse.Namespace) -> str | tuple[EventFinding, ...]:
    account, bought = _account(core, options), _units(core, options.amount, options.currency)
    book, rules = core.state.book, core.rules
    rate = book.rate(options.currency, options.other)
    if rate is None or bought <= 0:
        raise ConfigError(f"expected a rate of {options.currency} in {options.other} and an amount above 0")
    quoted = book.rates.get((options.currency, options.other)) or book.rates[options.other, options.currency]
    age_s, age_max_s = (core.trade_ns - quoted.trade_ns) // NS, rules.fx.terms(krx_date(core.trade_ns)).max_age_s
    if quoted.source != TABLE and age_s > age_max_s:
        return (EventFinding(rule="old_rate", found=age_s, limit=age_max_s, detail="seconds"),)
    date, second = krx_date(core.trade_ns), core.trade_ns // NS + 9 * 3600
    spread = rules.fx.terms(date).spread_at(second % 86_400)
    sold = paid(bought, rate, spread)
    money = core.state.ledger.money(account, options.other)
    power = money.buying_power if money else 0
    if sold > power:
        return (EventFinding(rule="buying_power", found=sold, limit=power, detail=options.other),)
    if _is_used(core, options.ref):
        return (EventFinding(rule="known_ref", found=1, limit=0, detail=options.ref),)
    core.append(
        ra.CurrencyConverted(
            account=account,
            ref=options.ref,
            sold_currency=options.other,
            sold=sold,
            bought_currency=options.currency,
            bought=Notional(bought),
            num=rate.numerator,
            den=rate.denominator,
            **core.at,
        )
    )
    back = received(bought, rate, spread)
    return f"{account}: {sold} of {options.other} for {bought} of {options.currency}; sold back at once: {back}"


def _rate(core: OfflineCore, options: argparse.Namespace) -> str:
    rate = core.rules.fx.in_units(options.base, options.quote, Fraction(_decimal(options.rate)))
    if rate <= 0:
        raise ConfigError(f"expected a rate above 0, found {options.rate}")
    core.append(
        ra.FxRateSet(
            base=options.base,
            quote=options.quote,
            num=rate.numerator,
            den=rate.denominator,
            source=options.user,
            **core.at,
        )
    )
    return f"1 {options.base} is {options.rate} {options.quote}"


def _event_enter(core: OfflineCore, options: argparse.Namespace) -> str | tuple[EventFinding, ...]:
    record_date = _day(options.record, "--record")
    event = CorporateEvent(
        event_id=options.event,
        kind=EventKind(options.kind),
        symbol=options.symbol,
        market=options.market,
        currency=options.currency,
        ex_date=_day(options.ex, "--ex") if options.ex else _ex_date(core, options.market, record_date),
        record_date=record_date,
        pay_date=_day(options.pay, "--pay") if options.pay else 0,
        new=options.new,
        old=options.old,
        issue_px=Px(options.issue_px),
        cash_milli=_whole(_decimal(options.cash) * 10 ** core.rules.fx.decimals(options.currency) * MILLI, "--cash"),
        announced_total=options.total,
        other_symbol=options.other,
        cost_ppm=_whole(_decimal(options.cost_share) * 1_000_000, "--cost-share"),
    )
    events = core.state.book.events
    limits = core.rules.corporate.limits(event.ex_date)
    found = events.why_not_enter(event, options.user, _facts(core, options), limits)
    if found:
        return found
    core.append(ra.EventEntered(event=event, user=options.user, **core.at))
    return f"{event.event_id} was entered by {options.user}; another person confirms it{_base_text(core, event)}"


def _ex_date(core: OfflineCore, market: str, record_date: int) -> int:
    """The day from which a buyer would settle too late to be in the register."""
    days = core.rules.corporate.days_before_record(market, record_date)
    return core.rules.settlement.earlier(market, record_date, days)


def _base_text(core: OfflineCore, event: CorporateEvent) -> str:
    """The base price that the ex-date would begin with, where the issue and its close are known."""
    issue, close = core.state.issue(event.symbol), core.state.book.closes.get(event.symbol, 0)
    if issue is None or not close or event.kind is EventKind.CASH_DIVIDEND:
        return ""
    px = base_px(event.kind.value, close, issue.ticks, new=event.new, old=event.old, issue_px=event.issue_px)
    return f"; base price {px} after a close of {close}"


def _event_confirm(core: OfflineCore, options: argparse.Namespace) -> str | tuple[EventFinding, ...]:
    found = core.state.book.events.why_not_confirm(options.event, options.user)
    if found:
        return found
    core.append(ra.EventConfirmed(event_id=options.event, user=options.user, **core.at))
    return f"{options.event} was confirmed by {options.user}"


def _event_withdraw(core: OfflineCore, options: argparse.Namespace) -> str:
    state = core.state.book.events.get(options.event)
    if state is None or state.applied or state.withdrawn:
        raise ConfigError(f"{options.event}: expected an event that has not taken effect, found none")
    core.append(ra.EventWithdrawn(event_id=options.event, user=options.user, reason="by hand", **core.at))
    return f"{options.event} was withdrawn"


def _subscribe(core: OfflineCore, options: argparse.Namespace) -> str | tuple[EventFinding, ...]:
    account, book = _account(core, options), core.state.book
    state = book.events.get(options.event)
    if state is None or state.event.kind is not EventKind.RIGHTS or not state.is_done:
        raise ConfigError(f"{options.event}: expected a rights issue whose ex-date has come, found none")
    rights = book.ledger.row(account, state.event.other_symbol, "", 0)
    held = rights.qty if rights else 0
    money = book.ledger.money(account, state.event.currency)
    amount, power = options.qty * state.event.issue_px, money.buying_power if money else 0
    if not 0 < options.qty <= held:
        return (EventFinding(rule="rights", found=options.qty, limit=held),)
    if amount > power:
        return (EventFinding(rule="buying_power", found=amount, limit=power),)
    core.append(
        ra.RightsSubscribed(
            event_id=options.event,
            account=account,
            credit="",
            loan_date=0,
            qty=Qty(options.qty),
            amount=Notional(amount),
            **core.at,
        )
    )
    return f"{account}: {options.qty} new shares for {amount}"


ACTIONS: Final[dict[str, Callable[[OfflineCore, argparse.Namespace], Any]]] = {
    "show": _show,
    "set": _set,
    "unpaid": _unpaid,
    "fees": lambda core, options: account_fees.choose(core, _account(core, options), options),
    "pay": _pay,
    "convert": _convert,
    "rate": _rate,
    "event-enter": _event_enter,
    "event-confirm": _event_confirm,
    "event-withdraw": _event_withdraw,
    "subscribe": _subscribe,
}


def _facts(core: OfflineCore, options: argparse.Namespace) -> IssueFacts:
    issue = core.state.issue(options.symbol)
    rows = [row for row in core.state.ledger.all_rows() if row.symbol == options.symbol]
    return IssueFacts(
        listed_shares=Qty(options.listed_shares or (issue.listed_shares if issue else 0)),
        last_px=Px(options.last_px or core.state.book.closes.get(options.symbol) or (issue.base_px if issue else 0)),
        held_qty=Qty(sum(row.qty for row in rows if row.qty > 0)),
    )


def _is_used(core: OfflineCore, ref: str) -> bool:
    return ref in core.state.book.refs


def _account(core: OfflineCore, options: argparse.Namespace) -> str:
    if not core.state.ledger.has_account(options.account):
        raise ConfigError(f"expected an account of this core, found {options.account!r}")
    return str(options.account)


def _units(core: OfflineCore, text: str, currency: str) -> int:
    try:
        decimals = core.rules.fx.decimals(currency)
    except KeyError as error:
        raise ConfigError(f"expected a currency of fx.toml, found {currency!r}") from error
    return _whole(_decimal(text) * 10**decimals, f"an amount of {currency}")


def _decimal(text: str) -> Decimal:
    try:
        found = Decimal(text)
    except InvalidOperation as error:
        raise ConfigError(f"expected a number, found {text!r}") from error
    if not found.is_finite():
        raise ConfigError(f"expected a number, found {text!r}")
    return found


def _whole(number: Decimal, what: str) -> int:
    if number != int(number):
        raise ConfigError(f"{what}: expected no more decimals than the currency has, found {number.normalize()}")
    return int(number)


def _day(text: str, name: str) -> int:
    try:
        return today_of(text)
    except ValueError as error:
        raise ConfigError(f"{name}: expected a day like 2026-12-29, found {text!r}") from error
