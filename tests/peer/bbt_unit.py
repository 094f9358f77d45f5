#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A BBT unit by comms/PROTOCOL.md alone. As a class for tests, with cues to misbehave; and as a program:

    bbt_unit.py --connect HOST:PORT [--udp] --serial S [--key HEX] [--values ai1=4000,…] …

prints one JSON line for each thing that happens (--help tells the rest)."""
import argparse
import json
import os
import random
import select
import sys
import time

import bbt
import bbt_link
from bbt import Fault, Type
from bbt_device import BUSY, DONE, RANGE, UNKNOWN, Clock, Device, Function, SerialPort
from bbt_link import Hangup, moment

TIMING = {'answer': 10, 'ack': 30, 'bye': 10, 'udp': (5, 10, 20, 40, 40), 'pause': 10}
RESTING, IDENTIFYING, PROVING, OPEN, THROUGH, LEAVING = 'RESTING IDENTIFYING PROVING OPEN THROUGH LEAVING'.split()
TALKING = (OPEN, THROUGH, LEAVING)


class Over(Exception):
    """The session is over: bye, asked, fault, silent, identify (anew)."""


class Unit:
    """Plays one session at a time of a device. call () is one call; ask () reaches it from another thread."""

    def __init__(self, device, key=None, stays=False, log=None, cues=(), timing=None):
        self.device, self.key, self.stays, self.cues = device, key, stays, list(cues)
        self.log, self.timing = log or bbt_link.Log(), {**TIMING, **(timing or {})}
        self.bell, self.state, self.wait, self.pause = bbt_link.Bell(), RESTING, 0, 0

    def ask(self, call):
        """Makes the call in the thread that plays the session."""
        self.bell.ask(call)

    def report(self, values):
        """New values, to be told by the next LIVE or INCREMENT."""
        self.device.measure(values)
        self.live_due = True

    def leave(self, reason=0):
        self.stay, self.reason = False, reason

    # ---- one call

    def call(self, link, cause=1):
        """Plays a session over the link and closes it. Gives how it ended: one of Over's words, or hangup."""
        try:
            how = self._session(link, cause)
            if how == 'identify':                    # once; who is not heard then either rests
                how = self._session(link, cause)
                how = 'silent' if how == 'identify' else how
        finally:
            link.close()
            if self.device.interface:
                self.device.interface.close()
            self._move(RESTING)
        if self.device.installing:
            self.device.restart(2)
        self.log.say('over', how=how)
        return how

    def _session(self, link, cause):
        try:
            self._begin(link, cause)
            while True:
                self._step()
        except Over as over:
            return str(over)
        except Hangup as error:
            self.log.say('hangup', why=str(error))
            return 'hangup'
        except Fault as fault:
            self._tell_fault(fault)
            return 'fault'

    def _begin(self, link, cause):
        self.link, self.end, self.wait, self.reason, self.accept = link, bbt.End(bbt.UNIT), 0, 0, None
        self.cause, self.stay, self.restarting = cause, self.stays, False
        self.waiting, self.sent_to, self.again, self.demanded = [], {}, [], {}
        self.live_due, self.base, self.reports = bool(self.device.values), None, {}
        self.pending, self.through_end, self.silence_end = None, None, None
        link.pause = self.pause
        self.nonce, self.device.selection = os.urandom(8), None
        self.identity = bbt.encode(Type.IDENT, self.device.ident(int(self.key is not None), self.nonce, cause, self.stays << 2))
        self._move(IDENTIFYING)
        self._put(Type.IDENT, self.identity, answered=True)

    def _move(self, state):
        if state != self.state:
            self.state = state
            self.log.say('state', state=state)
        self.patience = time.monotonic() + self.timing['answer']

    def _put(self, kind, payload, answered=False, **fields):
        """Sends a frame. answered: over UDP it is sent again until its answer comes."""
        if answered and self.link.datagrams:
            self.pending = [kind, payload, 0, time.monotonic() + self.timing['udp'][0]]
        bbt_link.send(self.link, self.end, kind, payload, self.cues)
        self.last_sent = time.monotonic()
        self.log.say('sent', kind=bbt.name_of(kind), sequence=self.end.sent, **fields)

    def _send(self, kind, answered=False, **fields):
        self._put(kind, bbt.encode(kind, fields), answered, **fields)

    def _tell_fault(self, fault):
        self.log.say('faults', code=fault.code, text=fault.text)
        try:
            self._send(Type.FAULT, code=fault.code, about=fault.about, text=fault.text)
        except Hangup:
            pass

    # ---- waiting

    def _step(self):
        if self.state in TALKING:
            self._deliver()
        self._in_time()
        sources = [self.link, self.bell]
        line = self.device.interface.fileno() if self.state == THROUGH and self.device.interface else None
        ready = select.select(sources + ([line] if line is not None else []), [], [], self._time_left())[0]
        if self.bell in ready:
            self.bell.answer()
        if line in ready:
            self._from_interface()
        if self.link in ready:
            frames = self.link.receive()
            while frames:
                for frame in frames:
                    self._hear(frame)
                frames = self.link.more()

    def _deadlines(self):
        yield self.pending[3] if self.pending else None
        if self.state == THROUGH:
            yield self.through_end
        if self.state in TALKING and self.stay and self.accept['idle'] and not self.pending:
            yield self.last_sent + self.accept['idle'] / 3
        if not self.link.datagrams:
            yield self.patience if self.state not in (OPEN, THROUGH) else None
            yield self.waiting[0]['sent'] + self.timing['ack'] if self.waiting else None

    def _time_left(self):
        return max(0, min((end for end in self._deadlines() if end), default=time.monotonic() + 60) - time.monotonic())

    def _in_time(self):
        """Does what has become due: resends, PING, the end of mode T, giving up."""
        now = time.monotonic()
        if self.pending and now >= self.pending[3]:
            self._resend()
        if self.state == THROUGH and now >= self.through_end:
            self._close_through(1)
        if not self.link.datagrams and (
                (self.state not in (OPEN, THROUGH) and now >= self.patience)
                or (self.waiting and now >= self.waiting[0]['sent'] + self.timing['ack'])):
            raise Over('silent')
        if self.state in TALKING and self.stay and not self.pending and self.accept['idle'] \
                and now >= self.last_sent + self.accept['idle'] / 3:
            self._send(Type.PING, answered=True, token=bbt_link.token())

    def _resend(self):
        kind, payload, tries, _ = self.pending
        if tries + 1 == len(self.timing['udp']):
            raise Over('silent' if self.state in (IDENTIFYING, LEAVING) else 'identify')
        self._put(kind, payload, again=tries + 1)
        self.pending = [kind, payload, tries + 1, time.monotonic() + self.timing['udp'][tries + 1]]

    def _answered(self, *kinds):
        if self.pending and self.pending[0] in kinds:
            self.pending = None

    # ---- records

    def _deliver(self):
        while len(self.waiting) < (1 if self.link.datagrams else 8) and not self.pending:
            record = self._next_record()
            if not record:
                break
            kind, payload, stream, boot, through = record
            self.waiting.append({'stream': stream, 'boot': boot, 'through': through, 'sent': time.monotonic()})
            self._put(kind, payload, answered=True, stream=stream, boot=boot, through=through)
        if self.state == OPEN and not self.stay and not self.waiting and not self.pending:
            self._send(Type.BYE, answered=True, next=self.device.next_call(), reason=self.reason)
            self._move(LEAVING)

    def _next_record(self):
        if self.again:
            return self.again.pop(0)
        for stream in Device.STREAMS:
            record = self._next_kept(stream, self._deliverable(stream))
            if record:
                return record
            if stream == 2 and self.live_due:
                return self._next_live()
        return None

    def _deliverable(self, stream):
        """The (boot, number) up to which records of the stream go now: all if wanted, else what REQUEST 2 asked for."""
        wanted = self.accept['wanted'] >> stream & 1 and self.state != LEAVING
        return (1 << 32, 0) if wanted else self.demanded.get(stream, (0, 0))

    def _next_kept(self, stream, last):
        """The next frame of a stream that is kept: an event, or the rows that go into one ARCHIVE."""
        sent = self.sent_to.get(stream, (0, 0))
        left = [record for record in self.device.kept[stream] if sent < record[:2] <= last]
        if not left:
            return None
        boot, number, kind, payload = left[0]
        if kind == Type.ARCHIVE:
            payload, count = bbt.next_archive(stream, [record[3] for record in left[:255]])
            number += count - 1
        self.sent_to[stream] = (boot, number)
        return kind, payload, stream, boot, number

    def _next_live(self):
        self.live_due = False
        number, values = self.device.number(0), dict(self.device.values)
        fields = {'number': number, 'status': self.device.status(), 'values': values, **moment(self.device.measured)}
        kind = Type.LIVE
        if self.base and self.base[1].keys() == values.keys():
            kind, fields['base'] = Type.INCREMENT, self.base[0]
            fields['values'] = {channel: value for channel, value in values.items() if self.base[1][channel] != value}
        self.reports[number] = values
        return kind, bbt.encode(kind, fields), 0, self.device.boot, number

    def _ack(self, fields):
        for entry in fields['entries']:
            stream, boot, through = entry['stream'], entry['boot'], entry['through']
            self.waiting = [frame for frame in self.waiting if frame['stream'] != stream
                            or (frame['boot'], frame['through']) > (boot, through)]
            if stream == 0 and boot == self.device.boot:
                done = [number for number in self.reports if number <= through]
                if done:
                    self.base = max(done), self.reports[max(done)]
                    self.reports = {number: values for number, values in self.reports.items() if number > through}
            elif stream in self.device.kept:
                through = (boot, through)
                self.device.forget(stream, *min(through, self.sent_to.get(stream, (0, 0))))
        if not self.waiting:
            self._answered(*bbt.RECORDS)

    # ---- frames that come

    def _hear(self, frame):
        if frame.kind == Type.FAULT and frame.mac is None and self._hear_bare_fault(frame):
            return
        try:
            self.end.take(frame)
        except Fault as fault:
            if not self.link.datagrams:
                raise
            self.log.say('dropped', kind=bbt.name_of(frame.kind), why=fault.text)
            return
        self.last_heard = time.monotonic()
        if self.state == LEAVING:
            self.patience = self.last_heard + self.timing['bye']
        self._dispatch(frame)

    def _hear_bare_fault(self, frame):
        """A FAULT without MAC: over UDP perhaps from outside the session, and before ACCEPT."""
        fields = bbt.decode(Type.FAULT, frame.payload)
        if self.link.datagrams and fields['code'] == 12:
            if fields['about'] == self.end.sent and self.state != IDENTIFYING:
                self._fault(fields)
            return True
        if self.state == PROVING:
            self._fault(fields)
        return False

    def _dispatch(self, frame):
        kind, state = frame.kind, self.state
        allowed = self.STATES[state]
        if kind not in allowed and not (state in TALKING and (bbt.is_request(kind) or kind not in bbt.LAYOUTS)):
            raise Fault(7, f'{bbt.name_of(kind)} in {state}', frame.sequence)
        try:
            fields = bbt.decode(kind, frame.payload) if kind in bbt.LAYOUTS else {}
        except Fault as fault:
            raise Fault(fault.code, fault.text, frame.sequence) from fault
        self.log.say('heard', kind=bbt.name_of(kind), sequence=frame.sequence, **fields)
        if bbt.is_request(kind):
            self._request(frame, kind, fields)
        elif allowed.get(kind):
            allowed[kind](self, fields)

    def _fault(self, fields):
        self.log.say('faulted', code=fields['code'], about=fields['about'], text=fields['text'])
        self.wait = fields['wait']
        if fields['code'] == 12 and self.link.datagrams:
            raise Over('bye' if self.state == LEAVING else 'identify')
        raise Over('fault')

    def _challenge(self, fields):
        if self.key is None:
            raise Fault(7, 'this unit has no key', self.end.taken)
        self._answered(Type.IDENT)
        self._put(Type.PROOF, bbt.proof(self.key, self.identity, fields['nonce']), answered=True)
        self.end.key = bbt.session_key(self.key, self.device.serial, fields['nonce'], self.nonce)
        self._move(PROVING)

    def _accept_keyless(self, fields):
        if self.key is not None:
            raise Fault(7, 'this unit insists on a proof', self.end.taken)
        self._accepted(fields)

    def _accepted(self, fields):
        self._answered(Type.IDENT, Type.PROOF)
        self.accept = fields
        old = self.device.clock.set(fields['time'] + fields['ms'] / 1000)
        if old is not None:
            self.device.event(13, detail=int(old) & 0xFFFFFFFF)
        self.stay = self.stay or bool(fields['flags'] & 1)
        self._move(OPEN)

    def _ping(self, fields):
        self._send(Type.PONG, token=fields['token'], **moment(self.device.clock.now()))

    def _pong(self, fields):
        self._answered(Type.PING)

    def _bye(self, fields):
        if self.state != LEAVING:
            self._send(Type.BYE, next=self.device.next_call(), reason=4)
            raise Over('asked')
        raise Over('bye')

    def _drop(self, fields):
        pass

    def _data(self, fields):
        self.through_end = time.monotonic() + self.through_idle
        try:
            self.device.interface.write(fields['data'])
        except OSError:
            return self._close_through(2)
        if self.device.interface.fileno() is None:
            self._from_interface()

    def _from_interface(self):
        try:
            pieces = self.device.interface.read()
        except OSError:
            return self._close_through(2)
        for piece in pieces:
            self.through_end = time.monotonic() + self.through_idle
            self._send(Type.DATA, data=piece)

    def _closed(self, fields):
        self.device.interface.close()
        self._move(OPEN)

    def _close_through(self, reason):
        self.device.interface.close()
        self._move(OPEN)
        self._send(Type.CLOSE, reason=reason)

    # ---- requests

    def _request(self, frame, kind, fields):
        handler = self.REQUESTS.get(kind)
        busy = self.state == THROUGH or (self.state == LEAVING and kind == Type.OPEN)
        if not handler:
            code, value = UNKNOWN, 0
        elif busy:
            code, value = BUSY, 0
        else:
            code, value = handler(self, fields, frame.payload)
        self._send(Type.RESULT, request=frame.sequence, code=code, value=value)
        if kind == Type.OPEN and code == DONE:
            self._move(THROUGH)
        if kind == Type.INSTALL and code == DONE and self.device.installing:
            self.leave(3)

    def _do(name):                                   # a request that the device does
        return lambda self, fields, payload: getattr(self.device, name)(fields, payload)

    def _do_request(self, fields, _):
        if fields['ask'] == 1:
            self.live_due, self.base = True, None
            return DONE, 0
        stream = fields['stream']
        if fields['ask'] != 2 or stream not in self.device.history:
            return RANGE, 0
        kept = self.device.history[stream] + [record[3] for record in self.device.kept[stream]]
        rows = [row for row in kept if fields['from'] <= row.time <= fields['to']]
        sent = self.sent_to.get(stream, self._acknowledged(stream))
        left = [row for row in rows if row[:2] <= sent]
        self.demanded[stream] = max([self.demanded.get(stream, (0, 0))] + [row[:2] for row in rows])
        while left:
            payload, count = bbt.next_archive(stream, left)
            self.again.append((Type.ARCHIVE, payload, stream, left[0].boot, left[count - 1].number))
            left = left[count:]
        return DONE, len(rows)

    def _acknowledged(self, stream):
        history = self.device.history[stream]
        return history[-1][:2] if history else (0, 0)

    def _do_open(self, fields, _):
        if fields['port'] > 2 or not 1 <= fields['idle'] <= 3600:
            return RANGE, 0
        try:
            if fields['port'] or not self.device.interface:
                raise OSError('no such interface')
            self.device.interface.open(self.device.line)
        except OSError:
            return 7, 0
        self.through_idle = fields['idle']
        self.through_end = time.monotonic() + fields['idle']
        return DONE, 0

    REQUESTS = {Type.REQUEST: _do_request, Type.SETTINGS: _do('do_settings'), Type.SCHEDULE: _do('do_schedule'),
                Type.INTERFACE: _do('do_interface'), Type.OUTPUT: _do('do_output'), Type.FIRMWARE: _do('do_firmware'),
                Type.BLOCK: _do('do_block'), Type.INSTALL: _do('do_install'), Type.OPEN: _do_open}
    COMMON = {Type.ACK: _ack, Type.PING: _ping, Type.PONG: _pong, Type.BYE: _bye, Type.FAULT: _fault, Type.ACCEPT: _drop}
    STATES = {
        IDENTIFYING: {Type.CHALLENGE: _challenge, Type.ACCEPT: _accept_keyless, Type.FAULT: _fault},
        PROVING: {Type.ACCEPT: _accepted, Type.FAULT: _fault},
        OPEN: {**COMMON, Type.DATA: _drop, Type.CLOSE: _drop},
        THROUGH: {**COMMON, Type.DATA: _data, Type.CLOSE: _closed},
        LEAVING: {**COMMON, Type.DATA: _drop, Type.CLOSE: _drop},
    }

    # ---- calling again and again

    def live(self, address, udp=False, calls=0, cause=0):
        """Calls, rests by section 10, calls again; calls: how many sessions, 0 = for ever."""
        failed, made = 0, 0
        while not calls or made < calls:
            made += 1
            try:
                how = self.call(address() if callable(address) else bbt_link.dial(address, udp), cause)
            except OSError as error:
                how = 'unreachable'
                self.log.say('over', how=how, why=str(error))
            failed = 0 if how in ('bye', 'asked') else failed + 1
            cause = 1 if not failed else 8
            if calls and made == calls:
                return how
            pause = min(1800, self.timing['pause'] * 2 ** (failed - 1)) * random.uniform(0.5, 1.5) if failed else \
                self.device.next_call() - self.device.clock.now()
            pause = max(pause, self.wait)
            self.log.say('rests', pause=round(pause, 1))
            if select.select([self.bell], [], [], pause)[0]:
                self.bell.answer()


# ---- the program ---------------------------------------------------------------------------------------------------

def values_of(text):
    """ai1=4000,di=3,ext1=0.25 → {channel: raw number}"""
    values = {}
    for word in filter(None, text.split(',')):
        name, _, number = word.partition('=')
        channel = bbt.NUMBERS[name]
        values[channel] = bbt.bits_of(float(number)) if channel > 16 else int(number)
    return values


def echo_slave(data):
    """A slave for --slave echo: sends back what it hears."""
    return data


def arguments():
    parser = argparse.ArgumentParser(description='Plays a BBT unit against a session server.')
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument('--connect', metavar='HOST:PORT')
    where.add_argument('--line', metavar='DEVICE', help='a serial line instead of the network')
    parser.add_argument('--udp', action='store_true')
    parser.add_argument('--serial', required=True)
    parser.add_argument('--key', type=bytes.fromhex, metavar='HEX', help='32 bytes; without one the unit has no key')
    parser.add_argument('--values', type=values_of, default={}, metavar='NAME=RAW,…')
    parser.add_argument('--event', action='append', default=[], type=int, metavar='CODE')
    parser.add_argument('--rows', type=int, default=0, metavar='N', help='archive rows, one a minute, up to now')
    parser.add_argument('--slave', metavar='echo|DEVICE', help='what stands behind mode T')
    parser.add_argument('--cause', type=int, default=0)
    parser.add_argument('--boot', type=int, default=1)
    parser.add_argument('--clock', type=float, default=0, metavar='SECONDS', help='how wrong the clock is')
    parser.add_argument('--jump', type=int, default=0, metavar='N', help='jump over N numbers of the events')
    parser.add_argument('--misbehave', action='append', default=[], type=bbt_link.Cue, metavar='NAME[@TYPE][:N][*TIMES]',
                        help=', '.join(bbt_link.CUES))
    parser.add_argument('--pause', type=float, default=0, metavar='SECONDS', help='after each piece sent: with slow, each byte')
    parser.add_argument('--stay', action='store_true')
    parser.add_argument('--calls', type=int, default=1, help='how many sessions; 0 = for ever')
    parser.add_argument('--commands', action='store_true',
                        help='JSON lines on standard input: {"values": {…}}, {"event": CODE}, {"leave": REASON}')
    return parser.parse_args()


def obey(unit, line):
    order = json.loads(line)
    if 'values' in order:
        unit.report({**unit.device.values, **values_of(','.join(f'{k}={v}' for k, v in order['values'].items()))})
    if 'event' in order:
        unit.device.event(order['event'])
    if 'leave' in order:
        unit.leave(order['leave'])


def main():
    import threading
    given = arguments()
    device = Device(given.serial, Clock(offset=given.clock))
    device.boot = given.boot
    if given.slave:
        device.interface = Function(echo_slave) if given.slave == 'echo' else SerialPort(given.slave)
    unit = Unit(device, given.key, given.stay, bbt_link.Log(bbt_link.print_json), given.misbehave)
    unit.pause = given.pause
    if given.values:
        device.measure(given.values)
    for i in range(given.rows):
        device.row(1, given.values, device.clock.now() - 60 * (given.rows - 1 - i))
    for code in given.event:
        device.event(code)
        device.numbers[2] += given.jump
    if given.commands:
        threading.Thread(target=lambda: [unit.ask(lambda line=line: obey(unit, line)) for line in sys.stdin],
                         daemon=True).start()
    host, _, port = (given.connect or ':').rpartition(':')
    where = (lambda: bbt_link.SerialLink(given.line)) if given.line else (host, int(port))
    how = unit.live(where, given.udp, given.calls, given.cause)
    return 0 if how in ('bye', 'asked') else 1


if __name__ == '__main__':
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
