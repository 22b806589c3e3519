"""Who may send a cancel that nothing on the disk tells of."""

import pytest

from hts.lab.ports import Left
from hts.lab.watch import Watch
from tests.engine.kit import a_ready_desk
from tests.support.wire_ums import LAYOUT

UNWRITTEN = ["step 7: CancelOrder 9 is on the wire and not in the journal"]


def looking() -> Watch:
    watch = Watch(LAYOUT, lambda: 7, lambda _request: False)
    watch.wire("out", Left(name="CancelOrder", cl_ord_id=9, account="", is_cancel=True), 0)
    return watch


@pytest.mark.parametrize(("is_halted", "found"), [(True, []), (False, UNWRITTEN)])
def test_a_process_that_dies_of_its_call_is_judged_by_what_it_was(is_halted, found):
    """The next process is not asked: it has a disk that takes writes."""
    watch, engine, heir = looking(), a_ready_desk().engine, a_ready_desk().engine
    engine.core.is_halted = is_halted
    watch.died(engine)
    watch.after_call(heir)
    assert watch.violations == found


@pytest.mark.parametrize(("is_halted", "found"), [(True, []), (False, UNWRITTEN)])
def test_a_process_that_lives_on_is_judged_after_its_call(is_halted, found):
    watch, engine = looking(), a_ready_desk().engine
    engine.core.is_halted = is_halted
    watch.after_call(engine)
    watch.died(None)
    assert watch.violations == found
