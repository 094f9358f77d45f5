# SPDX-License-Identifier: GPL-3.0-or-later
"""The device behind a BBT unit: what outlives its sessions. Clock, records, settings, schedule, outputs, firmware."""
import calendar
import datetime
import hashlib
import os
import re
import select
import termios
import time
import tty

import bbt
from bbt import Type

DONE, UNKNOWN, RANGE, BUSY, NOT_SELECTED, TOO_LATE, DIFFERS, NO_INTERFACE, BAD_DIGEST, OTHER_HARDWARE, NO_MEMORY, \
    GIVEN_UP, BAD_REVISION = range(13)              # RESULT


class Clock:
    """A clock that may be wrong, and the era of its settings. now: the true time in s."""

    def __init__(self, now=time.time, offset=0.0):
        self.true, self.offset, self.era, self.set_at = now, offset, 0, None

    def now(self):
        return self.true() + self.offset

    def set(self, to):
        """Sets it when it is more than 2 s off. Gives the old time then, else None."""
        old = self.now()
        quality, self.set_at = self.set_at, to
        if abs(to - old) <= 2:
            return None
        self.offset += to - old
        self.era = (self.era + 1) & 15
        return old

    def quality(self):
        return 0 if self.set_at is None else 2 if self.now() - self.set_at < 86400 else 1


class Function:
    """An interface with slaves that are a function: what they answer to some bytes (nothing: b'')."""

    def __init__(self, answer):
        self.answer, self.heard = answer, b''

    def fileno(self):
        return None

    def open(self, line):
        pass

    def write(self, data):
        self.heard += self.answer(data)

    def read(self):
        """What was heard up to a pause or 256 bytes, in pieces."""
        heard, self.heard = self.heard, b''
        return [heard[at:at + 256] for at in range(0, len(heard), 256)]

    def close(self):
        pass


class SerialPort:
    """An interface that is a serial device; line: baud, parity, stop of INTERFACE."""

    def __init__(self, path):
        self.path, self.fd, self.pause = path, None, 0.004

    def fileno(self):
        return self.fd

    def open(self, line):
        self.fd = os.open(self.path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        tty.setraw(self.fd)
        settings = termios.tcgetattr(self.fd)
        speed = getattr(termios, f'B{line["baud"]}', termios.B9600)
        flags = settings[2] & ~(termios.PARENB | termios.PARODD | termios.CSTOPB)
        flags |= {'N': 0, 'E': termios.PARENB, 'O': termios.PARENB | termios.PARODD}[line['parity']]
        settings[2:6] = [flags | (termios.CSTOPB if line['stop'] == 2 else 0), settings[3], speed, speed]
        termios.tcsetattr(self.fd, termios.TCSANOW, settings)
        self.pause = 3.5 * 11 / line['baud']

    def write(self, data):
        while data:
            select.select([], [self.fd], [], 1)
            data = data[os.write(self.fd, data):]

    def read(self):
        pieces, data = [], b''
        while select.select([self.fd], [], [], max(self.pause, 0.002))[0]:
            heard = os.read(self.fd, 256 - len(data))
            if not heard:
                raise OSError('the line went away')
            data += heard
            if len(data) == 256:
                pieces, data = pieces + [data], b''
        return pieces + ([data] if data else [])

    def close(self):
        if self.fd is not None:
            os.close(self.fd)
            self.fd = None


# ---- settings and schedule ------------------------------------------------------------------------------------

def thresholds_fit(limits):
    channels = [limit['channel'] for limit in limits]
    return (len(limits) <= 32 and channels == sorted(set(channels)) and all(
        1 <= limit['channel'] <= 32 and not limit['used'] & ~3 and (limit['used'] & 1 or not limit['min'])
        and (limit['used'] & 2 or not limit['max']) for limit in limits))


def settings_fit(fields, fast_archive):
    limits = [('polling', 5, 600), ('confirmation', 30, 1440), ('accident', 5, 60), ('archive', 1 if fast_archive else 10, 60)]
    return (all(low <= fields[name] <= high for name, low, high in limits)
            and re.fullmatch(r'(\+?[0-9]+)?', fields['sms']) and len(fields['sms']) <= 15
            and thresholds_fit(fields['thresholds']))


def entry_fits(entry):
    kind, day, minute, date = (entry[key] for key in ('kind', 'day', 'minute', 'date'))
    days = {1: (0, 0), 2: (0, 0), 3: (1, 127), 4: (1, 31)}.get(kind)
    return bool(days) and days[0] <= day <= days[1] and (minute == 0 if kind == 1 else minute < 1440 and date < 60)


def schedule_fits(fields):
    return len(fields['entries']) <= 64 and abs(fields['zone']) <= 14 * 60 and all(map(entry_fits, fields['entries']))


def entry_next(entry, zone, now):
    """The first time of the entry after now, both Unix s, or None."""
    if entry['kind'] == 1:
        return entry['date'] if entry['date'] > now else None
    local = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=int(now) + zone * 60)
    for ahead in range(63):
        day = local.date() + datetime.timedelta(days=ahead)
        last = calendar.monthrange(day.year, day.month)[1]
        if (entry['kind'] == 2 or (entry['kind'] == 3 and entry['day'] >> day.weekday() & 1)
                or (entry['kind'] == 4 and day.day == min(entry['day'], last))):
            at = calendar.timegm(day.timetuple()) + entry['minute'] * 60 + entry['date'] - zone * 60
            if at > now:
                return at
    return None


# ---- the device -------------------------------------------------------------------------------------------------

class Device:
    """A BBT-1 with its UPMP. Not thread-safe; its unit's thread calls everything here."""
    STREAMS = (2, 1, 3, 4)                           # of records that are kept, in the order of delivery

    def __init__(self, serial, clock=None, firmware=(1, 0, 0), hardware=1, capacity=100000, imei=0):
        self.serial, self.clock, self.firmware, self.hardware = serial, clock or Clock(), bytes(firmware), hardware
        self.capacity, self.imei, self.iccid = capacity, imei, ''
        self.boot, self.numbers = 1, {}
        self.kept = {stream: [] for stream in self.STREAMS}         # not acknowledged: (boot, number, type, payload or Row)
        self.history = {1: [], 3: [], 4: []}                        # rows that were acknowledged
        self.lost = self.tampered = False
        self.values, self.measured, self.over = {}, None, {}        # over: threshold → 1 above, 2 below
        self.settings, self.settings_payload = None, b''
        self.schedule, self.schedule_payload = None, b''
        self.fast_archive = False
        self.line = {'baud': 9600, 'parity': 'N', 'stop': 1}
        self.interface = None                        # a Function or a SerialPort on port 0
        self.outputs, self.stuck, self.selection, self.operated = 0, 0, None, None
        self.image, self.installing, self.broken_firmware = None, None, False
        self.memory = 1 << 20                        # the longest image

    # ---- records

    def number(self, stream):
        self.numbers[stream] = self.numbers.get(stream, 0) + 1
        return self.numbers[stream]

    def status(self, silent=False):
        return bbt.status_of(self.clock.era, silent)

    def keep(self, stream, record):
        self.kept[stream].append(record)
        if len(self.kept[stream]) > self.capacity:
            self.kept[stream].pop(0)
            self.lost = True

    def keep_event(self, kind, **fields):
        """EVENT, PULSE or SABOTAGE happened now."""
        now, number = self.clock.now(), self.number(2)
        head = {'boot': self.boot, 'number': number, 'time': int(now) & 0xFFFFFFFF, 'ms': int(now * 1000) % 1000,
                'status': self.status(), 'values': {}, 'counters': []}
        self.keep(2, (self.boot, number, kind, bbt.encode(kind, {**head, **fields})))

    def event(self, code, **fields):
        self.keep_event(Type.EVENT, code=code, **fields)

    def pulse(self, counters):
        """The counters {input: count} now; they wrap at 2³²."""
        self.keep_event(Type.PULSE, counters=[{'input': i, 'count': n & 0xFFFFFFFF} for i, n in counters.items()])

    def sabotage(self, wire=0, cover=0, magnet=0xFF):
        """One of the three has changed."""
        self.tampered = wire in (1, 2) or cover == 1 or magnet == 1
        self.keep_event(Type.SABOTAGE, wire=wire, cover=cover, magnet=magnet)

    def row(self, stream, values, at=None):
        """A row of the archive, hours or days, of the time at (now)."""
        number = self.number(stream)
        row = bbt.Row(self.boot, number, int(self.clock.now() if at is None else at), self.status(), dict(values))
        self.keep(stream, (self.boot, number, Type.ARCHIVE, row))

    def measure(self, values):
        """New raw values; judges the thresholds. True when one of them calls."""
        self.values = dict(values)
        self.measured = self.clock.now()
        crossed = False
        for limit in self.settings['thresholds'] if self.settings else []:
            key, channel = (limit['channel'], limit['min'], limit['max']), limit['channel']
            if channel in values:
                crossed |= self._judge(key, limit, values[channel])
        return crossed

    def _judge(self, key, limit, value):
        number = bbt.float_of if limit['channel'] > 16 else lambda raw: raw - (raw >> 31 << 32)
        value = bbt.float_of(value) if limit['channel'] > 16 else value
        state = 1 if limit['used'] & 2 and value > number(limit['max']) else \
            2 if limit['used'] & 1 and value < number(limit['min']) else 0
        if state == self.over.get(key, 0):
            return False
        self.over[key] = state
        self.event(state or 3, channel=limit['channel'], detail={0: 0, 1: limit['max'], 2: limit['min']}[state],
                   values={limit['channel']: self.values[limit['channel']]})
        return True

    def forget(self, stream, boot, through):
        """Acknowledged: records up to (boot, through) may go; rows stay for REQUEST 2."""
        kept = self.kept.get(stream, [])
        gone = [record for record in kept if record[:2] <= (boot, through)]
        self.kept[stream] = kept[len(gone):]
        if stream in self.history:
            self.history[stream] = (self.history[stream] + [record[3] for record in gone])[-self.capacity:]
        if not any(self.kept.values()):
            self.lost = False
        return len(gone)

    def restart(self, cause=0):
        """Power off and on, or a new firmware: the boot grows, numbers begin again, records stay."""
        self.boot += 1
        self.numbers = {}
        self.selection = self.operated = None
        if self.installing:
            self.firmware, before, self.installing, cause = self.installing, self.firmware, None, 3
            if self.broken_firmware:
                self.firmware = before
        self.event(11, detail=cause)
        if cause == 3:
            self.event(16 if self.broken_firmware else 15, detail=int.from_bytes(self.firmware + b'\0', 'big'))

    def ident(self, authentication, nonce, cause, flags):
        """The fields of IDENT now."""
        now, archive = self.clock.now(), self.kept[1]
        return {'serial': self.serial, 'model': 'BBT-1', 'firmware': self.firmware, 'hardware': self.hardware,
                'imei': self.imei, 'iccid': bbt.pack_iccid(self.iccid), 'boot': self.boot,
                'time': int(now) & 0xFFFFFFFF, 'ms': int(now * 1000) % 1000,
                'clock': self.clock.quality() | self.clock.era << 4, 'supply': 3,
                'battery': self.values.get(12, 0xFFFF), 'mains': self.values.get(11, 0xFFFF),
                'signal': self.values.get(13, 0x7F), 'temperature': 0x7F,
                'schedule': self.schedule['revision'] if self.schedule else 0,
                'settings': self.settings['revision'] if self.settings else 0,
                'oldest': archive[0][1] if archive else 0, 'waiting': sum(map(len, self.kept.values())),
                'flags': flags | self.lost | self.tampered << 1, 'cause': cause, 'authentication': authentication, 'nonce': nonce}

    def next_call(self):
        """When it means to call next: the schedule and the confirmation period, by its clock."""
        now = self.clock.now()
        times = [int(now) + 60 * (self.settings['confirmation'] if self.settings else 1440)]
        if self.schedule:
            times += [entry_next(entry, self.schedule['zone'], now) for entry in self.schedule['entries']]
        return min(at for at in times if at)

    # ---- requests that need no session: fields → (RESULT code, value)

    def _revised(self, name, fields, payload, fits):
        old = getattr(self, name)
        refused = 0 if fields['revision'] == bbt.revision(payload) else BAD_REVISION
        if not refused and not fits:
            refused = RANGE
        if refused:
            return refused, old['revision'] if old else 0
        setattr(self, name, fields)
        setattr(self, name + '_payload', payload)
        return DONE, fields['revision']

    def do_settings(self, fields, payload):
        return self._revised('settings', fields, payload, settings_fit(fields, self.fast_archive))

    def do_schedule(self, fields, payload):
        return self._revised('schedule', fields, payload, schedule_fits(fields))

    def do_interface(self, fields, _):
        if fields['port'] > 2 or not 300 <= fields['baud'] <= 1000000 or fields['parity'] not in tuple('NEO') \
                or fields['stop'] not in (1, 2):
            return RANGE, 0
        if fields['port'] != 0:
            return NO_INTERFACE, 0
        self.line = {key: fields[key] for key in ('baud', 'parity', 'stop')}
        return DONE, 0

    def read_back(self, output):
        return self.outputs >> (output - 1) & 1

    def do_output(self, fields, _):
        output, wanted = fields['output'], (fields['output'], fields['state'], fields['token'])
        if not 1 <= output <= 8 or fields['state'] > 1 or not 1 <= fields['step'] <= 3:
            return RANGE, 0
        return (self._select, self._operate, self._cancel)[fields['step'] - 1](output, wanted, fields)

    def _select(self, output, wanted, fields):
        if self.clock.now() > fields['after']:
            return TOO_LATE, self.read_back(output)
        self.selection, self.operated = (wanted, time.monotonic() + 30), None
        return DONE, self.read_back(output)

    def _operate(self, output, wanted, fields):
        if self.operated and self.operated[0] == wanted:
            return self.operated[1]
        if not self.selection or self.selection[0] != wanted or time.monotonic() > self.selection[1]:
            return NOT_SELECTED, self.read_back(output)
        self.selection = None
        if self.clock.now() > fields['after']:
            return TOO_LATE, self.read_back(output)
        bit = 1 << (output - 1)
        if not self.stuck & bit:
            self.outputs = self.outputs & ~bit | (bit if fields['state'] else 0)
        state = self.read_back(output)
        self.operated = (wanted, (DONE if state == fields['state'] else DIFFERS, state))
        if state == fields['state']:
            self.event(12, channel=10, bit=output - 1, detail=state)
        return self.operated[1]

    def _cancel(self, output, _, fields):
        self.selection = None
        return DONE, self.read_back(output)

    # ---- firmware

    def do_firmware(self, fields, _):
        if fields['hardware'] != self.hardware:
            return OTHER_HARDWARE, 0
        if not 0 < fields['size'] <= self.memory:
            return NO_MEMORY, 0
        if not self.image or any(self.image[key] != fields[key] for key in ('version', 'size', 'digest')):
            self.image = dict(fields, data=bytearray())
        return DONE, len(self.image['data'])

    def do_block(self, fields, _):
        if not self.image:
            return NOT_SELECTED, 0
        have = self.image['data']
        if fields['offset'] + len(fields['data']) > self.image['size']:
            return RANGE, len(have)
        if fields['offset'] == len(have):
            have += fields['data']
        return DONE, len(have)

    def do_install(self, fields, _):
        if not 1 <= fields['action'] <= 3:
            return RANGE, 0
        if not self.image:
            return NOT_SELECTED, 0
        if fields['action'] == 3:
            self.image = None
            return DONE, 0
        if hashlib.sha256(self.image['data']).digest() != self.image['digest']:
            if len(self.image['data']) == self.image['size']:
                self.image = None
            return BAD_DIGEST, 0
        if fields['action'] == 2:
            self.installing, self.image = self.image['version'], None
        return DONE, 0
