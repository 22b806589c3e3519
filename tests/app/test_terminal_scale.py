import os

import pytest

from hts.app.terminal_scale import SCALE_VARIABLE, take_scale


@pytest.mark.parametrize(
    ("stored", "given", "factor"),
    [("", None, None), ("scale = 150", None, "1.5"), ("scale = 90", "2", "1.8"), ("scale = 120", "odd", "1.2")],
)
def test_the_scale_multiplies_what_the_system_says(tmp_path, monkeypatch, stored, given, factor):
    (tmp_path / "settings.toml").write_text(f"[look]\n{stored}\n", encoding="utf-8")
    if given is None:
        monkeypatch.delenv(SCALE_VARIABLE, raising=False)
    else:
        monkeypatch.setenv(SCALE_VARIABLE, given)
    take_scale(tmp_path)
    found = os.environ.pop(SCALE_VARIABLE, None)
    assert found == factor
