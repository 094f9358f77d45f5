# SPDX-License-Identifier: GPL-3.0-or-later
"""Sessions that go wrong: each misbehaviour of either side gets the FAULT that comms/PROTOCOL.md gives it, and a
session after it works."""
import contextlib
import json
import os
import pty
import select
import socket
import subprocess
import sys
import threading
import tty

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from stage import EIGHT, KEY, KINDS, Call, identity, one_call, pieces, serving, staying, told, unit_of
import bbt
import bbt_link
import tap
from bbt import Type
from bbt_device import Device
from bbt_link import PATIENCE

HERE = os.path.dirname(os.path.abspath(__file__))
# what a unit does wrong in OPEN: the cue, the FAULT's code, with a key and without one
UNIT_WRONGS = [
    ('wrong-mac@EVENT', 5, None), ('no-mac@EVENT', 5, None), ('mac-uncalled@EVENT', 5, 5), ('wrong-crc@EVENT', 1, 1),
    ('wrong-start@EVENT', 1, 1), ('wrong-version@EVENT', 2, 2), ('wrong-length@EVENT', 1, 1), ('old-sequence@EVENT', 6, 6),
    ('replay@EVENT', 6, 6), ('truncate@EVENT', 1, 1), ('truncate@EVENT:25', 1, 1), ('short@EVENT', 1, 1),
    ('instead@EVENT:1', 7, 7), ('instead@EVENT:3', 7, 7), ('instead@EVENT:4', 7, 7), ('instead@EVENT:31', 7, 7),
    ('instead@EVENT:32', 7, 7), ('instead@EVENT:48', 7, 7), ('flood@EVENT:3000', 10, 10),
]
# what a server does wrong, likewise
SERVER_WRONGS = [
    ('wrong-mac@ACCEPT', 5, None), ('no-mac@ACCEPT', 5, None), ('payload@CHALLENGE', None, None), ('short@CHALLENGE', 1, None),
    ('instead@CHALLENGE:31', 7, None), ('short@ACCEPT', 1, 1), ('wrong-mac@ACK', 5, None), ('no-mac@ACK', 5, None),
    ('mac-uncalled@ACK', 5, 5), ('wrong-crc@ACK', 1, 1), ('wrong-version@ACK', 2, 2), ('replay@ACK', 6, 6),
    ('old-sequence@ACK', 6, 6), ('short@ACK', 1, 1), ('truncate@ACK', 1, 1), ('instead@ACK:16', 7, 7), ('instead@ACK:2', 7, 7),
]


def works_now(server, key, udp=False):
    """Another unit, and the same serial anew, are served as if nothing had been."""
    for serial in ('S1', 'S2'):
        unit = unit_of(serial, key)
        unit.device.boot = 5
        unit.device.event(17)
        assert one_call(server, unit, udp) == 'bye' and (5, 1) in told(server, 2, serial)


def each_wrong_of_a_unit_has_its_fault():
    """bbt-fault/each-wrong-of-a-unit-has-its-fault"""
    for cue, *codes in UNIT_WRONGS:
        for key, code in zip((KEY, None), codes):
            if code is None:
                continue
            with serving(key) as server:
                server.bytes_per_minute = 20000 if 'flood' in cue else 0
                unit = unit_of(key=key, cues=[cue])
                unit.device.event(17)
                assert one_call(server, unit) in ('fault', 'hangup'), (cue, key)
                faults = server.log.all('faults')
                assert [fault['code'] for fault in faults] == [code], (cue, key, faults)
                assert bool(faults[0]['about']) == (code in (2, 5, 6, 7) or 'short' in cue), (cue, faults)
                assert unit.device.kept[2] or 'flood' in cue or 'replay' in cue or 'old' in cue, 'acknowledged in spite of it'
                works_now(server, key)


def datagrams_that_are_wrong_are_dropped_without_a_word():
    """bbt-fault/datagrams-that-are-wrong-are-dropped-without-a-word, and sent again until they are right"""
    silent = ('wrong-mac', 'no-mac', 'mac-uncalled', 'wrong-crc', 'wrong-start', 'wrong-version', 'wrong-length', 'truncate',
              'replay', 'old-sequence', 'silence')
    for name in silent:
        for key in (KEY, None):
            if key is None and name in ('wrong-mac', 'no-mac'):
                continue
            with serving(key) as server:
                unit = unit_of(key=key, cues=[name + '@EVENT'], timing={'udp': (0.05, 0.2, 5, 5)})
                unit.device.event(17)
                assert one_call(server, unit, udp=True) == 'bye', (name, key)
                assert not server.log.all('faults') and told(server, 2) == [(1, 1)], (name, key)
                dropped = server.log.all('dropped')
                assert bool(dropped) == (name != 'silence'), (name, key, dropped)


def answers_that_are_lost_over_udp_come_again():
    """bbt-fault/answers-that-are-lost-over-udp-come-again"""
    for lost in ('CHALLENGE', 'ACCEPT', 'ACK', 'BYE'):
        for key in (KEY, None):
            if key is None and lost == 'CHALLENGE':
                continue
            with serving(key, cues=[f'silence@{lost}']) as server:
                silent = lost == 'BYE' and key is None       # its BYE is shorter than a FAULT 12
                unit = unit_of(key=key, timing={'udp': (0.05, 0.1, 0.1 if silent else 5)})
                unit.device.event(17)
                assert one_call(server, unit, udp=True) == ('silent' if silent else 'bye'), (lost, key)
                assert not unit.device.kept[2] and told(server, 2) == [(1, 1)]
                assert not server.log.all('faults'), (lost, key)


def a_lost_result_is_asked_for_again_and_nothing_is_done_twice():
    """bbt-fault/a-lost-result-is-asked-for-again-and-nothing-is-done-twice"""
    with serving(timing={'udp-again': 0.1}) as server, staying(server, udp=True) as unit:
        order = {'output': 3, 'state': 1, 'token': 7, 'after': 4000000000}
        assert server.result('S1', Type.OUTPUT, step=1, **order) == (0, 0)
        unit.ask(lambda: unit.cues.append(bbt_link.Cue('silence@RESULT')))
        assert server.result('S1', Type.OUTPUT, step=2, **order) == (0, 1)
        server.log.wait('record', stream=2, number=1)
        assert len(unit.log.all('heard', kind='OUTPUT', step=2)) == 2 and len(told(server, 2)) == 1


def each_wrong_of_a_server_has_its_fault():
    """bbt-fault/each-wrong-of-a-server-has-its-fault"""
    for cue, *codes in SERVER_WRONGS:
        for key, code in zip((KEY, None), codes):
            if code is None:
                continue
            with serving(key, cues=[cue]) as server:
                unit = unit_of(key=key)
                unit.device.event(17)
                assert one_call(server, unit) == 'fault', (cue, key)
                assert [fault['code'] for fault in unit.log.all('faults')] == [code], (cue, key, unit.log.all('faults'))
                server.log.wait('closed')
                assert len(unit.device.kept[2]) == 1 or 'replay' in cue or 'old' in cue, cue
                works_now(server, key)


def a_server_that_does_not_know_the_key_gets_nothing():
    """bbt-fault/a-server-that-does-not-know-the-key-gets-nothing"""
    with serving(None, impostor=True) as server:     # it accepts everybody at once
        unit = unit_of(key=KEY)
        unit.device.event(17)
        assert one_call(server, unit) == 'fault' and unit.log.all('faults')[0]['code'] == 7
        assert not server.records('S1')
    with serving(KEY, cues=['payload@CHALLENGE']) as server:
        assert one_call(server, unit) == 'fault' and server.log.wait('faults')['code'] == 4


def strangers_and_wrong_proofs_are_refused():
    """bbt-fault/strangers-and-wrong-proofs-are-refused"""
    for udp in (False, True):
        with serving() as server:
            for unit, code in [(unit_of('S9'), 3), (unit_of(key=bytes(32)), 4), (unit_of(key=None), 13),
                               (unit_of(cues=['payload@PROOF']), 4)]:
                assert one_call(server, unit, udp) == 'fault'
                assert unit.log.wait('faulted')['code'] == code == server.log.all('faults')[-1]['code']
            assert not server.records('S1')
            works_now(server, KEY, udp)
        with serving(key=None) as server:
            unit = unit_of()
            assert one_call(server, unit, udp) == 'fault'
            assert unit.log.wait('faulted')['code'] == 15
            works_now(server, None, udp)


def nothing_but_ident_and_proof_opens_a_session():
    """bbt-fault/nothing-but-ident-and-proof-opens-a-session"""
    with serving() as server:
        for kind in set(range(256)) - {Type.IDENT, Type.FAULT}:
            link = bbt_link.dial(server.address)
            link.send(bbt.seal(kind, 1, bytes(100)))
            frame, = pieces(link)
            assert (frame.kind, frame.payload[0]) == (Type.FAULT, 7), kind
            assert pieces(link) == []
        for kind in set(range(256)) - {Type.PROOF, Type.FAULT}:
            link = bbt_link.dial(server.address)
            link.send(bbt.seal(Type.IDENT, 1, identity()) + bbt.seal(kind, 2, bytes(100)))
            assert [frame.payload[0] for frame in pieces(link, 2) if frame.kind == Type.FAULT] == [7], kind


def who_is_too_slow_is_closed():
    """bbt-fault/who-is-too-slow-is-closed"""
    with serving(timing={'proof': 0.2}) as server:
        for first in (b'', b'\xB7', bbt.seal(Type.IDENT, 1, identity())):
            link = bbt_link.dial(server.address)
            link.send(first)
            assert [frame.payload[0] for frame in pieces(link, 3) if frame.kind == Type.FAULT] == [8]
        assert one_call(server, unit_of(cues=['silence@PROOF'])) == 'fault'
        works_now(server, KEY)
    with serving(accept={'idle': 1}) as server:
        unit = unit_of(cues=['silence@BYE'])
        assert one_call(server, unit) == 'fault' and unit.log.wait('faulted')['code'] == 8


def a_request_without_result_ends_the_session():
    """bbt-fault/a-request-without-result-ends-the-session"""
    for udp in (False, True):
        with serving(timing={'result': 0.5, 'udp-again': 0.1}) as server:
            call = Call(unit_of(stays=True, cues=['silence@RESULT*0']), server, udp)
            server.ask('S1', Type.REQUEST, ask=1)
            assert call.end() == 'fault' and call.unit.log.wait('faulted')['code'] == 8
            assert len(call.unit.log.all('heard', kind='REQUEST')) == (4 if udp else 1)


def slow_bytes_are_no_fault():
    """bbt-fault/slow-bytes-are-no-fault"""
    for key in (KEY, None):
        with serving(key, cues=['slow*0']) as server:
            unit = unit_of(key=key, cues=['slow*0'])
            unit.device.event(17)
            assert one_call(server, unit) == 'bye' and told(server, 2) == [(1, 1)]


def the_line_may_break_at_every_byte():
    """bbt-fault/the-line-may-break-at-every-byte, of either side, and no record is lost or doubled"""
    for key in (KEY, None):
        for kind, size in (('IDENT', 102), ('PROOF', 27), ('EVENT', 45), ('LIVE', 50), ('BYE', 24)):
            with serving(key) as server:
                unit = unit_of(key=key)
                for at in range(0, size + 1, 4):
                    unit.device.event(17)
                    unit.cues = [bbt_link.Cue(f'hang-up@{kind}:{at}')]
                    how = one_call(server, unit)
                    assert how == 'hangup' or (key is None and kind == 'PROOF' and how == 'bye'), (kind, at, how)
                unit.cues = []
                assert one_call(server, unit) == 'bye'
                assert told(server, 2) == [(1, i + 1) for i in range(unit.device.numbers[2])] and not unit.device.kept[2]
        for kind, size in (('CHALLENGE', 27), ('ACCEPT', 29), ('ACK', 28), ('BYE', 24)):
            with serving(key) as server:
                unit = unit_of(key=key)
                for at in range(0, size + 1, 4):
                    unit.device.event(17)
                    server.cues = [bbt_link.Cue(f'hang-up@{kind}:{at}')]
                    assert one_call(server, unit) in ('hangup', 'bye')
                server.cues = []
                assert one_call(server, unit) == 'bye'
                assert told(server, 2) == [(1, i + 1) for i in range(unit.device.numbers[2])] and not unit.device.kept[2]


def a_line_with_noise_carries_a_session():
    """bbt-fault/a-line-with-noise-carries-a-session (CSD)"""
    noise = b'\r\nCONNECT 9600\r\n\xB7\x10'
    ours, its = pty.openpty()
    tty.setraw(ours)
    with serving() as server, socket.create_connection(server.address) as far:

        def pump():
            with contextlib.suppress(OSError):
                while True:
                    for source in select.select([ours, far], [], [])[0]:
                        if source is far:
                            os.write(ours, noise + (far.recv(4096) or sys.exit()))
                        else:
                            far.sendall(os.read(ours, 4096))

        threading.Thread(target=pump, daemon=True).start()
        unit = unit_of()
        for _ in range(20):
            unit.device.event(17)
        assert unit.call(bbt_link.SerialLink(os.ttyname(its))) == 'bye'
        assert len(told(server, 2)) == 20 and not unit.device.kept[2]
    os.close(its)


def a_newer_session_wins_only_after_its_proof():
    """bbt-fault/a-newer-session-wins-only-after-its-proof"""
    for udp in (False, True):
        with serving() as server:
            first = Call(unit_of(stays=True), server, udp)
            first.unit.log.wait('heard', kind='ACK')
            assert one_call(server, unit_of(key=bytes(32)), udp) == 'fault'
            assert server.result('S1', Type.REQUEST, ask=1) == (0, 0), 'nobody without the key throws it out'
            device = Device('S1')
            device.boot = 2
            with staying(server, udp, device=device):
                assert first.end() == 'fault' and first.unit.log.wait('faulted')['code'] == 9


def a_server_that_forgot_the_session_is_told_anew():
    """bbt-fault/a-server-that-forgot-the-session-is-told-anew (UDP)"""
    for key in (KEY, None):
        with serving(key) as server:
            unit = unit_of(key=key, stays=True)
            call = Call(unit, server, udp=True)
            unit.log.wait('heard', kind='ACK')
            server.drop('S1')
            server.log.wait('closed')
            unit.ask(lambda: unit.device.event(17))
            server.log.wait('open', nth=2)
            server.log.wait('record', stream=2)
            assert unit.log.wait('faulted')['code'] == 12
            assert call.leave() == 'bye' and told(server, 2) == [(1, 1)]


def answers_to_strangers_are_no_longer_than_what_they_said():
    """bbt-fault/answers-to-strangers-are-no-longer-than-what-they-said (UDP)"""
    with serving() as server:
        link = bbt_link.dial(server.address, udp=True)
        for size in range(0, 60):
            link.send(bbt.seal(Type.PONG, size + 1, bytes(size)))
        for sequence in range(8, 61):                # 18 bytes and more
            [frame] = pieces(link)
            fields = bbt.decode(Type.FAULT, frame.payload)
            assert (fields['code'], fields['about'], frame.sequence, frame.mac) == (12, sequence, 1, None)
        link.send(bbt.seal(Type.IDENT, 1, identity('S9')))
        assert bbt.decode(Type.FAULT, pieces(link)[0].payload)['code'] == 3
        link.close()


def a_forged_fault_throws_nobody_out():
    """bbt-fault/a-forged-fault-throws-nobody-out (UDP)"""
    with serving() as server, staying(server, udp=True) as unit:
        address = unit.link.socket.getsockname()
        for code, about in ((9, 1), (12, 1), (12, 999)):
            server.udp.sendto(bbt.seal(Type.FAULT, 1000, bbt.encode(Type.FAULT, {'code': code, 'about': about})), address)
        assert server.result('S1', Type.REQUEST, ask=1) == (0, 0)
        assert not unit.log.all('faulted')


def a_recorded_session_cannot_be_played_again():
    """bbt-fault/a-recorded-session-cannot-be-played-again"""
    with serving() as server:
        unit, sent = unit_of(), []
        unit.device.event(17)
        link = bbt_link.dial(server.address)
        really = link.send
        link.send = lambda data: (sent.append(data), really(data))
        assert unit.call(link) == 'bye'
        records = len(server.records('S1'))
        again = bbt_link.dial(server.address)
        again.send(b''.join(sent))
        assert [bbt.decode(Type.FAULT, frame.payload)['code'] for frame in pieces(again, 3) if frame.kind == Type.FAULT] == [4]
        assert len(server.records('S1')) == records


def units_hear_that_the_server_stops():
    """bbt-fault/units-hear-that-the-server-stops"""
    for udp in (False, True):
        with serving() as server:
            call = Call(unit_of(stays=True), server, udp)
            call.unit.log.wait('heard', kind='ACK')
        assert call.end() == 'fault' and call.unit.log.wait('faulted')['code'] == 11


def both_programs_tell_what_happens_in_json():
    """bbt-fault/both-programs-tell-what-happens-in-json"""
    run = {'stdout': subprocess.PIPE, 'text': True, 'cwd': HERE}
    with subprocess.Popen([sys.executable, 'bbt_server.py', '--port', '0', '--unit', 'S1=' + KEY.hex()], stdin=subprocess.PIPE,
                          **run) as server:
        try:
            port = json.loads(server.stdout.readline())['port']
            print('{"serial": "S1", "type": "OUTPUT", "step": 1, "output": 2, "token": 7, "after": 4000000000}',
                  file=server.stdin, flush=True)
            for udp in ([], ['--udp']):
                unit = subprocess.run([sys.executable, 'bbt_unit.py', '--connect', f'127.0.0.1:{port}', '--serial', 'S1', '--key',
                                       KEY.hex(), '--values', 'ai1=12001,ext1=0.25', '--event', '17', '--rows', '5',
                                       '--boot', str(1 + len(udp)), *udp], timeout=PATIENCE, **run)
                lines = [json.loads(line) for line in unit.stdout.splitlines()]
                assert unit.returncode == 0 and lines[-1] == {'what': 'over', 'how': 'bye'}, unit
            orders = '{"values": {"ai1": 4}}\n{"event": 4}\n{"leave": 1}\n'
            unit = subprocess.run([sys.executable, 'bbt_unit.py', '--connect', f'127.0.0.1:{port}', '--serial', 'S1', '--key',
                                   KEY.hex(), '--stay', '--commands', '--boot', '3'], input=orders, timeout=PATIENCE, **run)
            assert unit.returncode == 0, unit
            seen = []
            while [line['what'] for line in seen].count('closed') < 3:
                seen.append(json.loads(server.stdout.readline()))
            assert {'what': 'result', 'serial': 'S1', 'request': 1, 'kind': 'OUTPUT', 'code': 0, 'value': 0} in seen
            assert sum(line['what'] == 'record' and line['stream'] == 1 for line in seen) == 10
            live = next(line for line in seen if line['what'] == 'record' and line['kind'] == 'LIVE')
            assert seen[-1]['why'] == 'bye' and [line for line in seen if line.get('kind') == 'BYE'][-2]['reason'] == 1
            assert live['values'] == {'ai1': 12001, 'ext1': bbt.bits_of(0.25)}, live
        finally:
            server.kill()


tap.run(each_wrong_of_a_unit_has_its_fault, datagrams_that_are_wrong_are_dropped_without_a_word,
        answers_that_are_lost_over_udp_come_again, a_lost_result_is_asked_for_again_and_nothing_is_done_twice,
        each_wrong_of_a_server_has_its_fault, a_server_that_does_not_know_the_key_gets_nothing,
        strangers_and_wrong_proofs_are_refused, nothing_but_ident_and_proof_opens_a_session, who_is_too_slow_is_closed,
        a_request_without_result_ends_the_session, slow_bytes_are_no_fault, the_line_may_break_at_every_byte,
        a_line_with_noise_carries_a_session,
        a_newer_session_wins_only_after_its_proof, a_server_that_forgot_the_session_is_told_anew,
        answers_to_strangers_are_no_longer_than_what_they_said, a_forged_fault_throws_nobody_out,
        a_recorded_session_cannot_be_played_again, units_hear_that_the_server_stops, both_programs_tell_what_happens_in_json)
