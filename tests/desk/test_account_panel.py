from msgspec.structs import replace

from hts.desk.account_panel import AccountState
from hts.model.views import AccountView
from tests.desk.scene import ACCOUNT, Scene

WON = AccountView(
    account=ACCOUNT, currency="KRW", cash=61_234_567, reserved=12_345_000, buying_power=48_889_567, realised=-123_456,
    fees=23_456, taxes=45_678, kind="kr_margin", d0=88_000_000, d1=75_000_000, d2=61_234_567, loans=20_000_000,
    holdings=331_450_000, collateral=392_684_567, margin_used=28_000_000, maintenance_ppm=1_963_400,
    call_kind="kr_loan", call_due_date=20261124, call_shortfall=1_250_000, total_currency="KRW", total=399_123_456,
)  # fmt: skip
DOLLARS = AccountView(
    account=ACCOUNT, currency="USD", cash=1_234_567, reserved=0, buying_power=1_234_567, realised=2_345, fees=12,
    taxes=0, d2=1_234_567,
)  # fmt: skip
OTHER = AccountView(
    account="0000", currency="KRW", cash=5, reserved=0, buying_power=5, realised=0, fees=0, taxes=0, kind="cash"
)


def a_state(*views, chosen=None, language="en"):
    scene = Scene(language=language)
    for view in views:
        scene.orders.on_view(view)
    state = AccountState(scene.texts)
    state.update(scene.orders, chosen)
    return state


def test_all_accounts_and_currencies_our_own_first():
    state = a_state(OTHER, WON, DOLLARS)
    rows = [state.table.row(i) for i in range(len(state.table))]
    assert [row.key for row in rows] == [(ACCOUNT, "KRW"), (ACCOUNT, "USD"), ("0000", "KRW")]
    cells = {column.key: column.text(rows[1]) for column in state.table.columns}
    assert (cells["d2"], cells["realised"], cells["kind"]) == ("12,345.67", "+23.45", "—")


def test_the_chosen_one_in_blocks():
    state = a_state(WON, DOLLARS)
    cash, worth, margin, result = state.blocks()
    assert [(line.label, line.value) for line in cash.lines] == [
        ("Deposit D+0", "88,000,000"),
        ("D+1", "75,000,000"),
        ("D+2", "61,234,567"),
        ("In orders", "12,345,000"),
        ("Buying power", "48,889,567"),
    ]
    assert worth.lines[1].value == "392,684,567"  # cash and holdings
    assert [(line.label, line.value, line.tone) for line in margin.lines[3:]] == [
        ("Collateral ratio", "196.3 %", None),
        ("Short of collateral", "1,250,000", 2),
        ("Due", "2026-11-24", 2),
    ]
    assert (result.lines[0].value, result.lines[0].tone) == ("−123,456", -1)


def test_another_choice_and_none():
    state = a_state(WON, DOLLARS, chosen=(ACCOUNT, "USD"))
    assert state.chosen is DOLLARS
    assert len(state.blocks()[2].lines) == 4
    assert a_state(WON, chosen=("nobody", "KRW")).chosen is WON
    assert a_state().blocks() == ()


def fees_of(view, language="en"):
    return [(line.label, line.value) for line in a_state(view, language=language).blocks()[3].lines[3:]]


def test_the_fee_set_in_force_and_the_one_that_comes_next():
    assert fees_of(WON) == [("Fees by", "Plain rate")]
    assert fees_of(DOLLARS) == []  # without account rules
    tiered = replace(WON, fee_set="by_volume", fee_tier=1)
    assert fees_of(tiered, "ko") == [("수수료 체계", "거래대금별 2단계")]
    later = replace(WON, fee_set="house", fees_from=20261207, next_fee_set="passed_on")
    assert fees_of(later) == [("Fees by", "house"), ("from 2026-12-07", "Venue's fee passed on")]
    plain = replace(WON, fee_set="passed_on", fees_from=20261207)
    assert fees_of(plain)[1] == ("from 2026-12-07", "Plain rate")
