# SPDX-License-Identifier: GPL-3.0-or-later
"""The BBT session protocol, version 1, as comms/PROTOCOL.md tells it, written from that text alone: a peer
against which the C code is tested. Frames, keys, payloads, channels, packed archives; no sockets, no clock."""
import enum
import hashlib
import hmac
import re
import struct
from typing import NamedTuple, Optional

START, VERSION, LONGEST_PAYLOAD, LONGEST_FRAME = 0xB7, 1, 1000, 1019
UNIT, SERVER = b'\x55', b'\x53'                      # the direction in a MAC


class Type(enum.IntEnum):
    IDENT, CHALLENGE, PROOF, ACCEPT, BYE, FAULT, PING, PONG = range(1, 9)
    LIVE, INCREMENT, ARCHIVE, EVENT, PULSE, SABOTAGE = range(0x10, 0x16)
    ACK = 0x1F
    REQUEST, SETTINGS, SCHEDULE, INTERFACE, OUTPUT = range(0x20, 0x25)
    FIRMWARE, BLOCK, INSTALL = range(0x28, 0x2B)
    RESULT, OPEN, DATA, CLOSE = range(0x2F, 0x33)


RECORDS = {Type.LIVE, Type.INCREMENT, Type.ARCHIVE, Type.EVENT, Type.PULSE, Type.SABOTAGE}


def is_request(kind):
    """The types, known or not, that a unit answers by RESULT (section 12)."""
    return 0x20 <= kind <= 0x2E or kind == Type.OPEN


def name_of(kind):
    return Type(kind).name if kind in Type._value2member_map_ else f'{kind:02X}'


class Fault(Exception):
    """What ends a session: a code of section 11, and the sequence of the frame that is meant."""

    def __init__(self, code, text='', about=0, wait=0):
        super().__init__(f'FAULT {code}: {text}')
        self.code, self.text, self.about, self.wait = code, text, about, wait


# ---- 1. frames ------------------------------------------------------------------------------------------

def crc(data):
    value = 0xFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (0xA001 if value & 1 else 0)
    return struct.pack('<H', value)


class Frame(NamedTuple):
    kind: int
    sequence: int
    payload: bytes
    mac: Optional[bytes]
    covered: bytes                                   # what CRC apart from the MAC and the MAC itself cover


def frame_size(start):
    """Bytes of the frame that begins so, None while that cannot be told. Raises Fault 1 or 2."""
    if start and start[0] != START:
        raise Fault(1, 'no start mark')
    if len(start) > 1 and start[1] >> 4 != VERSION:
        raise Fault(2, 'version', about=VERSION)
    if len(start) < 5:
        return None
    length = struct.unpack_from('>H', start, 3)[0]
    if length > LONGEST_PAYLOAD:
        raise Fault(1, 'too long')
    return 9 + length + (8 if start[1] & 1 else 0) + 2


def parse(raw):
    """One whole frame. Raises Fault 1 or 2."""
    if frame_size(raw) != len(raw):
        raise Fault(1, 'not one frame')
    if crc(raw) != b'\0\0':
        raise Fault(1, 'CRC')
    _, flags, kind, length, sequence = struct.unpack_from('>BBBHI', raw)
    return Frame(kind, sequence, raw[9:9 + length], raw[9 + length:-2] if flags & 1 else None, raw[:9 + length])


class Reader:
    """Frames out of a stream of bytes. resync: on a line that loses bytes, look for the next good frame."""

    def __init__(self, resync=False):
        self.resync, self.bytes, self.lost = resync, b'', 0

    def feed(self, data):
        """The frames that are whole now. Raises Fault at once, or with resync after 2 KiB without a frame."""
        self.bytes += data
        frames = []
        while self.bytes:
            try:
                size = frame_size(self.bytes)
                if size is None or len(self.bytes) < size:
                    break
                frames.append(parse(self.bytes[:size]))
                self.bytes, self.lost = self.bytes[size:], 0
            except Fault:
                if not self.resync:
                    if frames:                       # the good ones count; the next call meets the fault again
                        break
                    raise
                self._drop_start()
        return frames

    def give_up(self):
        """With resync: the frame that has begun will not be completed. Gives the frames that hid behind its start."""
        frames = []
        while self.bytes:
            self._drop_start()
            frames += self.feed(b'')
        return frames

    def _drop_start(self):
        at = self.bytes.find(START, 1)
        at = len(self.bytes) if at < 0 else at
        self.bytes, self.lost = self.bytes[at:], self.lost + at
        if self.lost > 2048:
            raise Fault(1, 'nothing but noise')


# ---- 4. keys, proof, MAC --------------------------------------------------------------------------------

def digest(key, *parts):
    return hmac.new(key, b''.join(parts), hashlib.sha256).digest()


def proof(key, ident_payload, server_nonce):
    return digest(key, b'BBT1 proof', ident_payload, server_nonce)[:16]


def session_key(key, serial, server_nonce, unit_nonce):
    return digest(key, b'BBT1 session', serial.encode().ljust(16, b'\0'), server_nonce, unit_nonce)


def mac(key, direction, covered):
    return digest(key, direction, covered)[:8]


def seal(kind, sequence, payload, key=None, direction=UNIT, version=VERSION):
    """The bytes of a frame, with a MAC when there is a key."""
    covered = struct.pack('>BBBHI', START, version << 4 | (key is not None), kind, len(payload), sequence) + payload
    whole = covered + (mac(key, direction, covered) if key is not None else b'')
    return whole + crc(whole)


class End:
    """One side of one session: counts its frames, checks those of the other side. strict: takes only the next frame,
    as a server does over TCP and serial, where a line that swallows one would else swallow its records."""

    def __init__(self, direction, strict=False):
        self.direction, self.other, self.strict = direction, SERVER if direction == UNIT else UNIT, strict
        self.key, self.sent, self.taken = None, 0, 0

    def seal(self, kind, payload):
        self.sent += 1
        return seal(kind, self.sent, payload, self.key, self.direction)

    def genuine(self, frame):
        """Whether the MAC is there when it must be, and is the right one."""
        if self.key is None or frame.mac is None:
            return self.key is None and frame.mac is None
        return hmac.compare_digest(frame.mac, mac(self.key, self.other, frame.covered))

    def take(self, frame):
        if not self.genuine(frame):
            raise Fault(5, 'MAC', frame.sequence)
        if frame.sequence <= self.taken or self.strict and frame.sequence > self.taken + 1:
            raise Fault(6, 'sequence', frame.sequence)
        self.taken = frame.sequence


# ---- 7. channels ----------------------------------------------------------------------------------------
# Values travel here as the raw numbers of the wire: {channel: number}, ext1 … ext16 as the 32 bits of their f32.

CHANNELS = {}                                        # number → (name, struct code)
for _number in range(1, 9):
    CHANNELS[_number] = (f'ai{_number}', 'H')
CHANNELS.update({9: ('di', 'B'), 10: ('do', 'B'), 11: ('mains', 'H'), 12: ('battery', 'H'), 13: ('signal', 'b'),
                 14: ('temperature', 'h'), 15: ('solar', 'H'), 16: ('consumption', 'H')})
for _number in range(17, 33):
    CHANNELS[_number] = (f'ext{_number - 16}', 'I')
NUMBERS = {name: number for number, (name, _) in CHANNELS.items()}
RANGE = {'H': (0, 0xFFFF), 'B': (0, 0xFF), 'b': (-128, 127), 'h': (-32768, 32767), 'I': (0, 0xFFFFFFFF)}


def bits_of(number):
    return struct.unpack('>I', struct.pack('>f', number))[0]


def float_of(bits):
    return struct.unpack('>f', struct.pack('>I', bits))[0]


def channels_of(mask):
    return [channel for channel in CHANNELS if mask >> (channel - 1) & 1]


def mask_of(values):
    return sum(1 << (channel - 1) for channel in values)


def format_of(mask):
    return '>' + ''.join(CHANNELS[channel][1] for channel in channels_of(mask))


def pack_values(values):
    mask = mask_of(values)
    return struct.pack(format_of(mask), *(values[channel] for channel in channels_of(mask)))


def unpack_values(mask, data):
    """The values and how many bytes they took. Raises Fault 1 when there are too few."""
    layout = format_of(mask)
    if len(data) < struct.calcsize(layout):
        raise Fault(1, 'values cut short')
    return dict(zip(channels_of(mask), struct.unpack_from(layout, data))), struct.calcsize(layout)


def status_of(era, silent=False, simulated=False):
    return (era & 15) << 4 | simulated << 1 | silent


# ---- ARCHIVE: packed rows -------------------------------------------------------------------------------

def varint(number):
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes(out) + bytes([number])


def read_varint(data, at):
    """The number and where the next thing begins. Raises Fault 1."""
    number = 0
    for shift in range(0, 35, 7):
        if at >= len(data):
            raise Fault(1, 'packed rows cut short')
        byte = data[at]
        at += 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            if (shift and not byte) or number > 0xFFFFFFFF:
                raise Fault(1, 'varint')
            return number, at
    raise Fault(1, 'varint')


def zigzag(number):
    return number * 2 if number >= 0 else -number * 2 - 1


def unzigzag(number):
    return -(number + 1 >> 1) if number & 1 else number >> 1


def pack_row(old, new):
    """A row against the one before it, of the same channels."""
    changed, out = 0, b''
    for i, channel in enumerate(sorted(new)):
        if new[channel] != old[channel]:
            changed |= 1 << i
            out += varint(old[channel] ^ new[channel] if channel > 16 else zigzag(new[channel] - old[channel]))
    return varint(changed) + out


def unpack_row(old, data, at):
    changed, at = read_varint(data, at)
    if changed >> len(old):
        raise Fault(1, 'changed has a bit of no channel')
    row = dict(old)
    for i, channel in enumerate(sorted(old)):
        if changed >> i & 1:
            change, at = read_varint(data, at)
            row[channel] = old[channel] ^ change if channel > 16 else old[channel] + unzigzag(change)
            low, high = RANGE[CHANNELS[channel][1]]
            if not change or not low <= row[channel] <= high:
                raise Fault(1, 'change of a row')
    return row, at


class Row(NamedTuple):
    """A row of an archive, before it is packed."""
    boot: int
    number: int
    time: int
    status: int
    values: dict


def follows(rows, row):
    """Whether the row may stand in one frame after these rows."""
    last = rows[-1]
    step = row.time - last.time
    return ((row.boot, row.number, row.status) == (last.boot, last.number + 1, last.status)
            and row.values.keys() == last.values.keys() and 1 <= step <= 86400
            and (len(rows) == 1 or step == rows[1].time - rows[0].time) and len(rows) < 255)


def next_archive(stream, rows, step=60):
    """An ARCHIVE payload of as many of the first rows as fit, and how many those are."""
    taken, packed = [rows[0]], pack_values(rows[0].values)
    for row in rows[1:]:
        if not follows(taken, row):
            break
        more = pack_row(taken[-1].values, row.values)
        if 23 + len(packed) + len(more) > LONGEST_PAYLOAD:
            break
        taken.append(row)
        packed += more
    first = rows[0]
    head = struct.pack('>BIIIIBIB', stream, first.boot, first.number, first.time,
                       taken[1].time - first.time if len(taken) > 1 else step, first.status, mask_of(first.values), len(taken))
    return head + packed, len(taken)


# ---- 8. payloads ----------------------------------------------------------------------------------------
# A payload is a dict. Each type has its fixed fields as (name, struct code) and perhaps a tail, a pair of
# functions: bytes of a dict, and (dict, bytes after the fixed fields) → the dict completed.

def _tail_values(fields):
    return pack_values(fields['values'])


def _read_values(fields, data):
    fields['values'], _ = unpack_values(fields['mask'], data)


def _tail_rows(fields):
    rows = fields['rows']
    return pack_values(rows[0]) + b''.join(pack_row(old, new) for old, new in zip(rows, rows[1:]))


def _read_rows(fields, data):
    more = fields['count'] - 1
    if fields['stream'] not in (1, 3, 4) or more < 0 or not 1 <= fields['step'] <= 86400 \
            or max(fields['first'] + more, fields['time'] + more * fields['step']) > 0xFFFFFFFF:
        raise Fault(1, 'head of ARCHIVE')
    row, at = unpack_values(fields['mask'], data)
    fields['rows'] = [row]
    while len(fields['rows']) < fields['count']:
        row, at = unpack_row(row, data, at)
        fields['rows'].append(row)
    if at != len(data):
        raise Fault(1, 'bytes after the last row')


def _list_tail(name, layout, keys, counted=True, least=0, most=None):
    """A list of equal entries: counted by a byte before it, or to the end of the payload."""
    entry = struct.Struct(layout)

    def encode(fields):
        entries = [entry.pack(*(item.get(key, 0) for key in keys)) for item in fields[name]]
        return (bytes([len(entries)]) if counted else b'') + b''.join(entries)

    def decode(fields, data):
        if counted:
            if not data:
                raise Fault(1, name)
            count, data = data[0], data[1:]
        else:
            count, odd = divmod(len(data), entry.size)
            if odd:
                raise Fault(1, name)
        if len(data) < count * entry.size or count < least or (most is not None and count > most):
            raise Fault(1, name)
        fields[name] = [dict(zip(keys, entry.unpack_from(data, i * entry.size))) for i in range(count)]

    return encode, decode


_thresholds = _list_tail('thresholds', '>BBII', ('channel', 'used', 'min', 'max'))


def _tail_settings(fields):
    number = fields.get('sms', '').encode()
    return bytes([len(number)]) + number + _thresholds[0](fields)


def _read_settings(fields, data):
    if not data or len(data) < 1 + data[0]:
        raise Fault(1, 'SMS number')
    fields['sms'] = data[1:1 + data[0]].decode('latin-1')
    _thresholds[1](fields, data[1 + data[0]:])


def _rest(name, least, most, text=False):
    def encode(fields):
        data = fields.get(name, '' if text else b'')
        return data.encode() if text else data

    def decode(fields, data):
        if not least <= len(data) <= most:
            raise Fault(1, name)
        fields[name] = _text(name, data) if text else data

    return encode, decode


def _layout(text):
    return [tuple(word.split(':')) for word in text.split()]


_RECORD = 'boot:I number:I time:I ms:H status:B '
LAYOUTS = {
    Type.IDENT: ('serial:16s model:8s firmware:3s hardware:B imei:Q iccid:10s boot:I time:I ms:H clock:B supply:B '
                 'battery:H mains:H signal:b temperature:b schedule:I settings:I oldest:I waiting:I flags:B cause:B '
                 'authentication:B nonce:8s', None),
    Type.CHALLENGE: ('nonce:16s', None),
    Type.PROOF: ('proof:16s', None),
    Type.ACCEPT: ('time:I ms:H idle:H wanted:B flags:B', None),
    Type.BYE: ('next:I reason:B', None),
    Type.FAULT: ('code:B about:I wait:H', _rest('text', 0, 64, text=True)),
    Type.PING: ('token:I', None),
    Type.PONG: ('token:I time:I ms:H', None),
    Type.LIVE: ('number:I time:I ms:H status:B mask:I', (_tail_values, _read_values)),
    Type.INCREMENT: ('number:I base:I time:I ms:H status:B mask:I', (_tail_values, _read_values)),
    Type.ARCHIVE: ('stream:B boot:I first:I time:I step:I status:B mask:I count:B', (_tail_rows, _read_rows)),
    Type.EVENT: (_RECORD + 'code:B channel:B bit:B detail:I mask:I', (_tail_values, _read_values)),
    Type.PULSE: (_RECORD, _list_tail('counters', '>BI', ('input', 'count'), least=1, most=8)),
    Type.SABOTAGE: (_RECORD + 'wire:B cover:B magnet:B', None),
    Type.ACK: ('', _list_tail('entries', '>BII', ('stream', 'boot', 'through'), counted=False, least=1)),
    Type.RESULT: ('request:I code:B value:I', None),
    Type.REQUEST: ('ask:B stream:B from:I to:I', None),
    Type.SETTINGS: ('revision:I polling:H confirmation:H accident:B archive:B', (_tail_settings, _read_settings)),
    Type.SCHEDULE: ('revision:I zone:h', _list_tail('entries', '>BBHI', ('kind', 'day', 'minute', 'date'))),
    Type.INTERFACE: ('port:B baud:I parity:1s stop:B', None),
    Type.OUTPUT: ('step:B output:B state:B token:I after:I', None),
    Type.FIRMWARE: ('version:3s hardware:B size:I digest:32s', None),
    Type.BLOCK: ('offset:I', _rest('data', 1, 900)),
    Type.INSTALL: ('action:B', None),
    Type.OPEN: ('port:B idle:H', None),
    Type.DATA: ('', _rest('data', 1, 256)),
    Type.CLOSE: ('reason:B', None),
}
LAYOUTS = {kind: (_layout(fixed), tail) for kind, (fixed, tail) in LAYOUTS.items()}
TEXTS = {'serial', 'model', 'parity'}
SERIAL = re.compile(r'[0-9A-Za-z._-]{1,16}')


def encode(kind, fields):
    """The payload of a type. Lists give their own counts and masks; what is missing is 0."""
    fixed, tail = LAYOUTS[kind]
    fields = dict(fields)
    if 'values' in fields:
        fields['mask'] = mask_of(fields['values'])
    if 'rows' in fields:
        fields['mask'], fields['count'] = mask_of(fields['rows'][0]), len(fields['rows'])
    numbers = [fields.get(name, b'' if code.endswith('s') else 0) for name, code in fixed]
    head = struct.pack('>' + ''.join(code for _, code in fixed),
                       *(number.encode() if isinstance(number, str) else number for number in numbers))
    return head + (tail[0](fields) if tail else b'')


def _text(name, data):
    text, _, rest = data.partition(b'\0')
    if rest.strip(b'\0') or any(not 0x20 <= byte <= 0x7E for byte in text):
        raise Fault(1, name)
    return text.decode()


def decode(kind, payload):
    """The fields of a payload. Raises Fault 1 when it is too short or says what cannot be."""
    fixed, tail = LAYOUTS[kind]
    layout = struct.Struct('>' + ''.join(code for _, code in fixed))
    if len(payload) < layout.size:
        raise Fault(1, f'{name_of(kind)} is too short')
    fields = dict(zip((name for name, _ in fixed), layout.unpack_from(payload)))
    for name in TEXTS & fields.keys():
        fields[name] = _text(name, fields[name])
    if fields.get('ms', 0) > 999 or ('serial' in fields and not SERIAL.fullmatch(fields['serial'])):
        raise Fault(1, f'{name_of(kind)} has an impossible field')
    if tail:
        tail[1](fields, payload[layout.size:])
    return fields


def revision(payload):
    """The digest that SETTINGS and SCHEDULE carry in their first four bytes."""
    return struct.unpack('>I', hashlib.sha256(bytes(4) + payload[4:]).digest()[:4])[0]


def encode_revised(kind, fields):
    """SETTINGS or SCHEDULE with its revision filled in (unless it is given)."""
    payload = encode(kind, fields)
    return payload if 'revision' in fields else struct.pack('>I', revision(payload)) + payload[4:]


def pack_iccid(digits):
    """ICCID as two decimal digits a byte, filled up with F; no digits = none."""
    return bytes.fromhex(digits.ljust(20, 'F'))


# ---- 6. clocks ------------------------------------------------------------------------------------------

def dated(time, ms, status, ident_era, offset, received):
    """When a record was made, in s, and whether that is doubtful.
    offset: server's minus unit's clock at IDENT, s. received: server's clock now."""
    made, era = time + ms / 1000, status >> 4
    doubtful = era not in (ident_era, (ident_era + 1) & 15)
    if era == ident_era and abs(offset) > 2:
        made += offset
    if made < 1577836800 or made > received + 86400:
        return received, True
    return made, doubtful
