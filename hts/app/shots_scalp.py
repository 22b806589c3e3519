"""Pictures of a scalper's minute: in and out by keys alone, and an entry that leaves with both of its exits."""

from hts.app.hand import spin
from hts.app.shots_camera import Camera
from hts.model.work import WorkAct

ANSWER_S = 3.0


class ScalpPictures:
    """Leaves no order of its own behind."""

    def __init__(self, camera: Camera) -> None:
        self._camera = camera
        self._session = camera.terminal.session

    def take(self) -> None:
        """Both, in the scalper's workspace."""
        camera = self._camera
        camera.terminal.window.open_workspace("scalper")
        camera.settle()
        self.scalp()
        self.bracket()

    def scalp(self) -> None:
        """In at the market, then both sides at the best prices, the newest amended by a tick."""
        camera = self._camera
        self._arm()
        for key in ("1", "F3", "F2", "F1", "Alt+Down"):
            camera.key(key)
        spin(self._works, ANSWER_S)
        camera.settle()
        camera.window("scalper")
        for _ in range(2):
            camera.key("Backspace")

    def bracket(self) -> None:
        """A purchase at the market with the bracket on: its take-profit and its stop wait in the ladder."""
        camera, works = self._camera, self._session.orders.works
        before = set(works)
        camera.key("B")
        camera.key("F3")
        has_exits = spin(lambda: bool(set(works) - before), ANSWER_S)
        camera.settle()
        if has_exits:
            camera.panel("ladder", "ladder_bracket")
        camera.key("B")
        for work_id in set(works) - before:
            if not works[work_id].state.is_over:
                self._session.actions.control_work(work_id, WorkAct.CANCEL)

    def _arm(self) -> None:
        if not self._session.actions.is_armed:
            self._camera.key("F12")

    def _works(self) -> bool:
        return bool(self._session.orders.working(self._session.selection.symbol()))
