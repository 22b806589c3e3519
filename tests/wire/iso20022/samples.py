"""One full and one least value of each message."""

import datetime as dt
import tomllib
from decimal import Decimal
from pathlib import Path

from hts.wire.iso20022 import messages as m
from hts.wire.iso20022.amount import Amount
from hts.wire.iso20022.layout import Iso20022Layout

ROOT = Path(__file__).resolve().parents[3]
TABLE = tomllib.loads((ROOT / "resources/protocols/iso20022.toml").read_text(encoding="utf-8"), parse_float=Decimal)
LAYOUT = Iso20022Layout.parse(TABLE)

SAMSUNG = "KR7005930003"
TRADE, SETTLE = dt.date(2026, 11, 20), dt.date(2026, 11, 24)


def krw(text):
    return Amount(currency="KRW", value=Decimal(text))


def signed(text, direction):
    return m.SignedAmount(amount=krw(text), direction=direction)


def value(text, *, positive=True):
    return m.Valuation(amount=krw(text), is_positive=positive)


PRICE = m.DealPrice(form="PARV", price=krw("71600.0000000000001"))
BUYER = m.SettlementParties(
    depository="KSDCKRSE",
    party1=m.Party(bic="HTSBKRSEXXX", safekeeping_account="8801-2745-01", processing_id="P1"),
    party2=m.Party(bic="MEMBKRSE"),
)
SELLER = m.SettlementParties(party1=m.Party(bic="OTHRKRSE"))

FULL = [
    m.SettlementInstruction(
        tx_id="T-1 <&> 매수",
        movement="RECE",
        payment="APMT",
        common_id="C1",
        corporate_action_event_id="E1",
        trade_ids=("1", "2"),
        trade_date=TRADE,
        settlement_date=SETTLE,
        deal_price=PRICE,
        isin=SAMSUNG,
        description="삼성전자",
        quantity=Decimal(100),
        account_owner="HTSBKRSE",
        safekeeping_account="8801-2745-01",
        transaction_type="TRAD",
        partial_settlement="NPAR",
        delivering=SELLER,
        receiving=BUYER,
        settlement_amount=signed("7160000.00", "DBIT"),
    ),
    m.SettlementStatus(
        tx_id="T-1",
        servicer_tx_id="S-1",
        market_tx_id="M-1",
        accepted=True,
        matched=True,
        pending_reasons=(m.Reason(code="AWMO", text="no cash yet"), m.Reason(code="LATE")),
    ),
    m.SettlementConfirmation(
        tx_id="T-1",
        servicer_tx_id="S-1",
        market_tx_id="M-1",
        movement="RECE",
        payment="APMT",
        common_id="C1",
        partial_settlement="PAIN",
        trade_ids=("1",),
        trade_date=TRADE,
        settlement_date=SETTLE,
        effective_date=SETTLE,
        deal_price=m.DealPrice(is_yield=True, price=krw("3.125")),
        isin=SAMSUNG,
        description="삼성전자",
        settled_quantity=Decimal(60),
        previously_settled_quantity=Decimal(0),
        remaining_quantity=Decimal(40),
        account_owner="HTSBKRSE",
        safekeeping_account="8801-2745-01",
        transaction_type="TRAD",
        delivering=SELLER,
        receiving=BUYER,
        settled_amount=signed("4296000", "DBIT"),
    ),
    m.HoldingsStatement(
        page="1",
        is_last_page=True,
        statement_id="H1",
        statement_date=SETTLE,
        frequency="DAIL",
        update_type="COMP",
        basis="SETT",
        has_activity=True,
        has_sub_accounts=False,
        account_owner="HTSBKRSE",
        safekeeping_account="8801-2745-01",
        holdings=(
            m.Holding(
                isin=SAMSUNG,
                description="삼성전자",
                side="LONG",
                quantity=Decimal(160),
                available_quantity=Decimal("100.5"),
                prices=(m.HoldingPrice(type="MRKT", price=krw("71500"), form="PARV", quoted=SETTLE),),
                value=value("11440000"),
                book_value=value("11300000.12345"),
            ),
            m.Holding(isin="KR7000660001", side="SHOR", quantity=Decimal(1)),
        ),
        total_value=value("11440000"),
    ),
    m.TransactionsStatement(
        page="00001",
        is_last_page=False,
        statement_id="X1",
        from_date=TRADE,
        to_date=SETTLE,
        basis="TRAD",
        has_activity=True,
        has_sub_accounts=True,
        account_owner="HTSBKRSE",
        safekeeping_account="8801-2745-01",
        instruments=(
            m.InstrumentPostings(
                isin=SAMSUNG,
                description="삼성전자",
                opening=m.OpeningBalance(side="LONG", quantity=Decimal(60)),
                closing=m.ClosingBalance(side="LONG", quantity=Decimal(160)),
                postings=(
                    m.Posting(
                        tx_id="T-1",
                        servicer_tx_id="S-1",
                        trade_id="1",
                        corporate_action_event_id="E1",
                        activity="SETT",
                        movement="RECE",
                        payment="APMT",
                        quantity=Decimal(100),
                        amount=m.PostedAmount(amount=krw("7160000"), direction="DBIT"),
                        trade_date=TRADE,
                        effective_date=SETTLE,
                        settlement_date=SETTLE,
                    ),
                ),
            ),
        ),
    ),
    m.CorporateActionNotice(
        notification_id="N1",
        notification_type="NEWM",
        completeness="COMP",
        confirmation="CONF",
        previous_notification_id="N0",
        event_id="E1",
        official_event_id="KR-E1",
        event_type="DVOP",
        participation="CHOS",
        isin=SAMSUNG,
        description="삼성전자",
        accounts=(
            m.EligibleAccount(
                safekeeping_account="8801-2745-01",
                account_owner="HTSBKRSE",
                balance=m.SignedQuantity(side="LONG", quantity=Decimal(160)),
            ),
        ),
        announcement_date=TRADE,
        record_date=SETTLE,
        ex_date=TRADE,
        options=(
            m.EventOption(
                number="001",
                type="CASH",
                currency="KRW",
                is_default=True,
                response_deadline=dt.datetime(2026, 11, 30, 15, 0, 0, 500000, dt.timezone(dt.timedelta(hours=9))),
                cash=(
                    m.CashExpected(
                        direction="CRDT",
                        gross_amount=krw("57760"),
                        net_amount=krw("48865"),
                        withholding_tax=krw("8895"),
                        payment_date=SETTLE,
                        gross_rates=(m.DividendRate(amount=krw("361")),),
                    ),
                ),
            ),
            m.EventOption(
                number="002",
                type="SECU",
                is_default=False,
                securities=(
                    m.SecuritiesExpected(
                        isin="KR7005931001",
                        direction="CRDT",
                        quantity=Decimal(8),
                        payment_date=SETTLE,
                        ratio=m.Ratio(new=Decimal(1), old=Decimal(20)),
                    ),
                ),
            ),
        ),
    ),
    m.CorporateActionConfirmation(
        confirmation_id="F1",
        notification_id="N1",
        event_id="E1",
        official_event_id="KR-E1",
        event_type="DVCA",
        isin=SAMSUNG,
        description="삼성전자",
        safekeeping_account="8801-2745-01",
        account_owner="HTSBKRSE",
        balance_side="LONG",
        balance=Decimal(160),
        option_number="001",
        option_type="CASH",
        securities=(
            m.SecuritiesPosted(
                isin=SAMSUNG, direction="CRDT", quantity=Decimal(8), posting_date=SETTLE, payment_date=SETTLE
            ),
        ),
        cash=(
            m.CashPosted(
                direction="CRDT",
                amount=krw("48865"),
                gross_amount=krw("57760"),
                net_amount=krw("48865"),
                withholding_tax=krw("8895"),
                posting_date=SETTLE,
                value_date=SETTLE,
                payment_date=SETTLE,
            ),
        ),
    ),
    m.CashStatements(
        message_id="B1",
        created=dt.datetime(2026, 11, 24, 9, 0, tzinfo=dt.UTC),
        statements=(
            m.CashStatement(
                statement_id="B1-1",
                sequence=Decimal(7),
                created=dt.datetime(2026, 11, 24, 18, 0),
                period=m.Period(
                    from_time=dt.datetime(2026, 11, 23, tzinfo=dt.UTC), to_time=dt.datetime(2026, 11, 24, tzinfo=dt.UTC)
                ),
                account="8801-2745-01",
                currency="KRW",
                owner="홍길동",
                balances=(
                    m.CashBalance(type="OPBD", amount=krw("100000000"), direction="CRDT", date=TRADE),
                    m.CashBalance(type="CLBD", amount=krw("92840000"), direction="CRDT", date=SETTLE),
                ),
                entries=(
                    m.CashEntry(
                        reference="1",
                        amount=krw("7160000"),
                        direction="DBIT",
                        is_reversal=False,
                        status="BOOK",
                        booking_date=SETTLE,
                        value_date=SETTLE,
                        servicer_reference="S-1",
                        transaction_code="TRAD",
                        transaction_code_issuer="HTS",
                        text="매수 삼성전자 100",
                    ),
                ),
            ),
        ),
    ),
]

LEAST = [
    m.SettlementInstruction(
        tx_id="T",
        movement="DELI",
        payment="FREE",
        settlement_date=SETTLE,
        isin=SAMSUNG,
        quantity=Decimal(1),
        safekeeping_account="A",
        transaction_type="TRAD",
    ),
    m.SettlementStatus(tx_id="T"),
    m.SettlementConfirmation(
        tx_id="T",
        movement="DELI",
        payment="FREE",
        effective_date=SETTLE,
        isin=SAMSUNG,
        settled_quantity=Decimal(1),
        safekeeping_account="A",
        transaction_type="TRAD",
    ),
    m.HoldingsStatement(
        page="1",
        is_last_page=True,
        statement_date=SETTLE,
        frequency="ADHO",
        update_type="COMP",
        basis="TRAD",
        has_activity=False,
        has_sub_accounts=False,
        safekeeping_account="A",
    ),
    m.TransactionsStatement(
        page="1",
        is_last_page=True,
        from_date=TRADE,
        to_date=SETTLE,
        basis="SETT",
        has_activity=False,
        has_sub_accounts=False,
        safekeeping_account="A",
    ),
    m.CorporateActionNotice(
        notification_type="RMDR",
        completeness="INCO",
        confirmation="UCON",
        event_id="E",
        event_type="SPLF",
        participation="MAND",
        isin=SAMSUNG,
        for_all_accounts=True,
    ),
    m.CorporateActionConfirmation(
        event_id="E",
        event_type="SPLF",
        isin=SAMSUNG,
        safekeeping_account="A",
        balance_side="SHOR",
        balance=Decimal(1),
        option_number="001",
        option_type="SECU",
    ),
    m.CashStatements(
        message_id="B",
        created=dt.datetime(2026, 11, 24),
        statements=(
            m.CashStatement(
                statement_id="S",
                iban="GB33BUKB20201555555555",
                balances=(m.CashBalance(type="CLBD", amount=krw("0"), direction="CRDT", date=SETTLE),),
            ),
        ),
    ),
]
STATUSES = [
    m.SettlementStatus(tx_id="T", rejected=True, unmatched=True, failing=True),
    m.SettlementStatus(
        tx_id="T",
        rejected_reasons=(m.Reason(code="DSEC"),),
        unmatched_reasons=(m.Reason(code="DQUA"),),
        failing_reasons=(m.Reason(code="CLAT"),),
    ),
    m.SettlementStatus(tx_id="T", pending=True),
]
ALL = FULL + LEAST + STATUSES
IDS = [f"{type(sample).__name__}-{n}" for n, sample in enumerate(ALL)]
