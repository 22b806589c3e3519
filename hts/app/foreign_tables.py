"""The rules of the Japanese and US venues out of the shipped tables, read once in a process."""

from functools import cache

from hts.app import tables
from hts.rules.foreign_rules import ForeignRules


@cache
def foreign_rules() -> ForeignRules:
    """Raises ConfigError for damaged tables."""
    return ForeignRules.parse(tables.load_folder(tables.MARKET))
