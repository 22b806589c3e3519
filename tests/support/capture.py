"""A whole session of terminal, core and venue as the capture that a machine between them would have taken."""

from collections import Counter

from hts.app.simulation_parts import SimulationParts
from hts.lab.network import CLIENT, Datagrams, Stream
from hts.lab.venue_node import VenueNode
from hts.lab.world import World
from tests.support.pcap import SYN, ethernet, pcap, tcp, udp

PORTS = {"orders": 30001, "recovery": 30002, "A": 30003, "B": 30004, "link": 30005}


class Capture:
    """Packets in the order in which they were sent."""

    def __init__(self):
        self.packets = []
        self.report = None
        self.writes = Counter()
        self._flows = {}
        self._clients = 40000

    def segment(self, schedule, stream, kind, end, data):
        """One write on a connection; the first one of a direction is preceded by its SYN."""
        self.writes[kind] += 1
        client, sequence = self._flow(stream)
        ports = (client, PORTS[kind]) if end == CLIENT else (PORTS[kind], client)
        where = {"source": ports[0], "target": ports[1]}
        if not sequence[end]:
            self._add(schedule, tcp(b"", 1000, SYN, **where))
            sequence[end] = 1001
        self._add(schedule, tcp(data, sequence[end], **where))
        sequence[end] += len(data)

    def datagram(self, schedule, line, data):
        """One datagram of the feed."""
        self._add(schedule, udp(data, source=30000, target=PORTS[line]))

    def file(self):
        """The bytes of the pcap file."""
        return pcap(self.packets)

    def _flow(self, stream):
        if id(stream) not in self._flows:
            self._clients += 1
            self._flows[id(stream)] = (self._clients, [0, 0], stream)
        return self._flows[id(stream)][:2]

    def _add(self, schedule, packet):
        self.packets.append((1_700_000_000_000_000_000 + schedule.mono_ns, ethernet(packet)))


def capture_session(monkeypatch, *, seed, orders, enabled=frozenset()):
    """Play one world and keep what its three processes wrote."""
    capture = Capture()
    kinds = {}
    send, datagram = Stream.send, Datagrams.send

    def accept(kind, original):
        def accepting(node, receive, closed):
            stream = original(node, receive, closed)
            if stream is not None:
                kinds[id(stream)] = (kind, stream)
            return stream

        return accepting

    def sending(stream, end, data):
        if data:
            kind = kinds.get(id(stream), ("link", stream))[0]
            capture.segment(stream._schedule, stream, kind, end, data)
        send(stream, end, data)

    def datagram_sending(line, data):
        _venue, name = next(name for name, known in world._lines.items() if known is line)
        capture.datagram(line._schedule, name, data)
        datagram(line, data)

    monkeypatch.setattr(VenueNode, "accept_orders", accept("orders", VenueNode.accept_orders))
    monkeypatch.setattr(VenueNode, "accept_recovery", accept("recovery", VenueNode.accept_recovery))
    monkeypatch.setattr(Stream, "send", sending)
    monkeypatch.setattr(Datagrams, "send", datagram_sending)
    world = World(SimulationParts(), seed=seed, orders=orders, enabled=enabled)
    capture.report = world.run()
    return capture
