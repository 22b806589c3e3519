from hts.app.config import load_config
from hts.app.desk_files import DeskFiles
from hts.app.home_settings import HomeSettings
from hts.app.paths import home_paths
from hts.app.terminal_keymap import load_keymap_book
from hts.app.welcome import is_fresh, keep
from hts.desk.tour import FirstChoices


def test_a_home_is_fresh_until_something_was_chosen_or_traded(tmp_path):
    paths = home_paths(tmp_path / "home")
    assert is_fresh(paths)
    keep(paths, FirstChoices(language="en", convention="us", keymap="kiwoom", cash=10_000_000, risk="careful"))
    assert not is_fresh(paths)
    assert load_config(paths.config).core.cash == 10_000_000
    settings = HomeSettings(paths.home).settings
    assert (settings.word("look.convention"), settings.flag("entry.confirm")) == ("us", True)
    assert load_keymap_book(DeskFiles(paths.home)).preset == "kiwoom"
    traded = home_paths(tmp_path / "traded")
    traded.journal.mkdir(parents=True)
    assert not is_fresh(traded)
