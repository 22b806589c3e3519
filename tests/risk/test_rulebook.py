"""The published list and the code say the same."""

import tomllib
from pathlib import Path

import pytest

from hts.base.errors import ConfigError
from hts.desk.texts import LANGUAGES, Texts
from hts.model.denials import Rule, Unit
from hts.model.scopes import HaltCause, ScopeKind
from hts.risk.checks import FLOW_RULES, HARD_RULES, LIMIT_RULES, MONEY_RULES
from hts.risk.limits import DEFAULTS, RiskLimits
from hts.risk.proposal import Act
from hts.risk.rulebook import RuleBook

RESOURCES = Path(__file__).resolve().parents[2] / "resources"
BOOK = RuleBook.parse(tomllib.loads((RESOURCES / "risk" / "rules.toml").read_text(encoding="utf-8")))
BREAKERS = {HaltCause.REJECT_STORM, HaltCause.UNFILLED_ORDERS, HaltCause.LOSS_RATE, HaltCause.SELF_CROSS}


def acts_of(rules):
    """rule -> acts, over all entries of the code that may deny for it."""
    found = {}
    for entry in rules:
        for rule in getattr(entry, "rules", None) or (entry.rule,):
            found.setdefault(rule, set()).update(act.value for act in entry.acts)
    return found


def listed(kind):
    return {entry.rule_id: entry for entry in BOOK.rules if entry.kind == kind}


def test_every_hard_rule_of_the_code_is_listed_with_its_acts():
    code = acts_of((*HARD_RULES, *MONEY_RULES))
    wire = code.pop(Rule.QTY_LIMIT)  # the width of the field; as a limit it is listed below
    assert wire == {act.value for act in Act}
    assert {Rule(name): set(entry.acts) for name, entry in listed("hard").items()} == code


def test_every_limit_of_the_code_is_listed_with_its_acts_and_fields():
    code = acts_of((*LIMIT_RULES, *FLOW_RULES))
    assert {Rule(name): set(entry.acts) for name, entry in listed("limit").items()} == code
    fields = {entry.rule: set(entry.fields) for entry in (*LIMIT_RULES, *FLOW_RULES)}
    fields[Rule.DUPLICATE_BURST].add("burst_window_ms")
    assert {Rule(name): set(entry.limits) for name, entry in listed("limit").items()} == fields


def test_every_breaker_is_listed():
    assert {HaltCause(name) for name in listed("breaker")} == BREAKERS


def test_every_limit_belongs_to_one_rule_and_begins_as_listed():
    names = [name for entry in BOOK.rules for name in entry.limits]
    assert sorted(names) == sorted(RiskLimits.__struct_fields__)
    code = {(kind, name): getattr(DEFAULTS[kind], name) for kind in ScopeKind for name in names}
    assert {(kind, name): BOOK.default(name, kind) for kind in ScopeKind for name in names} == code


def test_every_rule_has_its_reason_its_unit_and_its_sentence():
    units = {unit.value for unit in Unit}
    for entry in BOOK.rules:
        assert len(entry.why) > 20, entry.rule_id
        assert entry.unit in units, entry.rule_id
    for language in LANGUAGES:
        texts = Texts.parse(language, (RESOURCES / "texts" / f"{language}.toml").read_text(encoding="utf-8"))
        assert [entry.rule_id for entry in BOOK.rules if not texts.has(entry.text_key)] == []


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({"id": "x", "kind": "soft", "unit": "", "why": "y"}, "kind: expected one of hard, limit, breaker"),
        ({"id": "x", "kind": "hard", "unit": ""}, "why: expected a text, found None"),
        ({"id": "x", "kind": "limit", "unit": "", "why": "y", "limits": {"a": {"moon": 1}}}, "found 'moon'"),
    ],
)
def test_damaged_list_is_refused_by_name(entry, said):
    with pytest.raises(ConfigError, match="rules.toml: x") as refused:
        RuleBook.parse({"rule": [entry]})
    assert said in str(refused.value)
