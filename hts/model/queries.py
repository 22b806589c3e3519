"""What a client asks without changing anything."""

from typing import Union

from msgspec import Struct

from hts.model.algo import AlgoParams
from hts.model.past_fills import Cursor
from hts.model.routing import RouteRequest
from hts.model.scopes import Scope
from hts.model.units import ClOrdID
from hts.model.venues import HOME_VENUE


class RequestBars(Struct, frozen=True, kw_only=True, tag="bars?"):
    """History, newest `count` bars; answered by a BarsView."""

    symbol: str
    timeframe_s: int
    count: int
    venue: str = HOME_VENUE


class Subscribe(Struct, frozen=True, kw_only=True, tag="sub"):
    """The symbols whose books and trades this client wants; replaces the subscription before. Empty: all."""

    symbols: tuple[str, ...]


class RequestRoute(Struct, frozen=True, kw_only=True, tag="route?"):
    """Why a routed order went where it went; answered by a RouteView."""

    work_id: ClOrdID


class RequestOrderTrace(Struct, frozen=True, kw_only=True, tag="trace?"):
    """An order's way, hop by hop, with the bytes that were on the wire; answered by a TraceView."""

    order_id: ClOrdID


class RequestLatency(Struct, frozen=True, kw_only=True, tag="latency?"):
    """Histograms of every hop and the health of every line; answered by a LatencyView."""


class RequestPlan(Struct, frozen=True, kw_only=True, tag="plan?"):
    """Where a routed order would go now, without entering it; answered by a PlanView."""

    symbol: str
    request: RouteRequest
    account: str = ""  # at whose fees


class RequestAlgoPlan(Struct, frozen=True, kw_only=True, tag="algo_plan?"):
    """What an algorithm would do, without starting it; answered by an AlgoPlanView at once, and once more when what
    `params` lacks has been learnt from the venue's history. Without `learns` nothing is asked of the venue.
    """

    params: AlgoParams
    learns: bool = True


class RequestRisk(Struct, frozen=True, kw_only=True, tag="risk?"):
    """Every scope's state and the use of its limits; answered by a RiskView.

    `all_of`: the scope of which the limits that are switched off are wanted too, and that is shown in any case.
    """

    all_of: Scope | None = None


class RequestFills(Struct, frozen=True, kw_only=True, tag="fills?"):
    """Fills of an account from one trading day to another (YYYYMMDD), behind a place; answered by a FillsPage.

    The first question asks behind (0, 0), the next one behind the page's `next`.
    """

    account: str
    first_date: int
    last_date: int
    after: Cursor = (0, 0)


AnyQuery = Union[
    RequestBars,
    Subscribe,
    RequestRoute,
    RequestPlan,
    RequestAlgoPlan,
    RequestOrderTrace,
    RequestLatency,
    RequestRisk,
    RequestFills,
]
