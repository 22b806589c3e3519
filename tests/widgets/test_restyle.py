"""A shown panel that takes another theme looks like one that was made in it: no colour of before is left anywhere."""

import pytest

from tests.widgets.scene import day_scene
from themes.palettes import THEMES
from themes.tokens import Tokens
from widgets.panels import PANELS, make_panel
from widgets.restyle import restyle

LIGHT = Tokens.parse(THEMES["light"], "us")


@pytest.mark.parametrize("name", PANELS)
def test_a_panel_takes_another_theme_to_the_last_pixel(qtbot, name):
    switched, made = day_scene(), day_scene()
    before = _shown(qtbot, switched, name)
    dark = before.grab().toImage()
    switched.context.tokens.become(LIGHT)
    restyle(before)
    switched.frame(before)
    made.context.tokens.become(LIGHT)
    fresh = _shown(qtbot, made, name)
    made.frame(fresh)
    assert before.grab().toImage() != dark
    assert before.grab().toImage() == fresh.grab().toImage()


def _shown(qtbot, scene, name):
    panel = make_panel(name, scene.context)
    qtbot.addWidget(panel)
    panel.resize(900, 640)
    panel.show()
    panel.mark_dirty()
    scene.frame(panel)
    panel.grab()
    return panel
