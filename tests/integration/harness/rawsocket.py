"""WebSocket below the library: whole frames, broken frames, single bytes."""

import base64
import os
import socket
import struct
import time

from .processes import PATIENCE_S, TestTimeout

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA


class RawSocket:
    """An upgraded connection on a blocking socket. Use as a context manager."""

    def __init__(self, port: int, token: str, subprotocol: str = "tocsin.v1", receive_buffer: int | None = None):
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(PATIENCE_S)
        self.socket.connect(("127.0.0.1", port))
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall((
            "GET /v1/connect HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Protocol: {subprotocol}\r\n"
            f"Authorization: Bearer {token}\r\n\r\n").encode())
        self._buffer = b""
        while b"\r\n\r\n" not in self._buffer:
            self._more()
        head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 101"), head

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    @staticmethod
    def frame(payload: bytes = b"", opcode: int = BINARY, fin: bool = True, mask: bool = True, rsv: int = 0) -> bytes:
        head = bytes([(0x80 if fin else 0) | rsv << 4 | opcode])
        bit = 0x80 if mask else 0
        if len(payload) < 126:
            head += bytes([bit | len(payload)])
        elif len(payload) < 65536:
            head += bytes([bit | 126]) + struct.pack(">H", len(payload))
        else:
            head += bytes([bit | 127]) + struct.pack(">Q", len(payload))
        # A mask of zeros is a mask: the payload stays readable in a failing test.
        return head + (bytes(4) if mask else b"") + payload

    def send(self, data: bytes):
        self.socket.sendall(data)

    def send_frame(self, payload: bytes = b"", **options):
        self.send(self.frame(payload, **options))

    def _more(self):
        data = self.socket.recv(65536)
        if not data:
            raise EOFError
        self._buffer += data

    def receive_frame(self) -> tuple[int, bytes]:
        """Opcode and payload of the next frame; EOFError where the connection ended without one."""
        while True:
            if len(self._buffer) >= 2:
                length, at = self._buffer[1] & 0x7F, 2
                if length == 126 and len(self._buffer) >= 4:
                    length, at = struct.unpack(">H", self._buffer[2:4])[0], 4
                elif length == 127 and len(self._buffer) >= 10:
                    length, at = struct.unpack(">Q", self._buffer[2:10])[0], 10
                elif length >= 126:
                    length = 1 << 62
                if len(self._buffer) >= at + length:
                    opcode, payload = self._buffer[0] & 0x0F, self._buffer[at:at + length]
                    self._buffer = self._buffer[at + length:]
                    return opcode, payload
            self._more()

    def close_code(self, timeout: float = PATIENCE_S) -> int:
        """Reads on until the hub closes; the code of its close frame, or 1006 where it gave none."""
        deadline = time.monotonic() + timeout
        try:
            while True:
                self.socket.settimeout(max(0.01, deadline - time.monotonic()))
                opcode, payload = self.receive_frame()
                if opcode == CLOSE:
                    return struct.unpack(">H", payload[:2])[0] if len(payload) >= 2 else 1005
        except socket.timeout:
            raise TestTimeout(f"the hub kept the connection for {timeout:g} s") from None
        except (EOFError, ConnectionError):
            return 1006
