from tests.support.desk_feed import busy_desk
from tests.support.panels import panel_context
from widgets.status_strip import StatusStrip


def test_who_is_not_to_be_disturbed_sees_that_it_is_so(qtbot):
    context = panel_context(busy_desk(), language="en")
    strip = StatusStrip(context)
    qtbot.addWidget(strip)
    strip.resize(1_400, strip.height())

    def looks():
        strip.refresh(link_is_up=True, trade_ns=0)
        return strip.accessibleName(), strip.grab().toImage()

    before = looks()
    context.settings.set("notify.quiet", True)
    quiet = looks()
    assert quiet[0] == f"{before[0]}, Do not disturb"
    assert quiet[1] != before[1]
    context.settings.set("notify.quiet", False)
    assert looks() == before
