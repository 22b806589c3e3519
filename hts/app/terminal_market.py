"""What a terminal reads of the markets before its window is made: order types, costs, closed days, interruptions."""

from collections.abc import Callable, Sequence
from fractions import Fraction

from hts.app.tables import MARKET, RISK, Table, load
from hts.desk.order_terms import Deposits, Features, Term, Terms, generic_terms
from hts.desk.regular_hours import WHOLE, Hours, regular_of
from hts.model.enums import Phase, Side
from hts.model.instruments import CURRENCY_DECIMALS, Instrument
from hts.model.views import AccountView
from hts.risk.eligibility import Eligibility
from hts.rules.calendar import Calendar
from hts.rules.fee_sets import FeePlan
from hts.rules.fees import CostRates, cost_rates
from hts.rules.kr_rules import static_vi
from hts.rules.margin import MarginRules
from hts.rules.sessions import DaySchedule, day_schedule
from hts.rules.venue_days import japanese_day, us_day


def terms_by_phase() -> Terms:
    """Order types that a venue takes in a phase, from the table that the core judges by."""
    table = Eligibility.parse(load(RISK, "eligibility"))

    def terms(venue: str, phase: Phase) -> Sequence[Term]:
        if venue not in table.venues:
            return generic_terms(venue, phase)
        row = table.row(venue, phase)
        return tuple(sorted(row.pairs, key=lambda term: (term[0].value, term[1].value))) if row is not None else ()

    return terms


def features_by_phase() -> Features:
    """What an order may say beside its type at a venue in a phase, from the same table."""
    table = Eligibility.parse(load(RISK, "eligibility"))

    def features(venue: str, phase: Phase) -> frozenset[str]:
        row = table.row(venue, phase)
        return row.features if row is not None else frozenset()

    return features


def rates_by_day() -> Callable[[Instrument, FeePlan], CostRates]:
    """What an account with a plan pays for an issue at its venue on its trading day, from the core's own tables."""
    table, foreign = (load(MARKET, name) for name in ("fees", "foreign_fees"))
    kept: dict[tuple[str, str, int, FeePlan], CostRates] = {}

    def rates(issue: Instrument, plan: FeePlan) -> CostRates:
        key = (issue.venue, issue.symbol, issue.trading_date, plan)
        if key not in kept:
            kept[key] = cost_rates(
                table,
                market=issue.market,
                is_etf=issue.is_etf,
                trading_date=issue.trading_date,
                foreign=foreign,
                venue=issue.venue,
                plan=plan,
            )
        return kept[key]

    return rates


def deposits_by_day() -> Deposits:
    """The part of an opening order's value that it ties up on the issue's trading day, by the core's own table."""
    table = MarginRules.parse(load(MARKET, "margin"))

    def deposits(issue: Instrument, account: AccountView, side: Side, *, is_credit: bool) -> int:
        return table.needed_ppm(
            account.kind,
            issue.symbol,
            issue.trading_date,
            leaves_unpaid=account.leaves_unpaid,
            is_credit=is_credit,
            is_short=side is Side.SELL,
        )

    return deposits


CALENDARS = {"KRW": "calendar", "JPY": "jp_calendar", "USD": "us_calendar"}


def closed_days() -> Callable[[str, int], bool]:
    """Whether the markets of a currency are closed on a day (YYYYMMDD); a calendar is read when it is asked for."""
    kept: dict[str, Calendar] = {}

    def is_closed(currency: str, date: int) -> bool:
        name = CALENDARS.get(currency)
        if name is None:
            return False
        if name not in kept:
            kept[name] = Calendar.parse(load(MARKET, name))
        return not kept[name].is_trading_day(date)

    return is_closed


def fixed_rates() -> dict[str, float]:
    """Won for one unit of a currency, by the table of the limits: to compare, never to pay."""
    table = load(RISK, "rates")["rates"]
    return {name: won / least * 10 ** CURRENCY_DECIMALS[name] for name, (won, least) in table.items()}


KOREAN = ("KRX", "NXT")
JAPANESE = ("TSE", "JNX", "ODX", "OSE")


def hours_by_day() -> Hours:
    """When a venue's regular session is on a day; tables are read when they are asked for.

    Of a day before the venue's first rules, and of a venue that has none here, it is not known.
    """
    tables: dict[str, Table] = {}
    kept: dict[tuple[str, int], tuple[int, int]] = {}

    def table(name: str) -> Table:
        if name not in tables:
            tables[name] = load(MARKET, name)
        return tables[name]

    def schedule(venue: str, date: int) -> DaySchedule:
        if venue in KOREAN:
            return day_schedule(table("sessions"), date, venue)
        if venue in JAPANESE:
            return japanese_day(table("jp_sessions"), Calendar.parse(table("jp_calendar")), venue, date)
        return us_day(table("us_equities"), Calendar.parse(table("us_calendar")), venue, date)

    def hours(venue: str, date: int) -> tuple[int, int]:
        key = (venue, date)
        if key not in kept:
            try:
                kept[key] = regular_of(schedule(venue, date))
            except LookupError:
                kept[key] = WHOLE
        return kept[key]

    return hours


def static_vi_by_day() -> Callable[[Instrument], Fraction | None]:
    """How far from the last call's price a trade of the issue is interrupted on its trading day, None where never."""
    table = load(MARKET, "kr_rules")
    return lambda issue: static_vi(table, issue.venue, issue.trading_date)
