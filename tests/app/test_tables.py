"""The program's own tables, in a source tree and in a frozen program."""

import shutil
import sys
from decimal import Decimal

import pytest

from hts.app import tables
from hts.base.errors import ConfigError


def test_all_tables_that_the_program_needs_can_be_read():
    names = set(tables.load_all())
    assert {"market/universe", "market/fees", "protocols/krx_ums", "protocols/krx_mdcs"} <= names


def test_a_frozen_program_reads_its_bundle(monkeypatch, tmp_path):
    (tmp_path / "resources" / "market").mkdir(parents=True)
    (tmp_path / "resources" / "market" / "fees.toml").write_text("rate = 0.15\n")
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert tables.load("market", "fees") == {"rate": Decimal("0.15")}


def test_a_missing_table_is_one_clear_line():
    with pytest.raises(ConfigError, match=r"none\.toml: cannot read: No such file"):
        tables.load("market", "none")
    with pytest.raises(ConfigError, match="expected the program's tables, found none; install again"):
        tables.load_folder("none")


def test_a_damaged_table_names_the_place(tmp_path):
    (tmp_path / "t.toml").write_text("a = 1\nb = \n")
    with pytest.raises(ConfigError, match=r"t\.toml: expected TOML, found: .*line 2"):
        tables.read_toml(tmp_path / "t.toml")


def test_the_fingerprint_changes_with_any_table(tmp_path):
    for folder in ("market", "protocols", "risk"):
        shutil.copytree(tables.resources_directory() / folder, tmp_path / folder)
    before = tables.fingerprint(tmp_path)
    assert before == tables.fingerprint()
    with (tmp_path / "risk" / "rates.toml").open("a", encoding="utf-8") as file:
        file.write("# another line\n")
    assert tables.fingerprint(tmp_path) != before
