"""The values of the messages; which element each field lies in is told by the table (docs/wire/iso20022.md).

Amounts and quantities are exact decimals, never floating point; dates without a time zone are dates of the market.
A field that is a bare statement (`matched`, `accepted` ...) is True where the element is there. Codes are of ISO's
lists.
"""

from typing import Final, Union

from msgspec import Struct

from hts.wire.iso20022.cash import (
    CashBalance,
    CashEntry,
    CashStatement,
    CashStatements,
    Period,
)
from hts.wire.iso20022.corporate_actions import (
    CashExpected,
    CashPosted,
    CorporateActionConfirmation,
    CorporateActionNotice,
    DividendRate,
    EligibleAccount,
    EventOption,
    Ratio,
    SecuritiesExpected,
    SecuritiesPosted,
    SignedQuantity,
)
from hts.wire.iso20022.holdings import (
    ClosingBalance,
    Holding,
    HoldingPrice,
    HoldingsStatement,
    InstrumentPostings,
    OpeningBalance,
    PostedAmount,
    Posting,
    TransactionsStatement,
    Valuation,
)
from hts.wire.iso20022.settlement import (
    DealPrice,
    Party,
    Reason,
    SettlementConfirmation,
    SettlementInstruction,
    SettlementParties,
    SettlementStatus,
    SignedAmount,
)

AnyDocument = Union[
    SettlementInstruction,
    SettlementStatus,
    SettlementConfirmation,
    HoldingsStatement,
    TransactionsStatement,
    CorporateActionNotice,
    CorporateActionConfirmation,
    CashStatements,
]
CLASSES: Final[dict[str, type[Struct]]] = {
    cls.__name__: cls
    for cls in (
        DealPrice,
        Party,
        SettlementParties,
        SignedAmount,
        Reason,
        Valuation,
        HoldingPrice,
        Holding,
        OpeningBalance,
        ClosingBalance,
        PostedAmount,
        Posting,
        InstrumentPostings,
        SignedQuantity,
        EligibleAccount,
        Ratio,
        SecuritiesExpected,
        DividendRate,
        CashExpected,
        EventOption,
        SecuritiesPosted,
        CashPosted,
        Period,
        CashBalance,
        CashEntry,
        CashStatement,
        SettlementInstruction,
        SettlementStatus,
        SettlementConfirmation,
        HoldingsStatement,
        TransactionsStatement,
        CorporateActionNotice,
        CorporateActionConfirmation,
        CashStatements,
    )
}
