"""Settlement documents on disk: instructions out, advices and confirmations in.

    settlement/out/TX.xml    sese.023 of an obligation; the same obligation always gives the same document
    settlement/in/*.xml      sese.024 and sese.025 as they came; read once, then moved to settlement/done
    settlement/bad/*.xml     what could not be read, with the reason beside it

A document is known by a hash of its bytes, which goes into the journal with what it said: reading it again after a
crash says nothing twice.
"""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from hashlib import blake2b
from pathlib import Path
from typing import Any

from hts.account.obligations import Obligation, Obligations
from hts.base.errors import HtsError
from hts.io.blob import FileBlob
from hts.model.records_account import AccountRecord, ObligationNetted, SettlementAdvised, SettlementConfirmed
from hts.model.units import Notional, Qty
from hts.rules.account_rules import AccountRules
from hts.rules.dates import to_date, to_int
from hts.wire.iso20022.amount import Amount
from hts.wire.iso20022.layout import Iso20022Layout
from hts.wire.iso20022.reader import read
from hts.wire.iso20022.settlement import (
    Party,
    SettlementConfirmation,
    SettlementInstruction,
    SettlementParties,
    SettlementStatus,
    SignedAmount,
)
from hts.wire.iso20022.writer import write

STATUSES = ("rejected", "failing", "pending", "unmatched", "matched", "accepted")


def instruction(net: ObligationNetted, rules: AccountRules) -> SettlementInstruction:
    """sese.023 of one obligation, delivery against payment."""
    terms = rules.settlement.table["instructions"]
    market = rules.settlement.market(net.venue)
    is_receipt = net.qty >= 0
    ours = SettlementParties(
        depository=terms["depository"][market],
        party1=Party(bic=terms["broker"], safekeeping_account=net.account[:35]),
    )
    return SettlementInstruction(
        tx_id=net.tx_id,
        movement="RECE" if is_receipt else "DELI",
        payment="APMT",
        trade_date=to_date(net.trade_date),
        settlement_date=to_date(net.settle_date),
        isin=net.isin,
        description=net.symbol,
        quantity=Decimal(abs(net.qty)),
        safekeeping_account=net.account[:35],
        transaction_type="TRAD",
        receiving=ours if is_receipt else None,
        delivering=None if is_receipt else ours,
        settlement_amount=SignedAmount(
            amount=Amount(currency=net.currency, value=money_text(rules, net.currency, abs(net.amount))),
            direction="CRDT" if net.amount > 0 else "DBIT",
        ),
    )


def write_instructions(folder: Path, obligations: Obligations, rules: AccountRules, layout: Iso20022Layout) -> int:
    """Write what is not there yet; how many."""
    written = 0
    for one in obligations:
        path = folder / "out" / f"{_safe(one.netted.tx_id)}.xml"
        if _is_deliverable(one) and not path.exists():
            FileBlob(path).replace(write(layout, instruction(one.netted, rules)))
            written += 1
    return written


def read_documents(
    folder: Path, obligations: Obligations, rules: AccountRules, layout: Iso20022Layout, at: dict[str, Any]
) -> Iterator[tuple[Path, AccountRecord | None, str]]:
    """Each document of the folder `in`, with what it says; None and why where it says nothing that we take."""
    for path in sorted((folder / "in").glob("*.xml")):
        data = path.read_bytes()
        ref = blake2b(data, digest_size=8).hexdigest()
        if obligations.has_read(ref):
            yield path, None, ""
            continue
        try:
            yield path, _record(read(layout, data).message, rules, ref, at), ""
        except HtsError as error:
            yield path, None, str(error)


def put_away(folder: Path, path: Path, why: str) -> None:
    """A document was taken, or cannot be."""
    place = folder / ("bad" if why else "done")
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.replace(place / path.name)
    if why:
        FileBlob(place / f"{path.name}.txt").replace(why.encode() + b"\n")


def money_text(rules: AccountRules, currency: str, amount: int) -> Decimal:
    """Smallest units as the currency's own number."""
    return Decimal(amount).scaleb(-rules.fx.decimals(currency))


def _record(message: Any, rules: AccountRules, ref: str, at: dict[str, Any]) -> AccountRecord:
    if isinstance(message, SettlementStatus):
        status = next((name for name in STATUSES if getattr(message, name)), "")
        reasons = next(
            (found for name in STATUSES if (found := getattr(message, f"{name}_reasons", ()))),
            (),
        )
        if not status:
            status = next((name for name in STATUSES if getattr(message, f"{name}_reasons", ())), "unknown")
        reason = " ".join(filter(None, (reasons[0].code, reasons[0].text))) if reasons else ""
        return SettlementAdvised(tx_id=message.tx_id, status=status, reason=reason, ref=ref, **at)
    if isinstance(message, SettlementConfirmation):
        amount = message.settled_amount.amount if message.settled_amount else None
        return SettlementConfirmed(
            tx_id=message.tx_id,
            qty=Qty(_whole(message.settled_quantity, "a whole number of shares")),
            amount=Notional(_units(rules, amount) if amount else 0),
            effective_date=to_int(message.effective_date),
            ref=ref,
            **at,
        )
    raise HtsError(f"expected sese.024 or sese.025, found {type(message).__name__}")


def _units(rules: AccountRules, amount: Amount) -> int:
    try:
        decimals = rules.fx.decimals(amount.currency)
    except KeyError as error:
        raise HtsError(f"expected a currency of ours, found {amount.currency}") from error
    return _whole(amount.value.scaleb(decimals), f"{amount.currency} with {decimals} decimals")


def _whole(number: Decimal, what: str) -> int:
    if number != int(number):
        raise HtsError(f"expected {what}, found {number}")
    return int(number)


def _is_deliverable(one: Obligation) -> bool:
    """What nets to no shares, or is of an issue that nobody listed, is for a person."""
    return one.netted.qty != 0 and bool(one.netted.isin)


def _safe(name: str) -> str:
    return "".join(mark if mark.isalnum() or mark in "-_" else "_" for mark in name)


def today_of(text: str) -> int:
    """A day of the command line. Raises ValueError."""
    return to_int(dt.date.fromisoformat(text))
