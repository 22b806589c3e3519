"""The shipped dictionaries: everything in them can be read, and docs/wire/fix.md tells the same."""

import re
from pathlib import Path

import pytest

from hts.base.errors import ConfigError
from hts.wire.fix.dictionary import Dictionary
from hts.wire.fix.validate import REASON_TEXTS
from tests.wire.fix.kit import BEGIN, a_dictionary

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "wire" / "fix.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("begin_string", BEGIN.values())
def test_every_message_and_field_can_be_read(begin_string):
    dictionary = a_dictionary(begin_string)
    messages = [dictionary.message(msg_type) for msg_type in dictionary.msg_types()]
    fields = [dictionary.field(tag) for tag in dictionary.tags()]
    assert None not in messages
    assert None not in fields
    assert all(dictionary.tag(field.name) == field.tag for field in fields)
    for message in messages:
        used = {tag for tag in message.members.order if dictionary.field(tag) is None}
        assert used == set(), message.name
        assert all(group.first in group.order for group in message.members.groups.values())


@pytest.mark.parametrize("begin_string", BEGIN.values())
def test_the_page_tells_versions_and_counts(begin_string):
    dictionary = a_dictionary(begin_string)
    row = next(line for line in PAGE.splitlines() if line.startswith(f"| {begin_string} |"))
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert cells[1:3] == [dictionary.version, dictionary.appl_ver_id]
    assert [int(cell) for cell in cells[4:]] == [len(dictionary.msg_types()), len(dictionary.tags())]


def test_the_page_tells_every_reason_that_we_give():
    section = PAGE.split("## What is refused")[1].split("##")[0]
    told = {int(code) for code in re.findall(r"^\| (\d+) \|", section, re.MULTILINE)}
    never_given = {3, 7, 8, 99}  # 99 answers a second Logon(A), which is no fault of the message
    assert told | never_given == {int(reason) for reason in REASON_TEXTS}


def test_the_page_names_messages_as_the_dictionary_does():
    section = PAGE.split("## Application messages")[1].split("##")[0]
    rows = re.findall(r"^\| (\w+) \| (\w+) \|", section, re.MULTILINE)
    assert len(rows) == 21
    for begin_string in ("FIX.4.4", "FIXT.1.1"):
        dictionary = a_dictionary(begin_string)
        assert [(code, dictionary.message(code).name) for code, _ in rows] == rows


def test_nested_groups_and_components_are_resolved():
    order = a_dictionary().message("D").members
    parties = order.groups[453]
    assert list(parties.order) == [448, 447, 452, 802]
    assert list(parties.groups[802].order) == [523, 803]
    assert order.required == (11, 40, 54, 60)
    assert a_dictionary("FIX.4.2").message("D").members.required == (11, 21, 40, 54, 55, 60)


def test_codes_and_data_fields():
    dictionary = a_dictionary()
    assert dictionary.field(54).meaning(b"1") == "BUY"
    assert (dictionary.field(96).length_tag, dictionary.data_lengths()[95]) == (95, 96)
    assert dictionary.field(18).has_code(b"1 G")
    assert not dictionary.field(18).has_code(b"1 ?")


@pytest.mark.parametrize("text", ["", "V FIX.4.4", "M D app NewOrderSingle 11!"])
def test_a_text_that_is_no_dictionary_is_refused(text):
    with pytest.raises(ConfigError, match="lines V and M expected"):
        Dictionary.parse(text)


def test_an_unknown_component_or_type_is_refused():
    with pytest.raises(ConfigError, match="a component expected, found Nothing"):
        Dictionary.parse("V X\nH 8!\nM D app Order Nothing!").message("D")
    with pytest.raises(ConfigError, match="a data type expected, found DATA"):
        Dictionary.parse("V X\nM D app Order 1\nF 1 A DATA").field(1)
