"""A Bolt client of sockets alone. It reads what it needs, so that the time it takes is that of the server."""
import socket, struct

HELLO, GOODBYE, RESET, RUN, BEGIN, COMMIT, ROLLBACK = 0x01, 0x02, 0x0F, 0x10, 0x11, 0x12, 0x13
DISCARD, PULL, LOGON = 0x2F, 0x3F, 0x6A
SUCCESS, RECORD, IGNORED, FAILURE = 0x70, 0x71, 0x7E, 0x7F


def pack(value):
    """PackStream of null, booleans, integers, strings, lists and maps."""
    if value is None:
        return b"\xc0"
    if isinstance(value, bool):
        return b"\xc3" if value else b"\xc2"
    if isinstance(value, int):
        return b"\xcb" + struct.pack(">q", value)
    if isinstance(value, str):
        data = value.encode()
        return b"\xd2" + struct.pack(">I", len(data)) + data
    if isinstance(value, list):
        return b"\xd6" + struct.pack(">I", len(value)) + b"".join(map(pack, value))
    return b"\xda" + struct.pack(">I", len(value)) + b"".join(pack(key) + pack(item) for key, item in value.items())


def message(signature, *fields):
    """A message in its chunk; longer ones than a chunk are not needed here."""
    body = bytes([0xB0 | len(fields), signature]) + b"".join(map(pack, fields))
    return struct.pack(">H", len(body)) + body + b"\0\0"


class Client:
    """A connection that is logged on."""

    def __init__(self, port, auth=None, timeout=60, logon=True):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.data = bytearray()
        self.send(bytes.fromhex("6060b017") + bytes.fromhex("00000405") + bytes(12))
        if self.exactly(4) != bytes.fromhex("00000405"):
            raise ConnectionError("the server does not speak Bolt 5.4")
        if logon:
            token = {"scheme": "basic", "principal": auth[0], "credentials": auth[1]} if auth else {"scheme": "none"}
            self.send(message(HELLO, {"user_agent": "bare/1.0", "bolt_agent": {"product": "bare/1.0"}}) + message(LOGON, token))
            self.expect(SUCCESS, SUCCESS)

    def send(self, data):
        self.socket.sendall(data)

    def exactly(self, count):
        while len(self.data) < count:
            self.receive()
        taken = bytes(self.data[:count])
        del self.data[:count]
        return taken

    def receive(self):
        data = self.socket.recv(1 << 18)
        if not data:
            raise ConnectionError("the server closed the connection")
        self.data += data

    def next(self):
        """The next message, without its chunks."""
        body = b""
        while True:
            length = struct.unpack(">H", self.exactly(2))[0]
            if length == 0 and body:
                return body
            body += self.exactly(length)

    def expect(self, *signatures):
        """The next messages, which must be these."""
        for signature in signatures:
            body = self.next()
            if body[1] != signature:
                raise ConnectionError(f"{signature:#x} was expected, but {body!r} came")

    def run(self, statement, parameters=None, n=-1, database=None):
        """Sends a statement and takes its rows `n` at a time; returns the bytes that came."""
        extra = {"db": database} if database else {}
        self.send(message(RUN, statement, parameters or {}, extra) + message(PULL, {"n": n}))
        self.expect(SUCCESS)
        received = 0
        while True:
            summary, count = self.summary()
            received += count
            if summary[1] != SUCCESS:
                raise ConnectionError(f"the statement failed: {summary!r}")
            if b"has_more\xc3" not in summary:
                return received
            self.send(message(PULL, {"n": n}))

    def summary(self):
        """Skips rows to the SUCCESS or FAILURE at their end; returns it and the count of bytes."""
        received = 0
        while (found := last_summary(self.data)) is None:
            # Only the last bytes can belong to the summary: it fits into one chunk.
            if len(self.data) > KEPT:
                received += len(self.data) - KEPT
                del self.data[:-KEPT]
            self.receive()
        received += len(self.data)
        self.data.clear()
        return found, received

    def close(self):
        self.socket.close()


# Longer than any summary of the statements here.
KEPT = 4096


def last_summary(data):
    """The SUCCESS or FAILURE with which the data ends, which is one chunk; None if it ends with a row."""
    if data[-2:] != b"\0\0":
        return None
    for signature in (b"\xb1\x70", b"\xb1\x7f"):
        at = data.rfind(signature, max(0, len(data) - KEPT))
        if at >= 2 and struct.unpack_from(">H", data, at - 2)[0] == len(data) - at - 2:
            return bytes(data[at:-2])
    return None
