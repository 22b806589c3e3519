"""Rows for screen readers of pictures whose parts are sentences with a place: chart, heat map, footprint, plan, x-ray.

One list is the whole: `spoken_places`. It is made when something asks (widgets.spoken_rows) and kept by nobody.
"""

from collections.abc import Sequence

from hts.desk.spoken_charts import SpokenPlace


class SpeaksPlaces:
    """The half of SpeaksRows that follows from the places; where a row is and which is current the widget knows."""

    def spoken_places(self) -> Sequence[SpokenPlace]:
        """The rows, first to last."""
        raise NotImplementedError

    def spoken_place(self, number: int) -> SpokenPlace | None:
        """A row; None behind the last one, which a reader may ask for when the list has become shorter."""
        places = self.spoken_places()
        return places[number] if 0 <= number < len(places) else None

    def spoken_count(self) -> int:
        """How many rows."""
        return len(self.spoken_places())

    def spoken_row(self, number: int) -> str:
        """A row in words."""
        place = self.spoken_place(number)
        return place.text if place is not None else ""
