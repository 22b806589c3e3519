"""Asking a venue for all its orders. While the answer is awaited, nothing new is sent there."""

from hts.engine.core import Batch
from hts.engine.venue import Venue
from hts.model.requests import OrderMassStatusRequest
from hts.model.views import LinkState

_REQUESTS_PER_RUN = 1_000_000


def ask_mass_status(batch: Batch, venue: Venue) -> None:
    """Send OrderMassStatusRequest(AF) under an id that no other run has used, and lock trading until it is answered."""
    link = venue.link
    link.mass_status_count += 1
    link.mass_status_req_id = batch.core.state.runs * _REQUESTS_PER_RUN + link.mass_status_count
    link.state = LinkState.RECONCILING
    link.reported = set()
    batch.send(venue.name, OrderMassStatusRequest(mass_status_req_id=link.mass_status_req_id))
    batch.show_status(venue)
