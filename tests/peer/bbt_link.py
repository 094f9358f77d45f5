# SPDX-License-Identifier: GPL-3.0-or-later
"""What both sides of a BBT session share: ways for frames (TCP, UDP, a serial line), misbehaviour on cue, and a log."""
import json
import os
import select
import socket
import struct
import sys
import threading
import time
import tty

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'app'))
import bbt
from bbt import Type
from patience import PATIENCE


class Hangup(Exception):
    """The other side, or a cue, has closed the link."""


# ---- ways for frames: fileno (), send (bytes), receive () → frames that came, close () --------------------

class StreamLink:
    """TCP, from either end. receive raises Hangup at the end, and bbt.Fault for what is no frame."""
    datagrams = False

    def __init__(self, peer):
        self.socket, self.reader, self.pause = peer, bbt.Reader(), 0
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def fileno(self):
        return self.socket.fileno()

    def send(self, data):
        try:
            self.socket.sendall(data)
        except OSError as error:
            raise Hangup(str(error)) from error

    def receive(self):
        try:
            data = self.socket.recv(65536)
        except OSError as error:
            raise Hangup(str(error)) from error
        if not data:
            raise Hangup('closed by the other side')
        return self.reader.feed(data)

    def more(self):
        """Frames, or the fault, behind a frame that was given already."""
        return self.reader.feed(b'')

    def close(self):
        self.socket.close()


class SerialLink(StreamLink):
    """A CSD call or a serial line: bytes may be lost, so the reader looks for the next good frame."""

    def __init__(self, path):
        self.fd = os.open(path, os.O_RDWR | os.O_NOCTTY)
        tty.setraw(self.fd)
        self.reader, self.pause, self.bad_since, self.last_byte = bbt.Reader(resync=True), 0, None, 0

    def fileno(self):
        return self.fd

    def send(self, data):
        while data:
            data = data[os.write(self.fd, data):]

    def receive(self):
        try:
            data = os.read(self.fd, 4096)
        except OSError as error:
            raise Hangup(str(error)) from error
        if not data:
            raise Hangup('the line went away')
        now = time.monotonic()
        frames = self.reader.give_up() if now - self.last_byte > 1 else []
        frames, self.last_byte = frames + self.reader.feed(data), now
        self.bad_since = None if frames or not (self.reader.lost or self.reader.bytes) else self.bad_since or now
        if self.bad_since and now - self.bad_since > 5:
            raise bbt.Fault(1, 'nothing but noise')
        return frames

    def close(self):
        os.close(self.fd)


class DatagramLink:
    """UDP of a unit: one datagram, one frame; anything else is dropped."""
    datagrams = True

    def __init__(self, address):
        self.pause = 0
        self.socket = socket.socket(socket.getaddrinfo(*address, type=socket.SOCK_DGRAM)[0][0], socket.SOCK_DGRAM)
        self.socket.connect(address)

    def fileno(self):
        return self.socket.fileno()

    def send(self, data):
        try:
            self.socket.send(data)
        except OSError:                              # nobody listens now: as good as lost on the way
            pass

    def receive(self):
        try:
            return [bbt.parse(self.socket.recv(65536))]
        except (OSError, bbt.Fault):
            return []

    def more(self):
        return []

    def close(self):
        self.socket.close()


def dial(address, udp=False):
    return DatagramLink(address) if udp else StreamLink(socket.create_connection(address, 10))


# ---- misbehaviour on cue ------------------------------------------------------------------------------------
# A cue takes the sender's bbt.End, the type and payload of a frame about to go, and the cue's number; it
# gives the pieces of bytes to send instead. None among them hangs up.

def repaired(raw, at, value):
    """The frame with one byte changed and the CRC right again."""
    body = bytearray(raw[:-2])
    body[at % len(raw)] = value
    return bytes(body) + bbt.crc(body)


def _changed(at):
    def change(end, kind, payload, _):
        raw = end.seal(kind, payload)
        return [repaired(raw, at, raw[at] ^ 0x40)]
    return change


def _wrong_crc(end, kind, payload, _):
    raw = end.seal(kind, payload)
    return [raw[:-1] + bytes([raw[-1] ^ 1])]


def _with_key(choose):
    def send(end, kind, payload, _):
        right, end.key = end.key, choose(end.key)
        raw = end.seal(kind, payload)
        end.key = right
        return [raw]
    return send


def _old_sequence(end, kind, payload, _):
    return [end.seal(kind, payload), bbt.seal(Type.PING, 1, bytes(4), end.key, end.direction)]


def _skip_sequence(end, kind, payload, number):
    end.sent += number or 100
    return [end.seal(kind, payload)]


def _replay(end, kind, payload, _):
    return [end.seal(kind, payload)] * 2


def _twice(end, kind, payload, _):
    return [end.seal(kind, payload), end.seal(kind, payload)]


def _truncated(end, kind, payload, number):
    return [end.seal(kind, payload)[:-(number or 3)], end.seal(Type.PING, bytes(4))]


def _short(end, kind, payload, _):
    return [end.seal(kind, payload[:-1])]


def _changed_payload(end, kind, payload, number):
    return [end.seal(kind, payload[:number] + bytes([payload[number] ^ 1]) + payload[number + 1:])]


def _slow(end, kind, payload, _):
    return [bytes([byte]) for byte in end.seal(kind, payload)]


def _silence(end, kind, payload, _):
    return []


def _flood(end, kind, payload, number):
    return [end.seal(kind, payload)] + [end.seal(Type.PING, bytes(4)) for _ in range(number or 1000)]


def _instead(end, kind, payload, number):
    return [end.seal(number or Type.IDENT, bytes(100))]


def _hang_up(end, kind, payload, number):
    return [end.seal(kind, payload)[:number], None]


CUES = {
    'wrong-mac': _changed(-3),
    'no-mac': _with_key(lambda key: None),
    'mac-uncalled': _with_key(lambda key: bytes(32)),
    'wrong-crc': _wrong_crc,
    'wrong-start': _changed(0),
    'wrong-version': _changed(1),
    'wrong-length': lambda end, kind, payload, _: [repaired(end.seal(kind, payload), 3, 4)],
    'old-sequence': _old_sequence,
    'skip-sequence': _skip_sequence,
    'replay': _replay,
    'twice': _twice,
    'truncate': _truncated,
    'short': _short,
    'payload': _changed_payload,
    'slow': _slow,
    'silence': _silence,
    'flood': _flood,
    'instead': _instead,
    'hang-up': _hang_up,
}


class Cue:
    """NAME[@TYPE][:NUMBER][*TIMES]: what to do wrong, with which frames (all), how, how many times (1; 0 = always)."""

    def __init__(self, text):
        text, _, times = text.partition('*')
        text, _, number = text.partition(':')
        self.name, _, kind = text.partition('@')
        if self.name not in CUES:
            raise ValueError(f'no cue "{self.name}"; there are: {", ".join(CUES)}')
        self.kind = Type[kind] if kind else None
        self.number, self.times = int(number or 0), int(times or 1) or -1

    def wants(self, kind):
        return self.times and self.kind in (None, kind)


def send(link, end, kind, payload, cues=()):
    """Seals and sends one frame, or what a cue makes of it. Raises Hangup."""
    cue = next((cue for cue in cues if cue.wants(kind)), None)
    if cue:
        cue.times -= 1
    for piece in CUES[cue.name](end, kind, payload, cue.number) if cue else [end.seal(kind, payload)]:
        if piece is None:
            raise Hangup('on cue')
        link.send(piece)
        if link.pause:
            select.select([], [], [], link.pause)    # slow bytes for a person to watch; tests leave it 0


# ---- the log -------------------------------------------------------------------------------------------------

def plain(thing):
    """The thing as JSON can say it: bytes in hex, channels by name."""
    if isinstance(thing, bytes):
        return thing.hex()
    if isinstance(thing, dict):
        return {bbt.CHANNELS[key][0] if key in bbt.CHANNELS else key: plain(value) for key, value in thing.items()}
    return [plain(item) for item in thing] if isinstance(thing, (list, tuple)) else thing


class Log:
    """What happened, in order. Threads may wait for it. show: called with each thing, for instance to print it."""

    def __init__(self, show=None):
        self.things, self.changed, self.show = [], threading.Condition(), show

    def say(self, what, **fields):
        thing = {'what': what, **fields}
        with self.changed:
            self.things.append(thing)
            self.changed.notify_all()
            if self.show:
                self.show(thing)

    def all(self, what, **fields):
        with self.changed:
            return [thing for thing in self.things if thing['what'] == what
                    and all(thing.get(key) == value for key, value in fields.items())]

    def wait(self, what, nth=1, **fields):
        """The nth thing of that kind with those fields. Raises AssertionError when none came in time."""
        end = time.monotonic() + PATIENCE
        with self.changed:
            while True:
                found = self.all(what, **fields)
                if len(found) >= nth:
                    return found[nth - 1]
                left = end - time.monotonic()
                assert left > 0 and self.changed.wait(left), \
                    f'not within {PATIENCE} s: {what} {fields}; there were: {[plain(t) for t in self.things[-12:]]}'


def print_json(thing):
    print(json.dumps(plain(thing)), flush=True)


class Bell:
    """Wakes a thread that waits in select, and brings it calls to make."""

    def __init__(self):
        self.ends, self.calls, self.lock = socket.socketpair(), [], threading.Lock()

    def fileno(self):
        return self.ends[0].fileno()

    def ask(self, call):
        with self.lock:
            self.calls.append(call)
        self.ends[1].send(b'!')

    def answer(self):
        """In the waiting thread: makes the calls that were asked for."""
        while select.select([self.ends[0]], [], [], 0)[0]:
            self.ends[0].recv(4096)
        with self.lock:
            calls, self.calls = self.calls, []
        for call in calls:
            call()

    def close(self):
        for end in self.ends:
            end.close()


def moment(now):
    """A clock's s and ms fields."""
    return {'time': int(now) & 0xFFFFFFFF, 'ms': int(now * 1000) % 1000}


def token():
    return struct.unpack('>I', os.urandom(4))[0]
