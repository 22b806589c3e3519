"""What a terminal reads from the program's resources before its window is made: texts, keymap, rates, rules."""

import tomllib
from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from PySide6.QtCore import QLocale

from hts.app.tables import RISK, load, resources_directory
from hts.app.terminal_keymap import load_presets
from hts.base.errors import ConfigError
from hts.desk.keymap import Keymap
from hts.desk.order_terms import Term, Terms, generic_terms
from hts.desk.texts import LANGUAGES, Texts
from hts.model.enums import Phase
from hts.model.instruments import Instrument
from hts.risk.eligibility import Eligibility
from hts.rules.fees import CostRates, cost_rates
from hts.rules.kr_rules import static_vi

BASE36 = "0123456789abcdefghijklmnopqrstuvwxyz"


def load_texts(language: str) -> Texts:
    """The catalogue of a language. Raises ConfigError for one that does not exist."""
    if language not in LANGUAGES:
        raise ConfigError(f"--lang: expected {', '.join(LANGUAGES)}, found {language!r}")
    path = resources_directory() / "texts" / f"{language}.toml"
    return Texts.parse(language, _read(path))


def load_keymap(name: str) -> Keymap:
    """A keymap that ships. Raises ConfigError."""
    presets = load_presets()
    if name not in presets:
        raise ConfigError(f"--keymap: expected {', '.join(sorted(presets))}, found {name!r}")
    return Keymap(presets[name])


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise ConfigError(f"{path}: cannot read: {fault}; install again") from fault


def system_language() -> str:
    """Korean, Japanese, or English for everybody else."""
    languages = {QLocale.Language.Korean: "ko", QLocale.Language.Japanese: "ja"}
    return languages.get(QLocale.system().language(), "en")


def terms_by_phase() -> Terms:
    """Order types that a venue takes in a phase, from the table that the core judges by."""
    table = Eligibility.parse(load(RISK, "eligibility"))

    def terms(venue: str, phase: Phase) -> Sequence[Term]:
        if venue not in table.venues:
            return generic_terms(venue, phase)
        row = table.row(venue, phase)
        return tuple(sorted(row.pairs, key=lambda term: (term[0].value, term[1].value))) if row is not None else ()

    return terms


def rates_by_day() -> Callable[[Instrument], CostRates]:
    """Costs of an issue on its trading day, from the fee tables that the core uses too."""
    table, foreign = (
        tomllib.loads(_read(resources_directory() / "market" / name), parse_float=Decimal)
        for name in ("fees.toml", "foreign_fees.toml")
    )
    kept: dict[tuple[str, int], CostRates] = {}

    def rates(issue: Instrument) -> CostRates:
        key = (issue.symbol, issue.trading_date)
        if key not in kept:
            kept[key] = cost_rates(
                table,
                market=issue.market,
                is_etf=issue.is_etf,
                trading_date=issue.trading_date,
                foreign=foreign,
            )
        return kept[key]

    return rates


def static_vi_by_day() -> Callable[[Instrument], Fraction | None]:
    """How far from the last call's price a trade of the issue is interrupted on its trading day, None where never."""
    table = tomllib.loads(_read(resources_directory() / "market" / "kr_rules.toml"), parse_float=Decimal)
    return lambda issue: static_vi(table, issue.venue, issue.trading_date)


def run_id(wall_ns: int, pid: int) -> str:
    """A name for this run that no other run has: milliseconds and process in base 36, at most 12 characters."""
    return f"t{_base36(wall_ns // 1_000_000)[-8:]}{_base36(pid)[-3:]}"


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = BASE36[rest] + digits
    return digits or "0"
