"""Stands between clients and a hub and meddles with one subscriber's events: for a proof that the load program notices.

It passes TCP on byte by byte until a connection has been upgraded and answered, and from then on looks at the hub's
WebSocket messages that hold events.
"""

import asyncio
import struct

from harness.wire import messages


class Meddler:
    """`how`: lose, repeat or swap, done once to the event number `at` of the first connection that gets so many."""

    def __init__(self, port: int, how: str, at: int):
        self.hub_port, self.how, self.at = port, how, at
        self.done = False
        self.port = 0
        self._server = None
        self._tasks = set()

    async def __aenter__(self):
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_):
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, client_reader, client_writer):
        self._tasks.add(asyncio.current_task())
        hub_reader, hub_writer = await asyncio.open_connection("127.0.0.1", self.hub_port)
        up = asyncio.create_task(self._pass_on(client_reader, hub_writer))
        try:
            await self._meddle(hub_reader, client_writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            up.cancel()
            client_writer.close()
            hub_writer.close()

    async def _pass_on(self, reader, writer):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        writer.write_eof()

    async def _meddle(self, hub, client):
        client.write(await hub.readuntil(b"\r\n\r\n"))
        seen, kept = 0, None
        while True:
            head = await hub.readexactly(2)
            length = head[1] & 0x7F
            if length >= 126:
                wide = await hub.readexactly(2 if length == 126 else 8)
                length, = struct.unpack(">H" if length == 126 else ">Q", wide)
                head += wide
            payload = await hub.readexactly(length)
            frame = head + payload
            if head[0] & 0x0F == 2:
                message = messages().ServerMessage.FromString(payload)
                if any(entry.HasField("event") for entry in message.entries):
                    seen += 1
                    if seen == self.at and not self.done:
                        self.done = True
                        if self.how == "lose":
                            continue
                        if self.how == "swap":
                            kept = frame
                            continue
                        frame += frame
                    elif kept:
                        frame, kept = frame + kept, None
            client.write(frame)
            await client.drain()
