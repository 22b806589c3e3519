from hts.desk.answers import TRACES_MAX, Answers
from hts.desk.order_xray_wire import WireMessage
from hts.model.trace import LatencyView, TraceView, WireChunk


def chunk(data):
    return WireChunk(venue="KRX", protocol="ums", is_sent=True, mono_ns=1, data=data)


def test_messages_are_decoded_once_and_again_when_more_came():
    asked = []

    def decode(trace):
        asked.append(trace)
        return tuple(
            WireMessage(venue="KRX", protocol="ums", name="", is_sent=True, mono_ns=1, data=one.data)
            for one in trace.chunks
        )

    answers = Answers(decode)
    assert answers.messages(1) == ()
    first = TraceView(order_id=1, chunks=(chunk(b"a"),))
    answers.take(first)
    answers.take(TraceView(order_id=1, chunks=(chunk(b"a"),), trade_ns=9))
    assert [answers.messages(1)[0].data, answers.messages(1)[0].data, len(asked)] == [b"a", b"a", 1]
    answers.take(TraceView(order_id=1, chunks=(chunk(b"a"), chunk(b"b"))))
    assert [message.data for message in answers.messages(1)] == [b"a", b"b"]


def test_only_the_newest_traces_are_kept():
    answers = Answers()
    for order_id in range(TRACES_MAX + 1):
        answers.take(TraceView(order_id=order_id))
    assert (answers.trace(0), answers.trace(TRACES_MAX).order_id) == (None, TRACES_MAX)


def test_what_came_or_is_looked_at_is_news_once():
    answers = Answers()
    assert not answers.drain()
    view = LatencyView(hops=(), venues=(), mono_ns=1, trade_ns=1)
    answers.take(view)
    assert (answers.drain(), answers.drain(), answers.latency) == (True, False, view)
    answers.look_at(5)
    assert (answers.drain(), answers.looked_at) == (True, 5)
