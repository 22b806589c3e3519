"""numpy for modules that a window imports before its first paint: loaded when something is first reckoned.

Loading it takes as long as a third of everything else that the first paint needs. Modules that only later panels import
take numpy itself.
"""

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Truths = NDArray[np.bool_]
else:

    class _Later(ModuleType):
        """Becomes numpy at the first look."""

        def __getattr__(self, name: str) -> Any:
            loaded = import_module("numpy")
            found = getattr(loaded, name)
            vars(self).update({key: value for key, value in vars(loaded).items() if not key.startswith("__")})
            return found

    np = _Later("numpy")
    Floats = Ints = Truths = Any

__all__ = ["Floats", "Ints", "Truths", "np"]
