"""Asking the venue for all its orders. While the answer is awaited, nothing new is sent."""

from hts.engine.core import Batch
from hts.model.requests import OrderMassStatusRequest
from hts.model.views import LinkState

_REQUESTS_PER_RUN = 1_000_000


def ask_mass_status(batch: Batch) -> None:
    """Send OrderMassStatusRequest(AF) under an id that no other run has used, and lock trading until it is answered."""
    core = batch.core
    link = core.link
    link.mass_status_count += 1
    link.mass_status_req_id = core.state.runs * _REQUESTS_PER_RUN + link.mass_status_count
    link.state = LinkState.RECONCILING
    link.reported = set()
    batch.send(OrderMassStatusRequest(mass_status_req_id=link.mass_status_req_id))
    batch.show_status()
