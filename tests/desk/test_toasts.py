import pytest

from hts.desk.settings import Settings
from hts.desk.toasts import CRITICAL_FACTOR, KEPT_MAX, SECOND, SHOWN_MAX, SOUND_GAP_NS, News, ToastKind, Toasts


def news(about="1", **changes):
    fields = {"kind": ToastKind.FILL, "about": about, "title": f"t{about}", "sound": "fill"}
    return News(**{**fields, **changes})


def titles(toasts):
    return [(toast.news.title, toast.count) for toast in toasts.shown]


def test_news_of_the_same_thing_is_one_card_with_a_count():
    toasts = Toasts(Settings())
    for number in range(5):
        toasts.tell(news(title=f"part {number}"), number * SECOND)
    toasts.tell(news("2"), 5 * SECOND)
    assert titles(toasts) == [("part 4", 5), ("t2", 1)]
    assert [(toast.news.title, toast.count) for toast in toasts.kept] == [("t2", 1), ("part 4", 5)]


def test_a_burst_is_capped_and_a_critical_card_goes_last():
    toasts = Toasts(Settings())
    toasts.tell(news("down", kind=ToastKind.LINK, is_critical=True), 0)
    for number in range(20):
        toasts.tell(news(str(number)), number)
    assert [title for title, _ in titles(toasts)] == ["tdown", "t17", "t18", "t19"]
    assert len(toasts.shown) == SHOWN_MAX
    assert len(toasts.kept) == 21


def test_cards_go_by_themselves_and_come_back_as_new_ones():
    toasts = Toasts(Settings({"notify.seconds": 5}))
    toasts.tell(news(), 0)
    toasts.tell(news("x", kind=ToastKind.LINK, is_critical=True), 0)
    toasts.expire(5 * SECOND)
    assert titles(toasts) == [("tx", 1)]
    toasts.expire(5 * SECOND * CRITICAL_FACTOR)
    assert titles(toasts) == []
    toasts.tell(news(), 20 * SECOND)
    assert titles(toasts) == [("t1", 1)]
    assert [toast.count for toast in toasts.kept] == [1, 1, 1]


def test_what_goes_on_is_one_line_also_where_no_card_is_shown():
    toasts = Toasts(Settings({"notify.quiet": True, "notify.seconds": 5}))
    for number in range(23):
        toasts.tell(news(kind=ToastKind.REFUSAL, trade_ns=100 + number), number * SECOND)
    toasts.tell(news("2"), 23 * SECOND)
    first, last = toasts.kept
    assert (first.count, last.count, last.first_ns, last.news.trade_ns) == (1, 23, 100, 122)
    toasts.tell(news(kind=ToastKind.REFUSAL), 23 * SECOND)
    assert [toast.count for toast in toasts.kept] == [24, 1]  # the newest stands first again
    toasts.tell(news(kind=ToastKind.REFUSAL), 28 * SECOND)
    assert [toast.count for toast in toasts.kept] == [1, 24, 1]


def test_a_card_that_was_closed_comes_back_with_its_count():
    toasts = Toasts(Settings())
    toasts.tell(news(), 0)
    toasts.dismiss()
    toasts.tell(news(), 1)
    assert titles(toasts) == [("t1", 2)]


def test_only_so_many_lines_are_kept():
    toasts = Toasts(Settings())
    for number in range(KEPT_MAX + 5):
        toasts.tell(news(str(number)), 0)
    assert (len(toasts.kept), toasts.kept[-1].news.about) == (KEPT_MAX, "5")
    toasts.tell(news("0"), 0)
    assert toasts.kept[0].count == 1


def test_the_card_under_the_pointer_stays():
    toasts = Toasts(Settings({"notify.seconds": 5}))
    toasts.tell(news(), 0)
    toasts.hold(toasts.shown[0].number, 5 * SECOND)
    toasts.expire(5 * SECOND)
    assert titles(toasts) == [("t1", 1)]
    toasts.expire(6 * SECOND)
    assert titles(toasts) == []


def test_what_is_back_takes_the_card_of_its_going_away():
    toasts = Toasts(Settings())
    toasts.tell(news("core", kind=ToastKind.LINK, title="gone", is_critical=True), 0)
    toasts.tell(news("KRX", kind=ToastKind.LINK, title="other", is_critical=True), 0)
    toasts.tell(news("core", kind=ToastKind.LINK, title="back", is_good=True), 1)
    assert titles(toasts) == [("other", 1), ("back", 1)]
    assert len(toasts.kept) == 3


def test_do_not_disturb_shows_and_sounds_critical_ones_alone_and_keeps_all():
    toasts = Toasts(Settings({"notify.quiet": True}))
    toasts.tell(news(), 0)
    assert (titles(toasts), toasts.drain_sound(0)) == ([], "")
    toasts.tell(news("core", kind=ToastKind.LINK, sound="down", is_critical=True), 0)
    assert (titles(toasts), toasts.drain_sound(0)) == ([("tcore", 1)], "down")
    assert len(toasts.kept) == 2


@pytest.mark.parametrize(
    ("option", "kind"),
    [
        ("notify.fills", ToastKind.FILL),
        ("notify.refusals", ToastKind.REFUSAL),
        ("notify.alerts", ToastKind.ALERT),
        ("notify.links", ToastKind.LINK),
    ],
)
def test_each_kind_has_its_switch(option, kind):
    toasts = Toasts(Settings({option: False}))
    for number, each in enumerate(ToastKind):
        toasts.tell(news(str(number), kind=each), 0)
    assert kind not in {toast.news.kind for toast in toasts.shown}
    assert len(toasts.shown) == len(ToastKind) - 1
    assert len(toasts.kept) == len(ToastKind)


def test_sounds_are_rare_and_the_gravest_wins():
    toasts = Toasts(Settings())
    for number, sound in enumerate(("fill", "refusal", "fill")):
        toasts.tell(news(str(number), sound=sound), 0)
    assert [toasts.drain_sound(ns) for ns in (0, 1)] == ["refusal", ""]
    toasts.tell(news("9"), 2)
    assert [toasts.drain_sound(ns) for ns in (SOUND_GAP_NS - 1, SOUND_GAP_NS)] == ["", "fill"]
    silent = Toasts(Settings({"sound.on": False}))
    silent.tell(news(), 0)
    assert silent.drain_sound(0) == ""


def test_dismissing_takes_one_or_all():
    toasts = Toasts(Settings())
    for number in range(3):
        toasts.tell(news(str(number)), 0)
    toasts.dismiss(toasts.shown[1].number)
    assert [title for title, _ in titles(toasts)] == ["t0", "t2"]
    toasts.dismiss()
    assert titles(toasts) == []
    assert len(toasts.kept) == 3
