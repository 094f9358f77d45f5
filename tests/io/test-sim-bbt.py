#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test-sim-bbt.py GDP-SIM PEER — the simulator's BBT-1 units against a session server that was written from
comms/PROTOCOL.md alone (tests/peer/bbt_server.py): every kind of session, and a server that misbehaves."""
import contextlib
import hashlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time

SIM, PEER = sys.argv[1:3]
sys.path[:0] = [PEER, os.path.join(PEER, '..')]
import tap  # noqa: E402
import bbt  # noqa: E402
import bbt_link  # noqa: E402
import bbt_server  # noqa: E402
from bbt import Type  # noqa: E402
from patience import PATIENCE, wait_for  # noqa: E402

HURRY = 100       # so that pauses and periods are short
KEYLESS = 'BBT1-010'
tests = []


def test(function):
    tests.append(function)
    return function


def keys_of(file):
    return {serial: bytes.fromhex(key) for serial, key in
            (line.split() for line in open(file) if not line.startswith('#'))}


class Field:
    """gdp-sim with its units, and the stub server that they call."""

    def __init__(self, *options, sites=3, scenario=None, accept=None, cues=(), wrong=(), timing=None):
        self.folder = tempfile.TemporaryDirectory()
        path = self.folder.name
        self.log = bbt_link.Log()
        self.keys, self.counts_file = f'{path}/keys', f'{path}/counts'
        common = ['--sites', sites, '--bbt', '--seed', 3, '--speed', HURRY, '--keys', self.keys, *options]
        if scenario:
            with open(f'{path}/scenario', 'w') as file:
                file.write(scenario)
            common += ['--scenario', f'{path}/scenario']
        self.server = bbt_server.Server({f'BBT1-{i + 1:03}': None for i in range(sites)}, log=self.log, accept=accept,
                                        cues=cues, timing=timing)
        self.err = open(f'{path}/err', 'w+')
        self.process = subprocess.Popen([SIM, *map(str, common), '--connect', '127.0.0.1:%d' % self.server.address[1],
                                         '--counts', self.counts_file], stderr=self.err)
        wait_for('the keys', lambda: os.path.exists(self.keys))
        for serial, key in keys_of(self.keys).items():
            self.server.units[serial].key = bytes(32) if serial in wrong else key
        self.server.start()

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(PATIENCE)
        self.server.stop()
        if kind:
            self.err.seek(0)
            print('#', self.err.read().replace('\n', '\n# '))
            for thing in self.log.things[-40:]:
                print('#', str(thing)[:200])
        else:
            assert code == 0, code
        self.err.close()

    def counts(self):
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(PATIENCE) == 0
        return json.load(open(self.counts_file))

    def things(self, what, **wanted):
        return [thing for thing in list(self.log.things) if thing['what'] == what
                and all(thing.get(key) == value for key, value in wanted.items())]

    def heard(self, serial, kind):
        return wait_for(f'{kind} of {serial}', lambda: self.things('heard', serial=serial, kind=kind))

    def records(self, serial, stream, n=1):
        return wait_for(f'{n} records of {serial} in stream {stream}', lambda: (
            lambda found: found if len(found) >= n else None)(self.server.records(serial, stream)))

    def event(self, serial, code):
        return wait_for(f'event {code} of {serial}', lambda: [
            r for r in self.server.records(serial, 2) if r['kind'] == 'EVENT' and r['fields']['code'] == code])[0]


def settings(**changed):
    fields = {'polling': 5, 'confirmation': 30, 'accident': 5, 'archive': 10, 'sms': '', 'thresholds': [], **changed}
    payload = bbt.encode(Type.SETTINGS, {'revision': 0, **fields})
    return bbt.revision(payload).to_bytes(4, 'big') + payload[4:]


# ---- sessions ---------------------------------------------------------------------------------------------

@test
def units_prove_their_keys_and_deliver():
    with Field(sites=10) as field:
        for i in range(10):
            serial = f'BBT1-{i + 1:03}'
            opened = wait_for(f'{serial} in session', lambda: field.things('open', serial=serial))[0]
            assert opened['authenticated'] == (serial != KEYLESS), opened
            assert field.event(serial, 11)['fields']['detail'] == 0
            live = field.records(serial, 0)[0]
            assert live['kind'] == 'LIVE' and 4000 <= live['values'][1] <= 20000, live
            assert abs(live['when'] - time.time()) < 30 and not live['doubtful'], live
        assert not field.things('faults'), field.things('faults')


@test
def one_that_does_not_stay_says_when_it_calls_next():
    with Field(sites=3) as field:
        bye = field.heard('BBT1-003', 'BYE')[0]
        ahead = bye['next'] - time.time()
        assert bye['reason'] == 0 and 6 * 3600 / HURRY - 30 < ahead <= 6 * 3600 / HURRY + 1, ahead
        wait_for('the good-bye', lambda: field.things('closed', serial='BBT1-003', why='bye'))
        assert not field.things('closed', serial='BBT1-001')


@test
def increments_tell_only_what_changed():
    with Field(sites=1) as field:
        reports = field.records('BBT1-001', 0, 6)
        kinds = [r['kind'] for r in reports]
        assert kinds[0] == 'LIVE' and set(kinds[1:]) == {'INCREMENT'}, kinds
        assert all(set(r['values']) == set(reports[0]['values']) for r in reports)
        told = [set(r['fields'].get('told', r['fields']['values'])) for r in reports[1:]]
        assert all(r['fields']['base'] == before['number'] for before, r in zip(reports, reports[1:])), told


@test
def archives_hours_and_pulses_come_in_order():
    with Field('--speed', 3000, sites=1) as field:
        rows, hours = field.records('BBT1-001', 1, 5), field.records('BBT1-001', 3, 1)
        numbers = [r['number'] for r in rows]
        assert numbers == list(range(1, len(rows) + 1)), numbers
        assert all(r['values'] for r in rows + hours)
        wait_for('pulses', lambda: [r for r in field.server.records('BBT1-001', 2) if r['kind'] == 'PULSE'])
        assert field.server.units['BBT1-001'].jumped == 0


@test
def settings_and_schedule_are_taken_and_echoed():
    with Field(sites=1) as field:
        field.heard('BBT1-001', 'LIVE')
        payload = settings()
        revision = int.from_bytes(payload[:4], 'big')
        assert field.server.result('BBT1-001', Type.SETTINGS, payload) == (0, revision)
        assert field.server.result('BBT1-001', Type.SETTINGS, bytes(4) + payload[4:]) == (12, revision)
        bad = settings(polling=3)
        assert field.server.result('BBT1-001', Type.SETTINGS, bad) == (2, revision)
        schedule = bbt.encode(Type.SCHEDULE, {'revision': 0, 'zone': 180, 'entries': [
            {'kind': 2, 'day': 0, 'minute': 390, 'date': 0}]})
        schedule = bbt.revision(schedule).to_bytes(4, 'big') + schedule[4:]
        taken = int.from_bytes(schedule[:4], 'big')
        assert field.server.result('BBT1-001', Type.SCHEDULE, schedule) == (0, taken)
        field.server.drop('BBT1-001')
        ident = wait_for('the next call', lambda: field.things('heard', serial='BBT1-001', kind='IDENT')[1:])[0]
        assert (ident['settings'], ident['schedule']) == (revision, taken), ident
        assert ident['cause'] == 8, ident


@test
def a_threshold_calls_and_accident_reports_follow():
    scenario = 'at +100s site GDP-003 slam-shut trips\n'
    with Field(sites=3, scenario=scenario) as field:
        wait_for('the first call', lambda: field.things('closed', serial='BBT1-003', why='bye'))
        event = field.event('BBT1-003', 4)
        assert event['fields']['channel'] == 9, event
        idents = field.things('heard', serial='BBT1-003', kind='IDENT')
        assert idents[-1]['cause'] in (3, 4), idents


@test
def outputs_are_selected_operated_and_read_back():
    with Field(sites=1) as field:
        field.heard('BBT1-001', 'LIVE')

        def output(step, state=1, token=7, after=None):
            return field.server.result('BBT1-001', Type.OUTPUT, step=step, output=1, state=state, token=token,
                                       after=int(time.time()) + 30 if after is None else after)
        assert output(2)[0] == 4
        assert output(1) == (0, 0)
        assert output(2, token=8)[0] == 4
        assert output(2) == (0, 1)
        assert output(2) == (0, 1)                       # as before, not twice
        assert field.event('BBT1-001', 12)['fields']['detail'] == 1
        wait_for('do in a report', lambda: [r for r in field.server.records('BBT1-001', 0) if r['values'].get(10) == 1])
        assert output(1, after=int(time.time()) - 5)[0] == 5
        assert output(1, 0) == (0, 1) and output(3)[0] == 0 and output(2, 0)[0] == 4


@test
def firmware_comes_in_blocks_and_its_version_is_told():
    image = bytes(range(256)) * 7
    head = {'version': bytes([1, 4, 2]), 'hardware': 2, 'size': len(image), 'digest': hashlib.sha256(image).digest()}
    with Field(sites=1) as field:
        server = field.server
        field.heard('BBT1-001', 'LIVE')
        assert server.result('BBT1-001', Type.FIRMWARE, **{**head, 'hardware': 9})[0] == 9
        assert server.result('BBT1-001', Type.BLOCK, offset=0, data=b'x')[0] == 4
        assert server.result('BBT1-001', Type.FIRMWARE, **{**head, 'digest': bytes(32)}) == (0, 0)
        for at in range(0, len(image), 900):
            code, wanted = server.result('BBT1-001', Type.BLOCK, offset=at, data=image[at:at + 900])
            assert code == 0 and wanted == min(at + 900, len(image))
        assert server.result('BBT1-001', Type.INSTALL, action=2)[0] == 8
        assert server.result('BBT1-001', Type.FIRMWARE, **head) == (0, 0)
        assert server.result('BBT1-001', Type.BLOCK, offset=0, data=image[:900]) == (0, 900)
        assert server.result('BBT1-001', Type.BLOCK, offset=0, data=image[:900]) == (0, 900)
        field.server.drop('BBT1-001')
        wait_for('the next call', lambda: len(field.things('open', serial='BBT1-001')) == 2)
        assert server.result('BBT1-001', Type.FIRMWARE, **head) == (0, 900)      # goes on where it was
        assert server.result('BBT1-001', Type.BLOCK, offset=900, data=image[900:]) == (0, len(image))
        assert server.result('BBT1-001', Type.INSTALL, action=2) == (0, 0)
        assert field.heard('BBT1-001', 'BYE')[0]['reason'] == 3
        ident = wait_for('the restart', lambda: field.things('heard', serial='BBT1-001', kind='IDENT')[2:])[0]
        before = field.things('heard', serial='BBT1-001', kind='IDENT')[1]
        assert bytes(ident['firmware']) == bytes([1, 4, 2]) and ident['boot'] == before['boot'] + 1, ident
        assert field.event('BBT1-001', 15)['fields']['detail'] == 0x01040200


@test
def mode_t_reaches_the_corrector():
    with Field(sites=4) as field:
        serial = 'BBT1-004'
        field.heard(serial, 'LIVE')
        assert field.server.result(serial, Type.OPEN, port=1, idle=5)[0] == 7
        assert field.server.result(serial, Type.OPEN, port=0, idle=2) == (0, 0)
        request = bytes([1, 4, 0, 0, 0, 2])
        request += bbt.crc(request)
        assert field.server.result(serial, Type.REQUEST, ask=1)[0] == 3          # requests wait
        field.server.ask(serial, Type.DATA, data=request[:3])
        field.server.ask(serial, Type.DATA, data=request[3:])
        data = bytes(field.heard(serial, 'DATA')[0]['data'])
        assert data[:3] == bytes([1, 4, 4]) and bbt.crc(data[:-2]) == data[-2:], data.hex()
        assert field.heard(serial, 'CLOSE')[0]['reason'] == 1                    # after two quiet seconds
        assert field.server.result(serial, Type.REQUEST, ask=1)[0] == 0


@test
def rows_are_sent_again_when_asked_for():
    with Field('--speed', 3000, sites=1) as field:
        rows = field.records('BBT1-001', 1, 4)
        before = len(field.things('resent'))
        first, last = rows[0]['fields']['time'], rows[-1]['fields']['time']
        code, n = field.server.result('BBT1-001', Type.REQUEST, ask=2, stream=1, **{'from': first, 'to': last})
        assert code == 0 and n >= 4, (code, n)
        wait_for('the rows', lambda: len(field.things('resent')) >= before + 4)
        assert field.server.result('BBT1-001', Type.REQUEST, ask=2, stream=2, **{'from': 0, 'to': 1})[0] == 2
        code, n = field.server.result('BBT1-001', Type.REQUEST, ask=2, stream=1, **{'from': 10, 'to': 20})
        assert (code, n) == (0, 0)


@test
def an_unknown_request_is_not_known_and_the_session_lives():
    with Field(sites=1) as field:
        field.heard('BBT1-001', 'LIVE')
        assert field.server.result('BBT1-001', bbt_server.Kind(0x2D), b'anything')[0] == 1
        before = len(field.server.records('BBT1-001', 0))
        field.records('BBT1-001', 0, before + 1)


@test
def over_udp_every_datagram_kind_of_session_works():
    with Field('--udp', sites=4) as field:
        for i in range(4):
            field.records(f'BBT1-{i + 1:03}', 0)
        field.records('BBT1-001', 0, 3)
        assert field.server.result('BBT1-001', Type.REQUEST, ask=1)[0] == 0
        wait_for('a good-bye', lambda: field.things('closed', serial='BBT1-003', why='bye'))


# ---- servers that misbehave ---------------------------------------------------------------------------------

@test
def a_wrong_key_is_refused_and_the_pause_grows():
    with Field(sites=1, wrong={'BBT1-001'}) as field:
        wait_for('two calls', lambda: len(field.things('heard', serial='BBT1-001', kind='PROOF')) >= 2)
        assert not field.things('open') and all(t['code'] == 4 for t in field.things('faults'))


def comes_again(cue):
    """After what the server did the unit hangs up, calls again, and loses nothing."""
    with Field(sites=1, cues=[bbt_link.Cue(cue)]) as field:
        wait_for(f'two sessions with {cue}', lambda: len(field.things('heard', serial='BBT1-001', kind='IDENT')) >= 2)
        field.event('BBT1-001', 11)
        field.records('BBT1-001', 0)
        wait_for('nothing waits', lambda: field.things('sent', serial='BBT1-001', kind='ACK'))
        counts = field.counts()
        assert counts['forgotten'] == 0 and counts['made'] == counts['acknowledged'] + counts['waiting'], counts


def add_case(name):
    def case():
        comes_again(name)
    case.__name__ = 'comes_again_after_' + name
    test(case)


for name in ('wrong-crc@ACCEPT', 'wrong-crc@ACK', 'wrong-mac@ACCEPT', 'wrong-mac@ACK', 'no-mac@ACCEPT', 'no-mac@ACK',
             'mac-uncalled@CHALLENGE', 'wrong-start@ACK', 'wrong-version@CHALLENGE', 'wrong-length@ACK', 'replay@ACK', 'old-sequence@ACK',
             'truncate@ACK', 'short@ACCEPT', 'instead@CHALLENGE', 'hang-up@CHALLENGE', 'hang-up@ACCEPT', 'hang-up@ACK',
             'silence@CHALLENGE'):
    add_case(name)


@test
def slow_bytes_and_growing_frames_are_borne():
    with Field(sites=1, cues=[bbt_link.Cue('slow@ACCEPT'), bbt_link.Cue('skip-sequence@ACK'),
                              bbt_link.Cue('flood@ACK:50')]) as field:
        field.records('BBT1-001', 0, 4)
        assert len(field.things('heard', serial='BBT1-001', kind='IDENT')) == 1


@test
def what_was_not_acknowledged_comes_again_in_the_next_call():
    with Field(sites=1) as field:
        field.server.acks = False
        field.event('BBT1-001', 11)
        field.server.drop('BBT1-001')
        field.server.acks = True
        wait_for('the resend', lambda: field.things('resent', serial='BBT1-001', stream=2))
        wait_for('its ACK', lambda: field.things('sent', serial='BBT1-001', kind='ACK'))
        assert len([r for r in field.server.records('BBT1-001', 2) if r['fields'].get('code') == 11]) == 1


@test
def over_bad_lines_nothing_is_lost_or_doubled():
    for options in (), ('--udp',):
        with Field('--wire-faults', 0.05, '--speed', 2000, *options, sites=12) as field:
            wait_for('records in spite of it', lambda: sum(
                len(field.server.records(f'BBT1-{i + 1:03}', 1)) for i in range(12)) > 60)
            counts = field.counts()
            stored = sum(len([r for r in field.server.records(f'BBT1-{i + 1:03}') if r['stream']]) for i in range(12))
            keys = [(s, r['stream'], r['boot'], r['number']) for s in field.server.units for r in field.server.records(s)]
            assert len(keys) == len(set(keys))
            assert counts['acknowledged'] <= stored <= counts['made'], (counts, stored)
            assert all(unit.jumped == 0 for unit in field.server.units.values())
            assert counts['forgotten'] == 0 and counts['acknowledged'] > 60, counts


tap.run(*(case for case in tests if len(sys.argv) < 4 or sys.argv[3] in case.__name__),
        name=lambda case: case.__name__.replace('_', '-'))
