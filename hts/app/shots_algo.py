"""Pictures of algorithms: forms with their schedules, what is wrong, one at work, a basket's file."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from hts.app.hand import spin
from hts.app.shots_camera import Camera
from hts.desk.algo_fields import AlgoField
from hts.desk.figures import px_text
from hts.model.algo import AlgoKind
from hts.model.enums import Side
from hts.model.units import ClOrdID
from hts.model.work import AlgoSpec, WorkAct
from widgets.algo_form import AlgoFormPanel
from widgets.basket_form import BasketFormPanel
from widgets.panel import Panel

ANSWER_S: Final = 4.0
FILLS_S: Final = 20.0
FORM_SIZE: Final = (980, 720)
F = AlgoField
# What is typed for each picture; the limit is left empty, so that no day's price is needed.
TYPED: Final = {
    AlgoKind.TWAP: {F.QTY: "600", F.END: "+20", F.INTERVAL: "30", F.RANDOMISE: "25"},
    AlgoKind.VWAP: {F.QTY: "6,000", F.END: "+180", F.INTERVAL: "300", F.RANDOMISE: "0"},
    AlgoKind.IS: {F.QTY: "6,000", F.END: "+60", F.INTERVAL: "60"},
    AlgoKind.POV: {F.QTY: "4,000,000", F.END: "+120", F.PARTICIPATION: "12.5"},
    AlgoKind.PEG: {F.QTY: "1,000", F.END: "", F.DISPLAY: "120", F.RANDOMISE: "20", F.OFFSET: "1", F.INTERVAL: "5"},
}
BASKET: Final = "symbol,side,qty,px\n{good},buy,10,\n{good},buy,5,\n{other},sold,1,\n{other},sell,ten,\nNONE,buy,1,\n"


class AlgoPictures:
    """Opens panels in windows of their own; the core answers and works."""

    def __init__(self, camera: Camera) -> None:
        self._camera, self._terminal = camera, camera.terminal
        self._form = camera.terminal.session.algo

    def take(self) -> None:
        """All of them; those for which the core has no answer in time are left out."""
        panel = self._camera.open("algo_form", FORM_SIZE)
        assert isinstance(panel, AlgoFormPanel), panel
        self._terminal.session.actions.arm(on=True)
        for kind in TYPED:
            if self._fill_in(panel, kind):
                self._camera.save(f"algo_{kind.value}", panel)
        self._wrong(panel)
        self._at_work(panel)
        panel.close()
        self._basket()

    def _fill_in(self, panel: Panel, kind: AlgoKind) -> bool:
        """Type the terms; whether the whole plan came."""
        form = self._form
        form.choose_kind(kind)
        form.choose_side(Side.BUY)
        form.type(F.PX, "")
        for field, text in TYPED[kind].items():
            form.type(field, text)

        def is_told() -> bool:
            self._camera.refresh(panel)
            plan = form.plan
            return plan is not None and form.is_current and not plan.is_learning

        found = spin(is_told, ANSWER_S)
        if found and kind is AlgoKind.IS and form.plan is not None and form.plan.trade_off:
            form.type(F.URGENCY, str(form.plan.trade_off[len(form.plan.trade_off) // 2].urgency_pico))
            spin(is_told, ANSWER_S)
        self._camera.refresh(panel)
        return found

    def _wrong(self, panel: Panel) -> None:
        """Letters where figures belong, a time that is none, a limit off the grid."""
        form, issue = self._form, self._form.instrument
        form.choose_kind(AlgoKind.TWAP)
        if issue is not None:
            form.type(F.PX, px_text(int(issue.upper_px) - 1, issue.px_decimals))
        for field, text in ((F.QTY, "12x"), (F.END, "25:00"), (F.RANDOMISE, "99")):
            form.type(field, text)
        self._camera.refresh(panel)
        self._camera.save("algo_wrong", panel)

    def _at_work(self, panel: AlgoFormPanel) -> None:
        """Start one by the form's own way, and look at it with something bought."""
        session = self._terminal.session
        before = set(session.orders.works)
        if not self._fill_in(panel, AlgoKind.TWAP):
            return
        panel.start()
        panel.start()  # the answer, where the settings ask
        orders = session.orders
        if not spin(lambda: bool(set(orders.works) - before), ANSWER_S):
            return
        work_id = max(set(orders.works) - before)
        spin(lambda: orders.works[work_id].cum_qty * 10 >= orders.works[work_id].qty, FILLS_S)
        works = self._camera.open("works", (1_180, 300))
        self._camera.save("works_algo", works)
        works.close()
        self._form.amend(work_id)
        self._form.type(F.QTY, "900")
        spin(lambda: self._is_shown(panel), ANSWER_S)
        self._camera.save("algo_amend", panel)
        self._form.leave()
        for started in set(orders.works) - before:
            self._cancel(ClOrdID(started))

    def _is_shown(self, panel: Panel) -> bool:
        self._camera.refresh(panel)
        return self._form.is_current

    def _cancel(self, work_id: ClOrdID) -> None:
        view = self._terminal.session.orders.works[work_id]
        if isinstance(view.spec, AlgoSpec) and not view.state.is_over:
            self._terminal.session.actions.control_work(work_id, WorkAct.CANCEL)

    def _basket(self) -> None:
        """A file with a fault of each sort."""
        panel = self._camera.open("basket_form", (980, 260))
        assert isinstance(panel, BasketFormPanel), panel
        good, other = [*self._terminal.session.market.instruments, "", ""][:2]
        with TemporaryDirectory() as directory:
            path = Path(directory) / "basket.csv"
            path.write_text(BASKET.format(good=good, other=other), encoding="utf-8")
            panel.load(path)
        self._camera.refresh(panel)
        self._camera.save("basket_faults", panel)
        panel.close()
