#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stub of a BBT session server by comms/PROTOCOL.md alone: plays the server side against any unit, TCP and UDP on
one port. As a class for tests, with cues to misbehave; and as a program:

    bbt_server.py [--port N] --unit SERIAL=HEX|SERIAL= …

prints one JSON line for each thing that happens, and takes requests as JSON lines on standard input, for instance
{"serial": "S1", "type": "OUTPUT", "step": 1, "output": 2, "state": 1, "token": 7, "after": 4000000000} (--help)."""
import argparse
import json
import os
import select
import socket
import sys
import threading
import time

import bbt
import bbt_link
from bbt import Fault, Type
from bbt_link import Hangup, moment

TIMING = {'proof': 10, 'result': 30, 'install': 70, 'udp-again': 10, 'udp-proof': 120}
STRANGER, CHALLENGED, OPEN, CLOSED = 'STRANGER CHALLENGED OPEN CLOSED'.split()


class Known:
    """What the server keeps of one serial: its key (None: it has none), its records and how far its streams came."""

    def __init__(self, key):
        self.key, self.records, self.marks, self.jumped, self.requests, self.session = key, [], {}, 0, [], None


class DatagramPeer:
    """One unit's address on the server's UDP socket."""
    datagrams, pause = True, 0

    def __init__(self, server, address):
        self.server, self.address = server, address

    def send(self, data):
        self.server.udp.sendto(data, self.address)

    def close(self):
        sessions = self.server.by_address.get(self.address, [])
        self.server.by_address[self.address] = [session for session in sessions if session.link is not self]


class Session:
    """One session, from the first frame on. The server's loop calls everything here."""

    def __init__(self, server, link):
        self.server, self.link, self.state = server, link, STRANGER
        self.end = bbt.End(bbt.SERVER, strict=not link.datagrams)
        self.known, self.outstanding, self.bye = None, None, False
        self.unacked, self.reports, self.told, self.identity, self.proof = [], {}, 0, None, None
        limit = server.timing['udp-proof' if link.datagrams else 'proof']
        self.patience = time.monotonic() + limit
        self.serial, self.heard_mac, self.bytes, self.minute = None, False, 0, time.monotonic()

    def say(self, what, **fields):
        self.server.log.say(what, serial=self.serial, **fields)

    def put(self, kind, payload, **fields):
        bbt_link.send(self.link, self.end, kind, payload, self.server.cues)
        self.say('sent', kind=bbt.name_of(kind), sequence=self.end.sent, **fields)

    def send(self, kind, **fields):
        self.put(kind, bbt.encode(kind, fields), **fields)

    def close(self, why, fault=None):
        """The one place where sessions end."""
        if self.state == CLOSED:
            return
        if fault:
            self.say('faults', code=fault.code, about=fault.about, text=fault.text)
            text = fault.text if self.state == OPEN or not self.link.datagrams else ''
            try:
                self.send(Type.FAULT, code=fault.code, about=fault.about, wait=fault.wait, text=text)
            except Hangup:
                pass
        self.state = CLOSED
        if self.known and self.known.session is self:
            self.known.session = None
        self.link.close()
        self.server.forget(self)
        self.say('closed', why=why)

    # ---- frames that come

    def hear(self, frame):
        if self.link.datagrams and self._hear_again(frame):
            return
        try:
            self.end.take(frame)
        except Fault as fault:
            if not self.link.datagrams:
                raise
            return self.say('dropped', kind=bbt.name_of(frame.kind), why=fault.text)
        self.heard_mac |= self.state == OPEN
        handler = self.STATES[self.state].get(frame.kind)
        if not handler and not (self.state == OPEN and frame.kind not in bbt.LAYOUTS):
            raise Fault(7, f'{bbt.name_of(frame.kind)} in {self.state}', frame.sequence)
        try:
            fields = bbt.decode(frame.kind, frame.payload) if handler else {}
        except Fault as fault:
            raise Fault(fault.code, fault.text, frame.sequence) from fault
        if frame.kind == Type.IDENT:
            self.serial = fields['serial']
        said = {name: value for name, value in fields.items() if name != 'serial'}
        self.say('heard', kind=bbt.name_of(frame.kind), sequence=frame.sequence, **said)
        if self.state == OPEN and self.accept['idle']:
            self.patience = time.monotonic() + self.accept['idle']
        if handler:
            handler(self, fields, frame)

    def _hear_again(self, frame):
        """Over UDP: a resend of what was answered is answered again."""
        if frame.kind == Type.IDENT and self.state in (CHALLENGED, OPEN) and frame.payload == self.identity:
            if self.state == CHALLENGED:
                self.send(Type.CHALLENGE, nonce=self.nonce)
            elif self.end.key is None and not self.heard_mac:
                self._send_accept()
            return True
        if frame.kind == Type.PROOF and self.state == OPEN and frame.payload == self.proof and not self.heard_mac:
            self._send_accept()
            return True
        return False

    def _ident(self, fields, frame):
        self.identity, self.ident, self.identified = frame.payload, fields, self.server.now()
        if self.link.datagrams:                      # sent again: its time is that of the first sending
            self.identified -= (0, 5, 15, 35, 75)[min(frame.sequence, 5) - 1]
        self.known = self.server.units.get(self.serial)
        if not self.known:
            raise Fault(3, 'unknown serial', frame.sequence)
        if self.known.key is None:
            if fields['authentication'] and not self.server.impostor:
                raise Fault(15, 'no key for this serial', frame.sequence)
            return self._open()
        if fields['authentication'] != 1:
            raise Fault(13, 'this serial must authenticate', frame.sequence)
        self.nonce = os.urandom(16)
        self.state = CHALLENGED
        self.send(Type.CHALLENGE, nonce=self.nonce)

    def _proof(self, fields, frame):
        if fields['proof'] != bbt.proof(self.known.key, self.identity, self.nonce):
            raise Fault(4, 'proof', frame.sequence)
        self.proof = frame.payload
        self.end.key = bbt.session_key(self.known.key, self.serial, self.nonce, self.ident['nonce'])
        self._open()

    def _open(self):
        older, self.known.session = self.known.session, self
        if older:
            same = self.link.datagrams and older.link.datagrams and older.link.address == self.link.address
            older.close('replaced', None if same else Fault(9, 'replaced by a newer session'))
        self.state = OPEN
        self._send_accept()
        self.patience = time.monotonic() + self.accept['idle'] if self.accept['idle'] else None
        self.say('open', authenticated=self.end.key is not None)

    def _send_accept(self):
        more = bool(self.known.requests)
        self.accept = {'idle': 600, 'wanted': 0b11110, 'flags': more << 1, **self.server.accept}
        self.send(Type.ACCEPT, **self.accept, **moment(self.server.now()))

    def _fault(self, fields, _):
        self.say('faulted', code=fields['code'], about=fields['about'], text=fields['text'])
        self.close('fault of the unit')

    def _bye(self, fields, _):
        self.bye = True

    def _ping(self, fields, _):
        self.send(Type.PONG, token=fields['token'], **moment(self.server.now()))

    def _ignore(self, fields, _):
        pass

    # ---- records

    def _record(self, fields, frame):
        stream = fields.get('stream', 0 if frame.kind in (Type.LIVE, Type.INCREMENT) else 2)
        boot = fields.get('boot', self.ident['boot'])
        if frame.kind == Type.INCREMENT:
            base = fields['base']
            if base > self.told or base not in self.reports:
                return self.known.requests.insert(0, (Type.REQUEST, bbt.encode(Type.REQUEST, {'ask': 1})))
            fields['values'] = {**self.reports[base], **fields['values']}
            self.reports = {number: values for number, values in self.reports.items() if number >= base}
        if stream == 0:
            self.reports[fields['number']] = fields['values']
        first = fields.get('first', fields.get('number'))
        rows = fields.get('rows')
        for i in range(len(rows) if rows else 1):
            self._store(stream, (boot, first + i), fields['time'] + i * fields.get('step', 0), frame.kind, fields,
                        rows[i] if rows else fields.get('values'))
        self.unacked.append((stream, self.server.ack_delay + time.monotonic() if self.server.acks else None))

    def _store(self, stream, at, made, kind, fields, values):
        mark = self.known.marks.get(stream, (0, 0))
        if at <= mark:
            return self.say('resent', stream=stream, boot=at[0], number=at[1])
        jumped = at[1] - 1 - (mark[1] if mark[0] == at[0] else 0)
        if jumped and stream:
            self.known.jumped += jumped
            self.say('jumped', stream=stream, records=jumped)
        self.known.marks[stream] = at
        offset = self.identified - (self.ident['time'] + self.ident['ms'] / 1000)
        when, doubtful = bbt.dated(made, fields.get('ms', 0), fields['status'], self.ident['clock'] >> 4, offset,
                                   self.server.now())
        record = {'stream': stream, 'boot': at[0], 'number': at[1], 'kind': bbt.name_of(kind), 'when': when, 'doubtful': doubtful,
                  'values': values, 'authenticated': self.end.key is not None, 'fields': fields}
        self.known.records.append(record)
        self.say('record', **{key: record[key] for key in record if key != 'fields'})

    def acknowledge(self):
        """One ACK for all streams whose time has come."""
        now = time.monotonic()
        due = {stream for stream, at in self.unacked if at is not None and at <= now}
        if not due:
            return
        self.unacked = [(stream, at) for stream, at in self.unacked if stream not in due]
        entries = [dict(zip(('stream', 'boot', 'through'), (stream, *self.known.marks[stream]))) for stream in sorted(due)]
        for entry in entries:
            if entry['stream'] == 0:
                self.told = entry['through']
        self.send(Type.ACK, entries=entries)

    # ---- requests

    def _result(self, fields, _):
        if self.outstanding and fields['request'] in self.outstanding['sequences']:
            self.say('result', request=self.outstanding['id'], kind=self.outstanding['kind'].name, code=fields['code'],
                     value=fields['value'])
            self.outstanding = None

    def _ask_next(self):
        number, kind, payload = (None, *self.known.requests[0])[-3:]
        self.known.requests.pop(0)
        self.put(kind, payload)
        if not bbt.is_request(kind):
            return
        limit = self.server.timing['install' if kind == Type.INSTALL else 'result']
        self.outstanding = {'id': number, 'kind': bbt.Type(kind) if kind in bbt.LAYOUTS else Kind(kind), 'payload': payload,
                            'sequences': [self.end.sent], 'end': time.monotonic() + limit,
                            'again': time.monotonic() + self.server.timing['udp-again']}

    def tick(self):
        """What time or the server's queue bring. Raises Fault and Hangup like hear ()."""
        now = time.monotonic()
        if self.state == OPEN:
            self.acknowledge()
            while self.known.requests and not self.outstanding:
                self._ask_next()
            self._ask_again(now)
            if self.bye and not self.outstanding and not self.unacked:
                self.send(Type.BYE, next=0, reason=0)
                return self.close('bye')
        if self.patience and now >= self.patience:
            if self.link.datagrams and self.state != OPEN:
                return self.close('forgotten')
            raise Fault(8, 'too slow')

    def _ask_again(self, now):
        waits = self.outstanding
        if waits and now >= waits['end']:
            self.say('unanswered', request=waits['id'])
            raise Fault(8, 'no RESULT')
        if waits and self.link.datagrams and now >= waits['again'] and len(waits['sequences']) < 4:
            self.put(waits['kind'], waits['payload'])
            waits['sequences'].append(self.end.sent)
            waits['again'] = now + self.server.timing['udp-again']

    def next_time(self):
        times = [self.patience] + [at for _, at in self.unacked]
        if self.outstanding:
            times += [self.outstanding['end'], self.outstanding['again'] if self.link.datagrams
                      and len(self.outstanding['sequences']) < 4 else None]
        return min((at for at in times if at is not None), default=None)

    def count(self, size):
        """Too much traffic is FAULT 10."""
        now = time.monotonic()
        if now - self.minute >= 60:
            self.bytes, self.minute = 0, now
        self.bytes += size
        if self.server.bytes_per_minute and self.bytes > self.server.bytes_per_minute:
            raise Fault(10, 'too much traffic', wait=60)

    STATES = {
        STRANGER: {Type.IDENT: _ident, Type.FAULT: _fault},
        CHALLENGED: {Type.PROOF: _proof, Type.FAULT: _fault},
        OPEN: {**dict.fromkeys(bbt.RECORDS, _record), Type.BYE: _bye, Type.PING: _ping, Type.PONG: _ignore,
               Type.RESULT: _result, Type.DATA: _ignore, Type.CLOSE: _ignore, Type.FAULT: _fault},
    }


def listen(host, port):
    """One port of both kinds. With port 0 a free one: what is free for TCP may be taken for UDP, so it is tried again."""
    while True:
        listener, udp = socket.create_server((host, port), backlog=128), socket.socket(type=socket.SOCK_DGRAM)
        try:
            udp.bind(listener.getsockname()[:2])
            return listener, udp
        except OSError:
            listener.close()
            udp.close()
            if port:
                raise


class Kind(int):
    """A type that is not in the text, for asking what a unit does not know."""
    name = property(bbt.name_of)


class Server:
    """Listens on one port, TCP and UDP. The loop runs in a thread of its own between start () and stop ().
    units: {serial: key or None}. acks: whether records are acknowledged, ack_delay: how many s late.
    accept: fields of ACCEPT that are not the usual ones. cues: bbt_link.Cue for what it sends.
    impostor: takes units with a key of which it has none, against the protocol."""

    def __init__(self, units, port=0, host='127.0.0.1', log=None, cues=(), accept=None, timing=None, now=time.time,
                 impostor=False):
        self.units = {serial: Known(key) for serial, key in units.items()}
        self.log, self.cues, self.accept, self.now = log or bbt_link.Log(), list(cues), accept or {}, now
        self.timing, self.bytes_per_minute = {**TIMING, **(timing or {})}, 0
        self.acks, self.ack_delay, self.asked, self.impostor = True, 0, 0, impostor
        self.listener, self.udp = listen(host, port)
        self.address = self.listener.getsockname()[:2]
        self.by_link, self.by_address, self.bell, self.stopping = {}, {}, bbt_link.Bell(), False

    def start(self):
        self.thread = threading.Thread(target=self.loop, daemon=True)
        self.thread.start()
        return self

    def stop(self):
        self.bell.ask(lambda: setattr(self, 'stopping', True))
        self.thread.join(bbt_link.PATIENCE)

    # ---- for other threads

    def ask(self, serial, kind, payload=None, **fields):
        """Queues a frame for a unit: a request, or PING, BYE, DATA, CLOSE. Gives its number for result ()."""
        if payload is None:
            payload = (bbt.encode_revised if kind in (Type.SETTINGS, Type.SCHEDULE) else bbt.encode)(kind, fields)
        self.asked += 1
        number = self.asked
        self.bell.ask(lambda: self.units[serial].requests.append((number, kind, payload)))
        return number

    def result(self, serial, kind, payload=None, **fields):
        """Asks and waits: (code, value) of the RESULT."""
        number = self.ask(serial, kind, payload, **fields)
        thing = self.log.wait('result', request=number)
        return thing['code'], thing['value']

    def drop(self, serial):
        """Hangs up without a word."""
        self.bell.ask(lambda: self.units[serial].session.close('dropped'))

    def records(self, serial, stream=None):
        return [record for record in self.units[serial].records if stream in (None, record['stream'])]

    # ---- the loop

    def loop(self):
        while not self.stopping:
            times = [at for session in self.sessions() for at in [session.next_time()] if at]
            left = max(0, min(times) - time.monotonic()) if times else None
            ready = select.select([self.listener, self.udp, self.bell, *self.by_link], [], [], left)[0]
            for source in ready:
                if source is self.bell:
                    self.bell.answer()
                elif source is self.listener:
                    link = bbt_link.StreamLink(self.listener.accept()[0])
                    self.by_link[link] = Session(self, link)
                elif source is self.udp:
                    self._datagram()
                elif source in self.by_link:
                    self._guarded(self.by_link[source], self._stream)
            for session in self.sessions():
                self._guarded(session, lambda session: session.tick())
        for session in self.sessions():
            session.close('stopping', Fault(11, 'stopping'))
        self.listener.close()
        self.udp.close()

    def sessions(self):
        return [*self.by_link.values(), *(session for sessions in self.by_address.values() for session in sessions)]

    def forget(self, session):
        self.by_link.pop(session.link, None)

    def _guarded(self, session, call):
        try:
            if session.state != CLOSED:
                call(session)
        except Fault as fault:
            session.close('fault', fault)
        except Hangup as error:
            session.close(str(error))

    def _stream(self, session):
        before = len(session.link.reader.bytes)
        frames = session.link.receive()
        size = len(session.link.reader.bytes) - before + sum(len(frame.covered) for frame in frames)
        session.count(size)
        while frames:
            for frame in frames:
                if session.state != CLOSED:
                    session.hear(frame)
            frames = session.link.more() if session.state != CLOSED else []

    def _datagram(self):
        data, address = self.udp.recvfrom(65536)
        try:
            frame = bbt.parse(data)
        except Fault as fault:
            return self.log.say('dropped', why=fault.text)
        sessions = self.by_address.setdefault(address, [])
        same = [session for session in sessions if frame.kind != Type.IDENT or session.identity == frame.payload]
        if frame.kind == Type.IDENT and not same:
            same = [Session(self, DatagramPeer(self, address))]
            sessions.append(same[0])
        if not same:
            if len(data) >= 18:
                payload = bbt.encode(Type.FAULT, {'code': 12, 'about': frame.sequence})
                self.udp.sendto(bbt.seal(Type.FAULT, 1, payload), address)
            return self.log.say('stranger', kind=bbt.name_of(frame.kind))
        for session in self._meant(same, frame):
            self._guarded(session, lambda session: (session.count(len(data)), session.hear(frame)))

    @staticmethod
    def _meant(sessions, frame):
        """Of an old and a newer session at one address the one whose frame this is."""
        if len(sessions) > 1 and frame.mac is not None:
            return [session for session in sessions if session.end.key and session.end.genuine(frame)][:1]
        return sessions[-1:]


# ---- the program ----------------------------------------------------------------------------------------------------

HEX = {'data', 'digest', 'version', 'nonce', 'proof'}


def obey(server, line):
    """{"serial": …, "type": …, fields of the payload}; bytes in hex; {"acks": false}, {"drop": SERIAL} and {"cue": …} too."""
    order = json.loads(line)
    if 'acks' in order:
        server.acks = order['acks']
    elif 'drop' in order:
        server.drop(order['drop'])
    elif 'cue' in order:
        server.cues.append(bbt_link.Cue(order['cue']))
    else:
        serial, kind = order.pop('serial'), Type[order.pop('type')]
        server.ask(serial, kind, **{key: bytes.fromhex(value) if key in HEX else value for key, value in order.items()})


def unit_of(text):
    serial, _, key = text.partition('=')
    return serial, bytes.fromhex(key) or None


def main():
    parser = argparse.ArgumentParser(description='Plays a BBT session server, without a store.', epilog=obey.__doc__)
    parser.add_argument('--port', type=int, default=7010)
    parser.add_argument('--host', default='127.0.0.1')
    parser.add_argument('--unit', action='append', type=unit_of, default=[], metavar='SERIAL=[HEX]',
                        help='a unit and its key; no key: it needs none')
    parser.add_argument('--stay', action='store_true', help='units stay connected')
    parser.add_argument('--idle', type=int, default=600)
    parser.add_argument('--wanted', type=int, default=0b11110)
    parser.add_argument('--no-ack', action='store_true')
    parser.add_argument('--ack-delay', type=float, default=0)
    parser.add_argument('--misbehave', action='append', type=bbt_link.Cue, default=[], metavar='NAME[@TYPE][:N][*TIMES]',
                        help=', '.join(bbt_link.CUES))
    given = parser.parse_args()
    accept = {'idle': given.idle, 'wanted': given.wanted}
    if given.stay:
        accept['flags'] = 1
    server = Server(dict(given.unit), given.port, given.host, bbt_link.Log(bbt_link.print_json), given.misbehave, accept)
    server.acks, server.ack_delay = not given.no_ack, given.ack_delay
    server.log.say('listening', host=server.address[0], port=server.address[1])
    server.start()
    for line in sys.stdin:
        try:
            obey(server, line)
        except (ValueError, KeyError) as error:
            server.log.say('not understood', line=line.strip(), why=repr(error))
    server.thread.join()


if __name__ == '__main__':
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
