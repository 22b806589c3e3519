"""An owner of byte streams that writes down what it hears, and lets a test wait for it."""

import asyncio

PATIENCE_S = 20


class Recorder:
    """hts.io.streams.StreamOwner."""

    def __init__(self):
        self.heard = []
        self.conns = []
        self._news = asyncio.Event()

    def connected(self, conn):
        self.conns.append(conn)
        self._note("connected")

    def received(self, conn, data):
        self._note(data)

    def disconnected(self, conn, reason):
        self._note(reason)

    def writable(self, conn):
        pass

    def _note(self, what):
        last = self.heard[-1] if self.heard else None
        if isinstance(what, bytes) and isinstance(last, bytes):
            self.heard[-1] = last + what  # where a stream is split is the kernel's choice
        else:
            self.heard.append(what)
        self._news.set()

    async def hears(self, expected):
        """Wait until exactly this was heard."""
        async with asyncio.timeout(PATIENCE_S):
            while self.heard != expected:
                self._news.clear()
                await self._news.wait()
