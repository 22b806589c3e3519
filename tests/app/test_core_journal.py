"""A core's journal with its snapshots on a real directory."""

from msgspec.structs import replace

from hts.app.build import build_name, state_build
from hts.app.config import Config, JournalSettings
from hts.app.core_journal import CoreJournal, stamp_of
from hts.app.paths import home_paths
from hts.io.files import FileStorage
from hts.journal.snapshot import snapshot_names
from tests.engine.kit import Desk, a_ready_desk
from tests.support.builders import an_intent


class House:
    """One home directory; `open` is a core that starts there."""

    def __init__(self, home, snapshot_records=2_000) -> None:
        self.paths = home_paths(home)
        self.config = Config(journal=JournalSettings(snapshot_records=snapshot_records))

    def open(self, engine):
        self.storage = FileStorage(self.paths.journal)
        self.journal = CoreJournal(self.paths, self.config, self.storage)
        return self.journal.open(engine)

    def close(self, engine) -> None:
        self.journal.close(engine)
        self.storage.close()


def traded(count) -> Desk:
    desk = a_ready_desk()
    for number in range(count):
        desk.intent(an_intent(qty=1, request_id=f"r{number}"))
    return desk


def test_a_stop_in_order_leaves_a_snapshot_that_the_next_start_takes(tmp_path, capsys):
    house, desk = House(tmp_path, snapshot_records=10), traded(12)
    writer = house.open(a_ready_desk().engine)
    writer.append_many(desk.journal)
    house.close(desk.engine)
    assert len(snapshot_names(house.storage)) == 1
    found = Desk().engine
    writer = house.open(found)
    assert found.state_hash == desk.engine.state_hash
    assert writer.position.records == len(desk.journal)
    assert f"0 records read behind a snapshot of {len(desk.journal)}" in capsys.readouterr().err


def test_a_short_journal_gets_none(tmp_path):
    house, desk = House(tmp_path), traded(3)
    house.open(a_ready_desk().engine).append_many(desk.journal)
    house.close(desk.engine)
    assert snapshot_names(house.storage) == []


def test_other_limits_or_venues_are_another_stamp():
    config = Config()
    other_limits = replace(config, limits=replace(config.limits, working_orders_max=3))
    other_venues = replace(config, venue=replace(config.venue, venues=("KRX",)))
    assert len({stamp_of(one) for one in (config, other_limits, other_venues)}) == 3
    assert stamp_of(replace(config, core=replace(config.core, cash=5))) == stamp_of(config)
    assert state_build().startswith(build_name())
