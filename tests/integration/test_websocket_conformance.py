"""RFC 6455 against the hub's own WebSocket, by way of ws-echo: what Autobahn asks of a server, under its section numbers.

Each case is what the client sends and what must come back: messages and pongs in order, then how the connection ends: the
close code that the server sends, or nothing where it stays open and is closed by us with 1000.
"""

import contextlib
import pathlib
import random
import re
import subprocess
import tempfile
import time

import pytest

from harness.processes import BUILD, Process
from harness.rawsocket import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, RawSocket

MIB = 1 << 20
MOST = 16 * MIB


@pytest.fixture(scope="module")
def port():
    directory = pathlib.Path(tempfile.mkdtemp(prefix="tocsin-echo-"))
    process = Process("ws-echo", directory / "ws-echo.log")
    process.spawn([str(BUILD / "tests" / "ws-echo"), "--port", "0"], stdout=subprocess.PIPE)
    try:
        line = process.popen.stdout.readline()
        line = line.decode() if isinstance(line, bytes) else line
        yield int(re.search(r":(\d+)/", line).group(1))
        process.popen.terminate()
        assert process.wait(10) == 0
    finally:
        process.popen.stdout.close()
        process.close()


# The same in every run: a failure can be had again.
chance = random.Random(6455)


def masked(payload: bytes = b"", opcode: int = TEXT, fin: bool = True, rsv: int = 0) -> bytes:
    """A client's frame, with a mask that changes the bytes."""
    head = RawSocket.frame(payload, opcode=opcode, fin=fin, rsv=rsv)
    head = head[:len(head) - len(payload) - 4]
    mask = chance.randbytes(4)
    if not payload:
        return head + mask
    pad = (mask * (len(payload) // 4 + 1))[:len(payload)]
    return head + mask + (int.from_bytes(payload, "big") ^ int.from_bytes(pad, "big")).to_bytes(len(payload), "big")


def fragments(payload: bytes, size: int, opcode: int = TEXT, between: bytes = b"") -> bytes:
    parts = [payload[i:i + size] for i in range(0, len(payload), size)] or [b""]
    return between.join(masked(part, CONTINUATION if number else opcode, number == len(parts) - 1)
                        for number, part in enumerate(parts))


def close_frame(code: int | None = None, reason: bytes = b"") -> bytes:
    return masked(b"" if code is None else code.to_bytes(2, "big") + reason, CLOSE)


class Echo(RawSocket):
    def __init__(self, port: int):
        super().__init__(port, "nobody", subprotocol="anything")

    def chopped(self, data: bytes, size: int = 1, pause_s: float = 0.0):
        for i in range(0, len(data), size):
            self.send(data[i:i + size])
            if pause_s:
                time.sleep(pause_s)

    def expect(self, *frames: tuple[int, bytes]):
        for frame in frames:
            got = self.receive_frame()
            assert got == frame, f"{got[0]}, {got[1][:60]!r} ({len(got[1])} bytes), not {frame[0]}, {frame[1][:60]!r}"

    def expect_end(self, code: int | None):
        """The server's close frame (None: an empty one), then the end of the stream and nothing else."""
        opcode, payload = self.receive_frame()
        assert opcode == CLOSE, (opcode, payload[:60])
        assert (int.from_bytes(payload[:2], "big") if payload else None) == code, payload
        self._end()

    def _end(self):
        with contextlib.suppress(ConnectionResetError):
            while True:
                data = self.socket.recv(65536)
                if not data:
                    break
                assert False, f"after the close frame: {data[:60]!r}"

    def goodbye(self):
        """Alive and in step: answers a ping, echoes a close, ends."""
        self.send(masked(b"still there?", PING))
        self.expect((PONG, b"still there?"))
        self.send(close_frame(1000, b"done"))
        self.expect_end(1000)


# --- 1 to 5: frames, pings, reserved bits and opcodes, fragments ---

@pytest.mark.parametrize("opcode", [TEXT, BINARY])
@pytest.mark.parametrize("size", [0, 125, 126, 127, 128, 65535, 65536])
def test_1_sizes(port, opcode, size):
    payload = b"*" * size if opcode == TEXT else chance.randbytes(size)
    with Echo(port) as ws:
        ws.send(masked(payload, opcode))
        ws.expect((opcode, payload))
        ws.chopped(masked(payload, opcode), 997)
        ws.expect((opcode, payload))
        ws.goodbye()


@pytest.mark.parametrize("payload", [b"", b"Hello, world!", bytes([0, 255, 254, 253, 252, 251, 0, 255]), b"\xfe" * 125])
@pytest.mark.parametrize("chop", [None, 1])
def test_2_pings(port, payload, chop):
    with Echo(port) as ws:
        ws.chopped(masked(payload, PING), chop or 1000)
        ws.expect((PONG, payload))
        ws.goodbye()


def test_2_5_ping_too_long(port):
    with Echo(port) as ws:
        ws.send(masked(b"\xfe" * 126, PING))
        ws.expect_end(1002)


@pytest.mark.parametrize("payload", [b"", b"unsolicited"])
def test_2_7_unsolicited_pong(port, payload):
    with Echo(port) as ws:
        ws.send(masked(payload, PONG) + masked(b"x", PING))
        ws.expect((PONG, b"x"))
        ws.goodbye()


@pytest.mark.parametrize("chop", [1, 7, 10_000])
def test_2_10_ten_pings(port, chop):
    with Echo(port) as ws:
        ws.chopped(b"".join(masked(b"payload-%d" % i, PING) for i in range(10)), chop)
        ws.expect(*((PONG, b"payload-%d" % i) for i in range(10)))
        ws.goodbye()


@pytest.mark.parametrize("rsv", range(1, 8))
@pytest.mark.parametrize("opcode", [TEXT, BINARY, PING, CLOSE])
def test_3_reserved_bits(port, rsv, opcode):
    with Echo(port) as ws:
        ws.send(masked(b"before"))
        ws.expect((TEXT, b"before"))
        payload = b"\x03\xe8" if opcode == CLOSE else b"Hello"
        ws.chopped(masked(payload, opcode, rsv=rsv) + masked(b"x", PING), 1000 if rsv % 2 else 1)
        ws.expect_end(1002)


@pytest.mark.parametrize("opcode", [3, 4, 5, 6, 7, 11, 12, 13, 14, 15])
@pytest.mark.parametrize("payload", [b"", b"reserved opcode payload"])
def test_4_reserved_opcodes(port, opcode, payload):
    with Echo(port) as ws:
        ws.send(masked(b"before") + masked(payload, opcode) + masked(b"x", PING))
        ws.expect((TEXT, b"before"))
        ws.expect_end(1002)


@pytest.mark.parametrize("opcode", [PING, PONG, CLOSE])
def test_5_1_fragmented_control_frame(port, opcode):
    with Echo(port) as ws:
        ws.send(masked(b"\x03\xe8", opcode, fin=False) + masked(b"2", CONTINUATION))
        ws.expect_end(1002)


@pytest.mark.parametrize("chop", [1, 10_000])
@pytest.mark.parametrize("count", [2, 6])
@pytest.mark.parametrize("pings", [False, True])
def test_5_3_fragments_with_pings_between(port, chop, count, pings):
    payload = b"fragment" * count
    between = masked(b"ping!", PING) if pings else b""
    with Echo(port) as ws:
        ws.chopped(fragments(payload, 8, between=between), chop)
        ws.expect(*[(PONG, b"ping!")] * (count - 1 if pings else 0), (TEXT, payload))
        ws.goodbye()


@pytest.mark.parametrize("first", [
    masked(b"orphan", CONTINUATION),                                              # 5.9, 5.10, 5.11
    masked(b"orphan", CONTINUATION, fin=False),                                   # 5.12 to 5.14
    fragments(b"whole message", 6) + masked(b"orphan", CONTINUATION, fin=False),  # 5.15
    masked(b"1", TEXT, fin=False) + masked(b"2", TEXT),                           # 5.18
    masked(b"1", BINARY, fin=False) + masked(b"2", TEXT, fin=False),
])
@pytest.mark.parametrize("chop", [1, 10_000])
def test_5_9_fragments_out_of_order(port, first, chop):
    with Echo(port) as ws:
        ws.chopped(first + masked(b"after"), chop)
        opcode, payload = ws.receive_frame()
        if opcode == TEXT:
            assert payload == b"whole message"
            ws.expect_end(1002)
        else:
            assert (opcode, payload[:2]) == (CLOSE, (1002).to_bytes(2, "big"))


def test_5_19_empty_fragments(port):
    with Echo(port) as ws:
        ws.send(masked(b"", TEXT, fin=False) + masked(b"", CONTINUATION, fin=False) + masked(b"", CONTINUATION))
        ws.expect((TEXT, b""))
        ws.send(masked(b"", TEXT, fin=False) + masked(b"middle", CONTINUATION, fin=False) + masked(b"", CONTINUATION))
        ws.expect((TEXT, b"middle"))
        ws.goodbye()


def test_5_unmasked(port):
    with Echo(port) as ws:
        ws.send(RawSocket.frame(b"bare", opcode=TEXT, mask=False))
        ws.expect_end(1002)


# --- 6: UTF-8 ---

VALID = ["", "Hello-µ@ßöäüàá-UTF-8!!", "κόσμε", "\u0000", "\u0080", "\u0800", "\U00010000", "\u007f", "\u07ff", "\uffff",
         "\U0010ffff", "\ud7ff", "\ue000", "\ufffd", "\ufffe", "\ufdd0", "\U0001fffe", "平房区红袖标"]
INVALID = [
    b"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed\xa0\x80edited",       # 6.3.1
    b"\xf8\x88\x80\x80\x80", b"\xfc\x84\x80\x80\x80\x80",                   # 6.8
    b"\xf7\xbf\xbf\xbf", b"\xfb\xbf\xbf\xbf\xbf", b"\xfd\xbf\xbf\xbf\xbf\xbf",  # 6.10
    b"\xf4\x90\x80\x80",                                                     # 6.11.5
    b"\x80", b"\xbf", b"\x80\xbf", b"\x80\xbf\x80\xbf\x80\xbf",              # 6.12
    b"\xc0 \xc1 \xc2 ", b"\xe0 \xe1 ", b"\xf0 \xf1 ", b"\xf8 ", b"\xfc ",    # 6.13
    b"\xc0", b"\xe0\x80", b"\xf0\x80\x80", b"\xdf", b"\xef\xbf", b"\xf7\xbf\xbf",  # 6.14
    b"\xc0\xe0\x80\xf0\x80\x80",                                             # 6.15
    b"\xfe", b"\xff", b"\xfe\xfe\xff\xff",                                   # 6.16
    b"\xc0\xaf", b"\xe0\x80\xaf", b"\xf0\x80\x80\xaf",                       # 6.17
    b"\xc1\xbf", b"\xe0\x9f\xbf", b"\xf0\x8f\xbf\xbf",                       # 6.18
    b"\xc0\x80", b"\xe0\x80\x80", b"\xf0\x80\x80\x80",                       # 6.19
    b"\xed\xa0\x80", b"\xed\xad\xbf", b"\xed\xae\x80", b"\xed\xbf\xbf",      # 6.20
    b"\xed\xa0\x80\xed\xb0\x80", b"\xed\xaf\xbf\xed\xbf\xbf",                # 6.21
]


@pytest.mark.parametrize("text", VALID)
@pytest.mark.parametrize("size", [1, 3, 10_000])
def test_6_valid_utf8(port, text, size):
    with Echo(port) as ws:
        ws.send(fragments(text.encode(), size))
        ws.expect((TEXT, text.encode()))
        ws.goodbye()


@pytest.mark.parametrize("payload", INVALID)
@pytest.mark.parametrize("size", [1, 10_000])
def test_6_3_invalid_utf8(port, payload, size):
    with Echo(port) as ws:
        ws.send(fragments(payload, size))
        ws.expect_end(1007)


@pytest.mark.parametrize("bad", [b"\xf4\x90\x80\x80", b"\xf4\x90", b"\xff", b"\xed\xa0\x80"])
@pytest.mark.parametrize("in_frames", [True, False])
def test_6_4_fails_fast(port, bad, in_frames):
    good = "κόσμε".encode()
    with Echo(port) as ws:
        began = time.monotonic()
        if in_frames:  # 6.4.1, 6.4.2: the message goes on for ever; what is wrong is seen in its second frame
            ws.send(masked(good, fin=False))
            time.sleep(0.1)
            ws.send(masked(bad, CONTINUATION, fin=False))
        else:  # 6.4.3, 6.4.4: one frame, of which the end never comes
            frame = masked(good + bad + b"edited" * 10)
            ws.chopped(frame[:len(frame) - 60], len(good) + 6, pause_s=0.1)
        ws.expect_end(1007)
        assert time.monotonic() - began < 5


def test_6_binary_is_not_asked(port):
    with Echo(port) as ws:
        for payload in INVALID:
            ws.send(masked(payload, BINARY))
            ws.expect((BINARY, payload))
        ws.goodbye()


# --- 7: closing ---

def test_7_1_2_nothing_follows_a_close(port):
    for after in (close_frame(1000), masked(b"ping", PING), masked(b"text"), masked(b"rest", CONTINUATION)):
        with Echo(port) as ws:
            ws.send(masked(b"first") + close_frame(1000) + after)
            ws.expect((TEXT, b"first"))
            ws.expect_end(1000)


def test_7_1_5_close_between_fragments(port):
    with Echo(port) as ws:
        ws.send(masked(b"1", fin=False) + close_frame(1000) + masked(b"2", CONTINUATION))
        ws.expect_end(1000)


def test_7_1_6_close_behind_a_large_message(port):
    payload = b"B" * (256 * 1024)
    with Echo(port) as ws:
        ws.send(masked(payload) + close_frame(1000) + masked(b"x", PING))
        ws.expect((TEXT, payload))
        ws.expect_end(1000)


def test_7_3_shape_of_a_close(port):
    cases = [(close_frame(), None), (masked(b"\x03", CLOSE), 1002), (close_frame(1000), 1000),
             (close_frame(1000, b"Hello"), 1000), (close_frame(1000, b"*" * 123), 1000),
             (masked(b"\x03\xe8" + b"*" * 124, CLOSE), 1002)]
    for frame, code in cases:
        with Echo(port) as ws:
            ws.send(frame)
            opcode, payload = ws.receive_frame()
            assert opcode == CLOSE
            got = int.from_bytes(payload[:2], "big") if payload else None
            assert got == code or (code is None and got == 1000), (frame, got)


def test_7_5_1_close_with_invalid_utf8(port):
    with Echo(port) as ws:
        ws.send(close_frame(1000, b"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed\xa0\x80edited"))
        opcode, payload = ws.receive_frame()
        assert opcode == CLOSE and int.from_bytes(payload[:2], "big") in (1002, 1007)


@pytest.mark.parametrize("code", [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999])
def test_7_7_valid_close_codes(port, code):
    with Echo(port) as ws:
        ws.send(close_frame(code))
        ws.expect_end(code)


@pytest.mark.parametrize("code", [0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999])
def test_7_9_invalid_close_codes(port, code):
    with Echo(port) as ws:
        ws.send(close_frame(code))
        ws.expect_end(1002)


# --- 9, 10: sizes, speed, chopping ---

@pytest.mark.parametrize("opcode", [TEXT, BINARY])
@pytest.mark.parametrize("size, fragment", [(MIB, MIB), (4 * MIB, 4 * MIB), (MOST, MOST), (MIB, 64), (4 * MIB, 256),
                                            (MOST, 4096), (MOST, 64)])
def test_9_large_messages(port, opcode, size, fragment):
    payload = b"BAsd7&jh23" * (size // 10 + 1)
    payload = payload[:size]
    with Echo(port) as ws:
        if fragment == size:
            data = masked(payload, opcode)
        else:
            data = b"".join(RawSocket.frame(payload[i:i + fragment], opcode=CONTINUATION if i else opcode,
                                            fin=i + fragment >= size) for i in range(0, size, fragment))
        ws.send(data)
        got_opcode, got = ws.receive_frame()
        assert got_opcode == opcode and got == payload
        ws.goodbye()


def test_9_above_the_bound(port):
    with Echo(port) as ws:
        ws.send(RawSocket.frame(b"x" * 10, opcode=BINARY, fin=False) +
                b"\x80\xff" + MOST.to_bytes(8, "big") + bytes(4))
        ws.expect_end(1009)


@pytest.mark.parametrize("chop", [64, 128, 1024])
def test_9_5_chopped(port, chop):
    payload = b"c" * MIB
    with Echo(port) as ws:
        ws.chopped(masked(payload), chop)
        ws.expect((TEXT, payload))
        ws.goodbye()


@pytest.mark.parametrize("size", [0, 16, 64, 256, 1024, 4096])
def test_9_7_a_thousand_round_trips(port, size):
    payload = b"*" * size
    frame = masked(payload)
    with Echo(port) as ws:
        for _ in range(200):
            ws.send(frame)
            ws.expect((TEXT, payload))
        ws.send(frame * 800)
        ws.expect(*[(TEXT, payload)] * 800)
        ws.goodbye()


def test_10_1_fragments_of_1300(port):
    payload = b"*" * 65536
    with Echo(port) as ws:
        ws.send(fragments(payload, 1300))
        ws.expect((TEXT, payload))
        ws.goodbye()


def test_12_no_compression_is_agreed(port):
    with Echo(port) as ws:
        ws.send(masked(b"compressed?", rsv=4))
        ws.expect_end(1002)


# --- ours: pings while nothing is read, in any order and any cut ---

def test_pongs_among_half_sent_messages(port):
    """Large messages fill the socket; pings come meanwhile. Every frame that comes back is whole."""
    rng = random.Random(7)
    payload = chance.randbytes(700_000)
    with Echo(port) as ws:
        ws.socket.settimeout(20)
        for round_number in range(5):
            sent = b"".join(masked(payload[:rng.randrange(1, len(payload))], BINARY) for _ in range(1))
            pings = [b"%d" % i for i in range(20)]
            ws.send(sent + b"".join(masked(ping, PING) for ping in pings))
            time.sleep(0.05)
            got = [ws.receive_frame() for _ in range(21)]
            assert [x for x in got if x[0] == PONG] == [(PONG, ping) for ping in pings], round_number
            assert sum(x[0] == BINARY for x in got) == 1
        ws.goodbye()


def test_close_among_half_sent_messages(port):
    payload = chance.randbytes(2 * MIB)
    with Echo(port) as ws:
        ws.send(masked(payload, BINARY) + close_frame(4321, b"enough"))
        time.sleep(0.1)
        ws.expect((BINARY, payload))
        ws.expect_end(4321)
