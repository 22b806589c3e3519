"""From bars and values to pixels and back, for one pane. Pure: the painter and the gestures share one of these."""

from dataclasses import dataclass
from math import exp, log
from typing import Any

import numpy as np

LEAST = 1e-9  # logarithms begin above nothing


@dataclass(frozen=True, slots=True)
class Plane:
    """A pane's rectangle in pixels, the bars from `x0` to `x1` across it, `y0` at its foot and `y1` at its top.

    y0 and y1 are in view units: values, or their natural logarithms with `is_log`.
    """

    left: float
    top: float
    width: float
    height: float
    x0: float
    x1: float
    y0: float
    y1: float
    is_log: bool = False

    @property
    def bar_px(self) -> float:
        """Width of one bar's room."""
        return self.width / max(self.x1 - self.x0, 1e-9)

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def bottom(self) -> float:
        return self.top + self.height

    def x_of(self, index: Any) -> Any:
        """Pixel of a bar's middle; of a number or an array."""
        return self.left + (index - self.x0) * self.bar_px

    def y_of(self, value: Any) -> Any:
        """Pixel of a value; of a number or an array."""
        return self.bottom - (self.in_view(value) - self.y0) * self.height / max(self.y1 - self.y0, 1e-12)

    def in_view(self, value: Any) -> Any:
        """A value in view units."""
        if not self.is_log:
            return value
        return np.log(np.maximum(value, LEAST)) if isinstance(value, np.ndarray) else log(max(value, LEAST))

    def index_at(self, x: float) -> float:
        """Bar number at a pixel."""
        return self.x0 + (x - self.left) / self.bar_px

    def value_at(self, y: float) -> float:
        """Value at a pixel."""
        seen = self.y0 + (self.bottom - y) * (self.y1 - self.y0) / max(self.height, 1e-9)
        return exp(min(seen, 700.0)) if self.is_log else seen

    def has(self, x: float, y: float) -> bool:
        """Whether a point is in the pane."""
        return self.left <= x < self.right and self.top <= y < self.bottom
