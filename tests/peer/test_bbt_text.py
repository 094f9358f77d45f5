# SPDX-License-Identifier: GPL-3.0-or-later
"""test_bbt_text.py PROTOCOL.md — the sessions in hex of its section 13, written by other code than this: every frame
says what the text beside it says, and both sides here play their part in them."""
import datetime
import os
import re
import socket
import sys
import unittest.mock

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from stage import pieces, serving
import bbt
import bbt_link
import tap
from bbt import Type
from bbt_device import Device, Function
from bbt_unit import Unit

FRAME = re.compile(r'^([→←]) ([A-Z]+) #(\d+)((?:.|\n(?=  [^B]))*)\n((?:  [0-9A-F]{2}(?: [0-9A-F]{2})*\n?)+)', re.M)
WORD = re.compile(r'(\w+)=("[^"]*"|[^\s(\[\]]+)')
NAMES = {'schedule_revision': 'schedule', 'settings_revision': 'settings', 'next_call': 'next', 'not_after': 'after',
         'stop_bits': 'stop', 'bytes': 'data', 'what': 'ask'}
HEX2, HEX8 = {'status', 'clock', 'supply', 'flags', 'wanted'}, {'mask', 'revision', 'schedule', 'settings'}
TOKENS = {Type.PING, Type.PONG, Type.OUTPUT}
LISTS = {'entries': 'entries', 'thresholds': 'thresholds', 'counters': 'counters', 'rows': 'rows'}


class Session:
    """One session of the text: its frames as (direction, kind, sequence, words, bytes)."""

    def __init__(self, title, text):
        self.title, self.frames = title, []
        for arrow, kind, sequence, words, data in FRAME.findall(text):
            self.frames.append((bbt.UNIT if arrow == '→' else bbt.SERVER, Type[kind], int(sequence), words, bytes.fromhex(data)))
        self.told = text.count('→ ') + text.count('← ')
        self.key = bytes(32) if 'all zero' in text else KEY

    def of(self, direction, kind=None):
        return [frame for frame in self.frames if frame[0] == direction and kind in (None, frame[1])]

    def payload(self, kind, direction=None):
        return bbt.parse(next(frame[4] for frame in self.frames if frame[1] == kind)).payload

    def has_key(self):
        return any(frame[1] == Type.PROOF for frame in self.frames)

    def session_key(self):
        identity = bbt.decode(Type.IDENT, self.payload(Type.IDENT))
        return bbt.session_key(self.key, identity['serial'], self.payload(Type.CHALLENGE)[:16], identity['nonce'])


with open(sys.argv[1], encoding='utf-8') as _file:
    TEXT = _file.read().split('\n## 13.')[1]
KEY = bytes.fromhex(re.search(r'`([0-9a-f]{64})`', TEXT)[1])
SESSIONS = [Session(*part.split('\n', 1)) for part in TEXT.split('\n### ')[1:]]


def moment(time, ms=None):
    when = datetime.datetime.fromtimestamp(time, datetime.timezone.utc).strftime('%Y-%m-%dT%H:%M:%S')
    return when + (f'.{ms:03}Z' if ms is not None else 'Z')


def channel_says(name, raw):
    if name.startswith('ext'):
        return f'{bbt.float_of(raw):.9g}'
    return f'{raw:02x}' if name in ('di', 'do') else '-' if name.startswith('ai') and raw == 0xFFFF else str(raw)


def says(kind, fields, name):
    """How the text would say this field."""
    value = fields[name]
    if isinstance(value, bytes):
        return '.'.join(map(str, value)) if name == 'version' or (kind, name) == (Type.IDENT, 'firmware') else value.hex()
    if name == 'time':
        return moment(value, fields.get('ms'))
    if name in ('next', 'from', 'to', 'after') and value:
        return moment(value)
    if isinstance(value, str):
        return value if name == 'parity' else f'"{value}"'
    if name in HEX2:
        return f'{value:02x}'
    return f'{value:08x}' if name in HEX8 or (name == 'token' and kind in TOKENS) else str(value)


def signed_limits(fields):
    """The limits of a threshold as the text says them: signed for channels with a sign."""
    sign = fields['channel'] in (13, 14)
    return {**fields, **({key: fields[key] - (fields[key] >> 31 << 32) for key in ('min', 'max')} if sign else {})}


def check_words(kind, words, fields, where):
    """Each NAME=VALUE of the words against the fields. Gives how many there were."""
    checked = 0
    for name, stated in WORD.findall(words):
        name = NAMES.get(name, name)
        values = fields.get('values', {})
        if name in LISTS and isinstance(fields.get(name), list):
            meant = str(len(fields[name]))
        elif name in bbt.NUMBERS and bbt.NUMBERS[name] in values:
            meant = channel_says(name, values[bbt.NUMBERS[name]])
        elif name == 'iccid':
            meant = '"%s"' % fields['iccid'].hex().rstrip('f')
        elif name == 'packed':
            meant = bbt.encode(kind, fields)[23:].hex()
        else:
            meant = says(kind, fields, name)
        assert stated == meant, (where, name, stated, meant)
        checked += 1
    return checked


def lists_of(kind, words, fields):
    """The [ … ] of the words, each with the fields it tells, for check_words."""
    items = [(kind, item) for item in re.findall(r'\[([^]]*)\]', words)]
    if kind == Type.ARCHIVE:
        return [(item, {'values': row}) for (_, item), row in zip(items, fields['rows'], strict=True)]
    name = next((name for name in ('entries', 'thresholds', 'counters') if name in fields), None)
    return [(item, signed_limits(entry) if name == 'thresholds' else entry)
            for (_, item), entry in zip(items, fields.get(name, []), strict=True)]


def every_frame_says_what_the_text_beside_it_says():
    """bbt-text/every-frame-says-what-the-text-beside-it-says, and comes back to the same bytes"""
    assert len(SESSIONS) >= 6
    kinds, checked = set(), 0
    for session in SESSIONS:
        assert len(session.frames) == session.told, (session.title, len(session.frames), session.told)
        for _, kind, sequence, words, data in session.frames:
            where = session.title, kind.name, sequence
            frame = bbt.parse(data)
            fields = bbt.decode(frame.kind, frame.payload)
            assert (frame.kind, frame.sequence) == (kind, sequence), where
            assert bbt.encode(kind, fields) == frame.payload, where
            flat = re.sub(r'\[[^]]*\]', '', words)
            found = check_words(kind, flat, fields, where)
            for item, entry in lists_of(kind, words, fields):
                found += check_words(kind, item, entry, where)
            assert found, where
            checked += found
            kinds.add(kind)
    assert kinds == set(Type), set(Type) - kinds
    assert checked > 400, checked


def every_proof_mac_and_revision_is_right():
    """bbt-text/every-proof-mac-and-revision-is-right"""
    for session in SESSIONS:
        ends, refused = {bbt.UNIT: bbt.End(bbt.SERVER), bbt.SERVER: bbt.End(bbt.UNIT)}, False
        for direction, kind, sequence, _, data in session.frames:
            frame, end = bbt.parse(data), ends[direction]
            if kind == Type.PROOF:
                good = bbt.proof(session.key, session.payload(Type.IDENT), session.payload(Type.CHALLENGE))
                assert frame.payload == good, session.title
                refused = good != bbt.proof(KEY, session.payload(Type.IDENT), session.payload(Type.CHALLENGE))
            if kind == Type.ACCEPT and session.has_key():
                ends[bbt.UNIT].key = ends[bbt.SERVER].key = session.session_key()
            end.take(frame)                          # raises when it is not genuine or its sequence did not grow
            assert end.taken == sequence
            own = bbt.seal(kind, sequence, frame.payload, end.key, direction)
            assert own == data, (session.title, kind.name, sequence)
            if kind in (Type.SETTINGS, Type.SCHEDULE):
                assert bbt.revision(frame.payload) == bbt.decode(kind, frame.payload)['revision']
        last = session.frames[-1]
        assert (bbt.parse(last[4]).payload[0] == 4 if refused else last[1] == Type.BYE), session.title


def the_server_here_takes_what_the_units_of_the_text_send():
    """bbt-text/the-server-here-takes-what-the-units-of-the-text-send"""
    for session in SESSIONS:
        key = KEY if session.has_key() else None
        serial = bbt.decode(Type.IDENT, session.payload(Type.IDENT))['serial']
        clock = lambda: 1795341600                   # near enough to all times of the text
        with serving(key, serials=[serial], now=clock) as server, unittest.mock.patch(
                'bbt_server.os.urandom', lambda size: session.payload(Type.CHALLENGE)):
            link, heard = bbt_link.dial(server.address), 0
            for _, kind, _, _, data in session.of(bbt.UNIT):
                if kind == Type.BYE and bbt.decode(kind, bbt.parse(data).payload)['reason'] == 4:
                    server.ask(serial, Type.BYE)
                link.send(data)
                heard += 1
                server.log.wait('heard', nth=heard)
                if kind == Type.BYE:
                    break                            # what comes after it answers requests that this server has not
            pieces(link, 1000)
            link.close()
            faults = [fault['code'] for fault in server.log.all('faults')]
            assert faults == ([4] if session.key != KEY else []), (session.title, faults)
            told = [frame for frame in session.of(bbt.UNIT) if frame[1] in bbt.RECORDS]
            assert bool(server.records(serial)) == bool(told), session.title
            assert not [thing for thing in server.log.all('jumped') if session is SESSIONS[0]]


def text_slave(request):
    """Slave 17 with its two registers, as the text has them."""
    return bytes.fromhex('110404012c01902b8c') if request == bytes.fromhex('110400000002735b') else b''


def device_of(session, identity):
    device = Device(identity['serial'], hardware=identity['hardware'], firmware=identity['firmware'])
    device.interface = Function(text_slave)
    for _, _, _, _, data in session.of(bbt.UNIT, Type.ARCHIVE):
        fields = bbt.decode(Type.ARCHIVE, bbt.parse(data).payload)
        if not device.history[fields['stream']]:
            device.history[fields['stream']] = [
                bbt.Row(fields['boot'], fields['first'] + i, fields['time'] + i * fields['step'], fields['status'], row)
                for i, row in enumerate(fields['rows'])]
    return device


def the_unit_here_answers_the_servers_of_the_text_as_theirs_did():
    """bbt-text/the-unit-here-answers-the-servers-of-the-text-as-theirs-did"""
    answered = 0
    for session in SESSIONS:
        identity = bbt.decode(Type.IDENT, session.payload(Type.IDENT))
        near, far = socket.socketpair()
        link, sent = bbt_link.StreamLink.__new__(bbt_link.StreamLink), []
        link.socket, link.reader, link.pause = near, bbt.Reader(), 0
        link.send = sent.append
        far.sendall(b''.join(frame[4] for frame in session.of(bbt.SERVER)))
        unit = Unit(device_of(session, identity), session.key if session.has_key() else None, stays=True)
        with unittest.mock.patch('bbt_unit.os.urandom', lambda size: identity['nonce']):
            how = unit.call(link)
        far.close()
        assert how == ('fault' if session.key != KEY else 'asked'), (session.title, how)
        assert not unit.log.all('faults'), (session.title, unit.log.all('faults'))

        def results(frames):
            return [bbt.parse(data).payload for data in frames if data[2] == Type.RESULT]

        theirs = results(frame[4] for frame in session.of(bbt.UNIT))
        assert results(sent) == theirs, (session.title, [p.hex() for p in results(sent)], [p.hex() for p in theirs])
        answered += len(theirs)
        data = [bbt.parse(raw).payload for raw in sent if raw[2] == Type.DATA]
        assert data == [bbt.parse(frame[4]).payload for frame in session.of(bbt.UNIT, Type.DATA)]
    assert answered >= 12


tap.run(every_frame_says_what_the_text_beside_it_says, every_proof_mac_and_revision_is_right,
        the_server_here_takes_what_the_units_of_the_text_send, the_unit_here_answers_the_servers_of_the_text_as_theirs_did)
