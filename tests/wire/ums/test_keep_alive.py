from hts.wire.ums.keep_alive import Due, KeepAlive


def started(at=0):
    alive = KeepAlive(1_000)
    alive.start(at)
    return alive


def test_silence_of_both_sides_runs_its_course():
    alive = started()
    assert (alive.next_ns(), alive.due(999), alive.due(1_000)) == (1_000, [], [Due.HEARTBEAT])
    alive.said(1_000)
    assert (alive.next_ns(), alive.due(1_499), alive.due(1_500)) == (1_500, [], [Due.TEST])
    alive.tested(1_500)
    alive.said(1_500)
    assert (alive.next_ns(), alive.due(2_499), alive.due(2_500)) == (2_500, [], [Due.SILENT])


def test_any_frame_ends_the_test():
    alive = started()
    alive.tested(1_500)
    alive.said(1_500)
    alive.heard(1_600)
    assert (alive.next_ns(), alive.due(2_500)) == (2_500, [Due.HEARTBEAT])


def test_a_gap_has_one_interval():
    alive = started()
    alive.asked_again(200)
    alive.said(900)
    assert (alive.is_resend_awaited, alive.next_ns(), alive.due(1_199)) == (True, 1_200, [])
    assert alive.due(1_200) == [Due.RESEND_FAILED]
    alive.gap_filled()
    assert (alive.is_resend_awaited, alive.due(1_200)) == (False, [])


def test_a_fresh_connection_forgets_the_old_one():
    alive = started()
    alive.tested(100)
    alive.asked_again(100)
    alive.start(5_000)
    assert (alive.is_resend_awaited, alive.next_ns(), alive.due(5_999)) == (False, 6_000, [])
