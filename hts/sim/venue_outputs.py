"""What a venue's shell is to write and close after each call."""

from typing import NamedTuple

from hts.rules.dates import krx_second
from hts.sim.md_service import MdService
from hts.sim.native.native_kind import Recovery
from hts.sim.scenario import Scenario
from hts.sim.venue_day import VenueDay


class Outputs(NamedTuple):
    """What the shell is to write and close; connections are closed after their bytes.

    `services` and `closing_services` name the port too.
    """

    orders: list[tuple[int, bytes]]
    market_data: list[tuple[int, bytes]]
    datagrams: list[tuple[str, bytes]]
    closing_orders: list[int]
    closing_market_data: list[int]
    services: list[tuple[str, int, bytes]] = []  # noqa: RUF012  a default that nobody changes
    closing_services: list[tuple[str, int]] = []  # noqa: RUF012


def collect(day: VenueDay, recovery: MdService | Recovery | None, scenario: Scenario) -> Outputs:
    """What has become due since the last call; what the scenario's dead lines would carry is lost."""
    feeds = [feed for feed in (day.publisher, day.fast) if feed is not None]
    datagrams = [datagram for feed in feeds for datagram in feed.datagrams()]
    if scenario.outages and (dead := scenario.dead_lines(krx_second(day.last_ns))):
        datagrams = [(line, data) for line, data in datagrams if line not in dead]
    return Outputs(
        orders=day.order_entry.data_to_send(),
        market_data=[] if recovery is None else recovery.data_to_send(),
        datagrams=datagrams,
        closing_orders=day.order_entry.closing(),
        closing_market_data=[] if recovery is None else recovery.closing(),
        services=[(port, *sent) for port, service in day.services.items() for sent in service.data_to_send()],
        closing_services=[(port, conn) for port, service in day.services.items() for conn in service.closing()],
    )
