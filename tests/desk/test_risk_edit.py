import pytest

from hts.desk.risk_edit import FIGURE_MAX, KINDS, Effect, Verdict, parse_figure, scope_of, typed, unit_text, verdict
from hts.model.denials import Unit
from hts.model.risk_views import Usage
from hts.model.scopes import FIRM, Scope, ScopeKind
from hts.risk.limits import RiskLimits, loosened
from tests.desk.scene import NAVER, Scene, fill_naver

TEXTS = {language: Scene(language=language).texts for language in ("ko", "ja", "en")}


@pytest.mark.parametrize(
    ("text", "unit", "figure"),
    [
        ("200", Unit.COUNT, 200),
        (" 100,000,000 ", Unit.NOTIONAL, 100_000_000),
        ("0", Unit.QTY, 0),
        ("off", Unit.QTY, 0),
        ("없음", Unit.QTY, 0),
        ("なし", Unit.QTY, 0),
        ("5", Unit.BP, 500),
        ("5.00 %", Unit.BP, 500),
        ("0.05%", Unit.BP, 5),
        (str(FIGURE_MAX), Unit.NOTIONAL, FIGURE_MAX),
    ],
)
def test_a_figure_is_read_as_the_table_writes_it(text, unit, figure):
    assert parse_figure(text, unit) == figure


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("", Unit.COUNT),
        ("-5", Unit.COUNT),
        ("1.5", Unit.COUNT),
        ("5 %", Unit.COUNT),
        ("0.001", Unit.BP),
        ("1e3", Unit.COUNT),
        ("nan", Unit.COUNT),
        ("٣", Unit.COUNT),
        ("..", Unit.BP),
        (str(FIGURE_MAX + 1), Unit.NOTIONAL),
        ("9" * 10_000, Unit.QTY),
        ("스무 개", Unit.QTY),
    ],
)
def test_what_is_no_figure_is_none(text, unit):
    assert parse_figure(text, unit) is None


@pytest.mark.parametrize("unit", list(Unit))
def test_what_stands_in_the_field_reads_back(unit):
    for figure in (0, 1, 500, 20_000, 123_456_789):
        assert parse_figure(typed(figure, unit), unit) == figure


USAGE = Usage(name="order_qty_max", figure=-1, limit=20_000, unit=Unit.QTY)
WAITS = Usage(name="order_qty_max", figure=-1, limit=20_000, unit=Unit.QTY, queued=30_000)
OFF = Usage(name="daily_loss_max", figure=0, limit=0, unit=Unit.NOTIONAL)
WINDOW = Usage(name="burst_window_ms", figure=-1, limit=1_000, unit=Unit.MS, grows_tighter=True)


@pytest.mark.parametrize(
    ("usage", "text", "found"),
    [
        (USAGE, "x", Verdict(effect=Effect.BAD)),
        (USAGE, "20,000", Verdict(effect=Effect.SAME)),
        (USAGE, "19999", Verdict(effect=Effect.TIGHTER, figure=19_999)),
        (USAGE, "20001", Verdict(effect=Effect.LOOSER, figure=20_001)),
        (USAGE, "0", Verdict(effect=Effect.OFF, figure=0)),
        (WAITS, "30000", Verdict(effect=Effect.WAITING)),
        (WAITS, "20000", Verdict(effect=Effect.KEPT, figure=20_000)),
        (OFF, "1000000", Verdict(effect=Effect.TIGHTER, figure=1_000_000)),
        (OFF, "0", Verdict(effect=Effect.SAME)),
        (WINDOW, "2000", Verdict(effect=Effect.TIGHTER, figure=2_000)),
        (WINDOW, "500", Verdict(effect=Effect.LOOSER, figure=500)),
    ],
)
def test_what_a_figure_would_do(usage, text, found):
    assert verdict(usage, text) == found


@pytest.mark.parametrize("figure", [0, 1, 999, 1_000, 1_001, 50_000])
@pytest.mark.parametrize("limit", [0, 1_000])
@pytest.mark.parametrize("name", ["order_qty_max", "burst_window_ms"])
def test_the_screen_and_the_core_agree_on_what_is_looser(name, limit, figure):
    """Differential: the terminal knows no rules of the core's, only which way a limit grows."""
    usage = Usage(name=name, figure=-1, limit=limit, unit=Unit.QTY, grows_tighter=name == "burst_window_ms")
    before, after = RiskLimits(**{name: limit}), RiskLimits(**{name: figure})
    is_looser = verdict(usage, str(figure)).effect in (Effect.LOOSER, Effect.OFF)
    assert is_looser is bool(loosened(before, after))


def test_a_scope_is_named_by_kind_and_name():
    scene = Scene()
    fill_naver(scene)
    instruments = scene.market.instruments
    found = {
        (kind, name): scope_of(kind, name, instruments, ("KRX", "NXT"))
        for kind, name in [
            (ScopeKind.FIRM, ""),
            (ScopeKind.SYMBOL, NAVER),
            (ScopeKind.SYMBOL, "999999"),
            (ScopeKind.STRATEGY, " twap-1 "),
            (ScopeKind.STRATEGY, ""),
            (ScopeKind.USER, "n" * 25),
            (ScopeKind.USER, "김"),
            (ScopeKind.VENUE, "nxt"),
            (ScopeKind.VENUE, "LSE"),
        ]
    }
    assert list(found.values()) == [
        FIRM,
        Scope(kind=ScopeKind.SYMBOL, name=NAVER),
        "refusal.no_symbol",
        Scope(kind=ScopeKind.STRATEGY, name="twap-1"),
        "risk.edit.no_name",
        "risk.edit.bad_name",
        "risk.edit.bad_name",
        Scope(kind=ScopeKind.VENUE, name="NXT"),
        "risk.edit.no_venue",
    ]
    assert set(KINDS) == set(ScopeKind)


@pytest.mark.parametrize("language", sorted(TEXTS))
def test_every_effect_has_its_words(language):
    texts = TEXTS[language]
    assert [one for one in Effect if not texts.has(f"risk.edit.{one.value}")] == []
    assert unit_text(Unit.BP, texts) == "%"
