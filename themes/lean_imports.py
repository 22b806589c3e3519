"""Spares the start a sixth of its work: Qt's binding would read the source of every module that is imported.

It looks there for its own name, to know in which modules its naming features may be switched. We switch none, so the
module's name is enough. Where the binding is built otherwise, nothing is changed.
"""

import sys
from types import ModuleType

OURS = frozenset({"hts", "themes", "widgets"})


def use_names() -> bool:
    """Tell by the name whether a module uses the binding; False where the binding does not ask like that."""
    asking = sys.modules.get("shibokensupport.feature")
    if not hasattr(asking, "_mod_uses_pyside"):
        return False
    setattr(asking, "_mod_uses_pyside", uses_binding)  # noqa: B010  a module of which nothing is typed
    return True


def uses_binding(module: ModuleType) -> bool:
    """Whether it is one of ours: each may use the binding."""
    return module.__name__.partition(".")[0] in OURS


IS_LEAN = use_names()
