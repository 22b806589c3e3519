"""When an order that risk refused was decided, written and told."""

from hts.model.effects import Append, Publish
from hts.model.trace import OrderWay
from tests.app.test_runner import NOTICE, House
from tests.support.records import some_records


def test_a_refusal_is_stamped_when_it_was_written_and_told():
    house = House()
    house.clock = [10, 20, 30]
    house.engine.latency.order_entered(7, key_ns=1, mono_ns=4)
    house.engine.latency.order_refused(7)
    house.engine.answers["rest"] = (Publish(NOTICE),)
    assert house.intent(Append(some_records(1)[0])) == ["write", ("publish", NOTICE), "dirty"]
    way = OrderWay(key_ns=1, read_ns=4, decided_ns=10, journaled_ns=20, published_ns=30)
    assert house.engine.latency.way_of(7) == (way, ())
    house.clock = [40, 50, 60]
    del house.log[:]
    house.intent(Append(some_records(1)[0]))
    assert (house.engine.latency.way_of(7), house.clock) == ((way, ()), [60])
