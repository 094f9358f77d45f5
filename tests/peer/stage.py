# SPDX-License-Identifier: GPL-3.0-or-later
"""A stub server and units against it, over real sockets, for the tests of sessions."""
import contextlib
import os
import sys
import threading

sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)), os.path.join(os.path.dirname(os.path.abspath(__file__)), '..')]
import bbt
import bbt_link
from bbt_device import Clock, Device
from bbt_link import PATIENCE
from bbt_server import Server
from bbt_unit import Unit

KEY = bytes(range(100, 132))
KINDS = [(udp, key) for udp in (False, True) for key in (KEY, None)]
EIGHT = {channel: 12000 + channel for channel in range(1, 9)}


@contextlib.contextmanager
def serving(key=KEY, cues=(), serials=('S1', 'S2'), **options):
    server = Server(dict.fromkeys(serials, key), cues=map(bbt_link.Cue, cues), **options).start()
    try:
        yield server
    finally:
        server.stop()


def unit_of(serial='S1', key=KEY, clock=0, device=None, cues=(), values=EIGHT, **options):
    device = device or Device(serial, Clock(offset=clock))
    if values:
        device.measure(values)
    return Unit(device, key, cues=map(bbt_link.Cue, cues), **options)


class Call:
    """A call in a thread of its own."""

    def __init__(self, unit, server, udp=False, cause=1):
        self.unit, self.how, link = unit, None, bbt_link.dial(server.address, udp)
        self.thread = threading.Thread(target=self._play, args=(link, cause), daemon=True)
        self.thread.start()

    def _play(self, link, cause):
        try:
            how = 'broken'
            how = self.unit.call(link, cause)
        finally:
            self.how = how

    def end(self):
        self.thread.join(PATIENCE)
        assert self.how, f'the session did not end; {[bbt_link.plain(thing) for thing in self.unit.log.things[-8:]]}'
        return self.how

    def leave(self):
        self.unit.ask(self.unit.leave)
        return self.end()


@contextlib.contextmanager
def staying(server, udp=False, **options):
    """A unit that stays, once its session is open and its first report is acknowledged; leaves by BYE at the end."""
    unit = unit_of(stays=True, **options)
    call = Call(unit, server, udp)
    unit.log.wait('heard', kind='ACK')
    yield unit
    how = call.leave()
    assert how == 'bye', how


def one_call(server, unit, udp=False, cause=1):
    return Call(unit, server, udp, cause).end()


def told(server, stream, serial='S1'):
    """(boot, number) of the records stored of a stream."""
    return [(record['boot'], record['number']) for record in server.records(serial, stream)]


def pieces(link, number=1):
    """Frames that come on a bare link until there are so many, or it ends."""
    frames = []
    with contextlib.suppress(bbt_link.Hangup):
        while len(frames) < number:
            frames += link.receive()
    return frames


def identity(serial='S1', authentication=1, **fields):
    return bbt.encode(bbt.Type.IDENT, {'serial': serial, 'model': 'BBT-1', 'boot': 1, 'authentication': authentication,
                                       'nonce': os.urandom(8), 'firmware': bytes(3), 'iccid': bytes(10), **fields})
