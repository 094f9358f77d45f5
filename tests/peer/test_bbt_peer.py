# SPDX-License-Identifier: GPL-3.0-or-later
"""Every kind of session of comms/PROTOCOL.md: the Python unit against the stub server, over real sockets."""
import contextlib
import hashlib
import os
import pty
import random
import sys
import threading
import time
import tty

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from stage import EIGHT, KEY, KINDS, Call, one_call, serving, staying, told, unit_of
import bbt
import tap
from bbt import Type
from bbt_device import Clock, Device, Function, SerialPort


def everything_is_delivered_and_forgotten():
    """bbt-session/everything-is-delivered-and-forgotten (TCP, UDP, with and without key)"""
    for udp, key in KINDS:
        with serving(key) as server:
            unit, device = (unit := unit_of(key=key)), unit.device
            device.event(4, channel=9, bit=2, detail=1, values={9: 4})
            device.keep_event(Type.PULSE, counters=[{'input': 1, 'count': 77}])
            device.keep_event(Type.SABOTAGE, wire=1, cover=0, magnet=255)
            start = int(device.clock.now()) - 6000
            for i in range(300):
                device.row(1, {1: 12000 + i % 7, 17: bbt.bits_of(i / 3)}, start + 20 * i)
            device.row(3, {1: 12001}, start)
            device.row(4, {1: 12002}, start)
            assert one_call(server, unit, udp, cause=4) == 'bye'
            assert told(server, 2) == [(1, 1), (1, 2), (1, 3)] and told(server, 0) == [(1, 1)]
            assert told(server, 1) == [(1, i + 1) for i in range(300)] and told(server, 3) == told(server, 4) == [(1, 1)]
            rows = server.records('S1', 1)
            assert [row['values'][1] for row in rows] == [12000 + i % 7 for i in range(300)]
            assert all(row['when'] == start + 20 * i and not row['doubtful'] for i, row in enumerate(rows))
            live = server.records('S1', 0)[0]
            assert live['values'] == EIGHT and live['authenticated'] == (key is not None)
            event, pulse, sabotage = (record['fields'] for record in server.records('S1', 2))
            assert (event['code'], event['channel'], event['bit'], event['detail']) == (4, 9, 2, 1)
            assert pulse['counters'] == [{'input': 1, 'count': 77}] and sabotage['magnet'] == 255
            assert not any(device.kept.values()) and len(device.history[1]) == 300
            first = server.records('S1')[0]
            assert first['stream'] == 2, 'events go first'
            assert server.log.all('heard', kind='BYE')[0]['next'] > time.time()


def increments_tell_only_what_changed():
    """bbt-session/increments-tell-only-what-changed"""
    for udp, key in KINDS:
        with serving(key) as server, staying(server, udp, key=key) as unit:
            for change in ({1: 13000}, {}, {2: 1, 8: 2}):
                values = {**unit.device.values, **change}
                number = unit.device.numbers[0] + 1
                unit.ask(lambda values=values: unit.report(values))
                assert server.log.wait('record', stream=0, number=number)['values'] == values
                sent = server.log.wait('heard', kind='INCREMENT', nth=number - 1)
                assert sent['values'] == change and sent['base'] == number - 1
                unit.log.wait('heard', kind='ACK', nth=number)


def a_base_that_is_not_known_is_asked_for_anew():
    """bbt-session/a-base-that-is-not-known-is-asked-for-anew"""
    with serving() as server, staying(server) as unit:
        unit.ask(lambda: (setattr(unit, 'base', (99, dict(EIGHT))), unit.report({**EIGHT, 1: 5})))
        assert server.log.wait('record', number=3)['values'] == {**EIGHT, 1: 5}
        assert server.log.all('heard', kind='INCREMENT')[0]['base'] == 99 and not server.log.all('record', number=2)
        assert not server.log.all('jumped'), 'in stream 0 numbers may be jumped over'


def what_is_not_acknowledged_comes_again_and_is_stored_once():
    """bbt-session/what-is-not-acknowledged-comes-again-and-is-stored-once"""
    for udp, key in KINDS:
        with serving(key) as server:
            server.acks = False
            unit = unit_of(key=key, timing={'ack': 0.3, 'udp': (0.05, 0.05, 0.05)})
            for _ in range(3):
                unit.device.event(17)
            assert one_call(server, unit, udp) == 'silent'
            assert len(unit.device.kept[2]) == 3
            assert told(server, 2) == [(1, 1)] if udp else [(1, 1), (1, 2), (1, 3)]
            server.acks = True
            assert one_call(server, unit, udp) == 'bye'
            assert told(server, 2) == [(1, 1), (1, 2), (1, 3)] and not unit.device.kept[2]
            assert server.log.all('resent', stream=2)


def at_most_eight_frames_wait_for_their_acknowledgement():
    """bbt-session/at-most-eight-frames-wait-for-their-acknowledgement (UDP: one)"""
    for udp, most in ((False, 8), (True, 1)):
        with serving() as server:
            server.acks = False
            unit = unit_of(stays=True)
            for _ in range(20):
                unit.device.event(17)
            call = Call(unit, server, udp)
            server.log.wait('record', nth=most)
            server.result('S1', Type.REQUEST, ask=9)            # a round trip: the unit has had its chance
            assert len(server.log.all('record')) == most
            server.drop('S1')
            unit.ask(lambda: setattr(unit, 'pending', None)) if udp else None
            if not udp:
                assert call.end() == 'hangup'


def a_late_acknowledgement_holds_back_bye():
    """bbt-session/a-late-acknowledgement-holds-back-bye"""
    with serving() as server:
        server.ack_delay = 0.3
        unit = unit_of()
        unit.device.event(17)
        began = time.monotonic()
        assert one_call(server, unit) == 'bye' and time.monotonic() - began >= 0.3
        assert not unit.device.kept[2]


def jumped_and_doubled_records_are_counted():
    """bbt-session/jumped-and-doubled-records-are-counted"""
    with serving() as server:
        unit = unit_of(cues=['twice@EVENT'])
        unit.device.event(17)
        unit.device.numbers[2] += 5
        unit.device.event(17)
        assert one_call(server, unit) == 'bye'
        assert told(server, 2) == [(1, 1), (1, 7)] and server.units['S1'].jumped == 5
        assert len(server.log.all('resent')) == 1


def records_of_an_earlier_boot_go_first():
    """bbt-session/records-of-an-earlier-boot-go-first"""
    with serving() as server:
        unit = unit_of(values=None)
        unit.device.event(17)
        unit.device.row(1, {1: 5})
        unit.device.restart()
        unit.device.row(1, {1: 6})
        assert one_call(server, unit) == 'bye'
        assert told(server, 2) == [(1, 1), (2, 1)] and told(server, 1) == [(1, 1), (2, 1)]
        assert not server.log.all('jumped')


def an_overflow_is_told():
    """bbt-session/an-overflow-is-told"""
    with serving() as server:
        unit = unit_of(device=Device('S1', capacity=10))
        for i in range(15):
            unit.device.row(1, {1: i}, 1700000000 + 60 * i)
        assert one_call(server, unit) == 'bye'
        identity = server.log.all('heard', kind='IDENT')[0]
        assert identity['flags'] & 1 and identity['oldest'] == 6 and identity['waiting'] == 10
        assert server.units['S1'].jumped == 5 and not unit.device.lost


def what_is_not_wanted_is_kept():
    """bbt-session/what-is-not-wanted-is-kept"""
    with serving(accept={'wanted': 0b10000}) as server:
        unit = unit_of()
        unit.device.event(17)
        for stream in (1, 3, 4):
            unit.device.row(stream, {1: 1})
        assert one_call(server, unit) == 'bye'
        assert [len(unit.device.kept[stream]) for stream in (1, 2, 3, 4)] == [1, 1, 1, 0]
        assert {record['stream'] for record in server.records('S1')} == {0, 4}


def wrong_clocks_are_set_and_every_record_is_dated():
    """bbt-session/wrong-clocks-are-set-and-every-record-is-dated (1970, 2099, right)"""
    now = time.time()
    for offset in (100 - now, 4070908800 - now, 3, 1, 0, -40):
        with serving() as server:
            unit = unit_of(clock=offset)
            device = unit.device
            device.event(17)
            era = device.clock.era
            assert one_call(server, unit) == 'bye'
            wrong = abs(offset) > 2
            assert device.clock.era == era + wrong and abs(device.clock.now() - time.time()) < 2.1
            before = server.records('S1', 2)[0]
            assert abs(before['when'] - now) < 8 and not before['doubtful'], (offset, before)
            assert [record['fields']['code'] for record in server.records('S1', 2)] == [17] + [13] * wrong
            device.event(17)
            assert one_call(server, unit) == 'bye'
            after = server.records('S1', 2)[-1]
            assert abs(after['when'] - now) < 8 and not after['doubtful'], (offset, after)


# ---- requests

def settings(**changes):
    return {'polling': 60, 'confirmation': 720, 'accident': 10, 'archive': 10, 'sms': '+79990001122',
            'thresholds': [{'channel': 1, 'used': 3, 'min': 5000, 'max': 15000}], **changes}


def schedule(*entries, zone=180):
    return {'zone': zone, 'entries': [dict(zip(('kind', 'day', 'minute', 'date'), entry)) for entry in entries]}


def settings_and_schedule_are_taken_whole_or_not_at_all():
    """bbt-session/settings-and-schedule-are-taken-whole-or-not-at-all"""
    with serving() as server, staying(server) as unit:
        payload = bbt.encode_revised(Type.SETTINGS, settings())
        revision = bbt.revision(payload)
        assert server.result('S1', Type.SETTINGS, payload) == (0, revision)
        for change in [{'polling': 4}, {'polling': 601}, {'confirmation': 29}, {'confirmation': 1441}, {'accident': 4},
                       {'accident': 61}, {'archive': 9}, {'archive': 61}, {'sms': '12a'}, {'sms': '1' * 16},
                       {'thresholds': [{'channel': 33}]}, {'thresholds': [{'channel': 2}, {'channel': 1}]},
                       {'thresholds': [{'channel': 1}] * 2}, {'thresholds': [{'channel': 1, 'used': 1, 'max': 1}]},
                       {'thresholds': [{'channel': 1, 'used': 2, 'min': 1}]}, {'thresholds': [{'channel': 1, 'used': 4}]}, {'thresholds': [{'channel': 0}]}, {'thresholds': [{'channel': 1}] * 33}]:
            assert server.result('S1', Type.SETTINGS, **settings(**change)) == (2, revision), change
        assert server.result('S1', Type.SETTINGS, revision=1, **settings()) == (12, revision)
        assert unit.device.settings_payload == payload
        assert server.result('S1', Type.SCHEDULE, **schedule((5, 0, 0, 0))) == (2, 0)
        for entry in [(1, 0, 1, 0), (1, 1, 0, 0), (2, 1, 0, 0), (2, 0, 1440, 0), (2, 0, 0, 60), (3, 128, 0, 0), (3, 0, 0, 0),
                      (4, 32, 0, 0), (4, 0, 0, 0)]:
            assert server.result('S1', Type.SCHEDULE, **schedule(entry)) == (2, 0), entry
        good = schedule((1, 0, 0, 4000000000), (2, 0, 1439, 59), (3, 127, 0, 0), (4, 31, 600, 0))
        code, revision = server.result('S1', Type.SCHEDULE, **good)
        assert code == 0 and unit.device.schedule['revision'] == revision
        assert unit.device.next_call() < time.time() + 86400


def thresholds_of_the_settings_call():
    """bbt-session/thresholds-of-the-settings-call"""
    with serving() as server, staying(server) as unit:
        server.result('S1', Type.SETTINGS, **settings())
        for value, code, detail in [(16000, 1, 15000), (10000, 3, 0), (4000, 2, 5000)]:
            unit.ask(lambda value=value: unit.report({**EIGHT, 1: value}))
            fields = server.log.wait('heard', kind='EVENT', code=code)
            assert (fields['channel'], fields['detail'], fields['values']) == (1, detail, {1: value})


def the_interface_is_set_within_its_ranges():
    """bbt-session/the-interface-is-set-within-its-ranges"""
    with serving() as server, staying(server) as unit:
        line = {'port': 0, 'baud': 19200, 'parity': 'E', 'stop': 2}
        assert server.result('S1', Type.INTERFACE, **line) == (0, 0) and unit.device.line['baud'] == 19200
        for change in ({'baud': 299}, {'baud': 1000001}, {'parity': 'X'}, {'stop': 0}, {'port': 3}):
            assert server.result('S1', Type.INTERFACE, **{**line, **change})[0] == 2, change
        assert unit.device.line == {'baud': 19200, 'parity': 'E', 'stop': 2}


def outputs_are_selected_operated_and_read_back():
    """bbt-session/outputs-are-selected-operated-and-read-back"""
    with serving() as server, staying(server) as unit:
        later = int(time.time()) + 60

        def output(step, number=3, state=1, token=7, after=later):
            return server.result('S1', Type.OUTPUT, step=step, output=number, state=state, token=token, after=after)

        assert output(2) == (4, 0), 'operate without select'
        assert output(1) == (0, 0)
        assert output(2, token=8) == output(2, number=4) == (4, 0) and output(2, state=0) == (4, 0)
        assert output(2) == (0, 1) and unit.device.outputs == 4
        assert output(2) == (0, 1), 'come again as it was'
        server.log.wait('heard', kind='EVENT', code=12)
        assert output(2, state=0) == (4, 1)
        assert output(1, state=0) == (0, 1) and output(3, state=0) == (0, 1) and output(2, state=0) == (4, 1)
        assert output(1, after=later - 3600)[0] == 5
        assert output(1, state=0) == (0, 1) and output(2, state=0, after=1)[0] == 5 and unit.device.outputs == 4
        unit.device.stuck = 1 << 4
        assert output(1, number=5) == (0, 0) and output(2, number=5) == (6, 0), 'the read-back differs'
        for wrong in ({'number': 0}, {'number': 9}, {'state': 2}):
            assert output(1, **wrong)[0] == 2
        assert output(4)[0] == 2
        assert len(server.log.all('heard', kind='EVENT', code=12)) == 1, 'nothing was carried out twice'


def rows_and_reports_come_again_when_asked():
    """bbt-session/rows-and-reports-come-again-when-asked"""
    with serving() as server, staying(server) as unit:
        start = int(time.time()) - 10000
        unit.ask(lambda: [unit.device.row(1, {1: i}, start + 10 * i) for i in range(500)])
        server.log.wait('record', stream=1, number=500)
        before = len(server.log.all('resent'))
        assert server.result('S1', Type.REQUEST, ask=2, stream=1, **{'from': start + 100, 'to': start + 3990}) == (0, 390)
        server.log.wait('resent', stream=1, nth=390)
        assert {thing['boot'] for thing in server.log.all('resent')} == {1} and before == 0
        assert len(told(server, 1)) == 500
        assert server.result('S1', Type.REQUEST, ask=2, stream=3, to=4000000000) == (0, 0)
        assert server.result('S1', Type.REQUEST, ask=2, stream=2) == (2, 0)
        lives = len(server.log.all('heard', kind='LIVE'))
        assert server.result('S1', Type.REQUEST, ask=1) == (0, 0)
        server.log.wait('heard', kind='LIVE', nth=lives + 1)


def rows_that_were_not_wanted_come_in_order_when_asked():
    """bbt-session/rows-that-were-not-wanted-come-in-order-when-asked, older ones first, newer ones not"""
    with serving(accept={'wanted': 0b00100}) as server, staying(server) as unit:
        start = int(time.time()) - 10000
        unit.ask(lambda: [unit.device.row(1, {1: i}, start + 10 * i) for i in range(500)])
        assert server.result('S1', Type.REQUEST, ask=2, stream=1, **{'from': start + 3000, 'to': start + 3990}) == (0, 100)
        server.log.wait('record', stream=1, number=400)
        assert server.result('S1', Type.REQUEST, ask=2, stream=1, **{'from': start, 'to': start + 40}) == (0, 5)
        server.log.wait('resent', stream=1, number=5)
        assert told(server, 1) == [(1, i + 1) for i in range(400)] and not server.log.all('jumped')
    assert len(unit.device.kept[1]) == 100


def unknown_requests_are_answered_and_unknown_types_ignored():
    """bbt-session/unknown-requests-are-answered-and-unknown-types-ignored"""
    with serving() as server, staying(server) as unit:
        for kind in (0x25, 0x27, 0x2E):
            assert server.result('S1', kind, bytes(50)) == (1, 0)
        server.ask('S1', 0x40, b'new')
        assert server.result('S1', Type.REQUEST, ask=1) == (0, 0)
        unit.ask(lambda: unit._put(0x77, b'new'))
        unit.ask(lambda: unit._ping({'token': 5}))
        server.log.wait('heard', kind='PONG', token=5)
        assert server.log.all('heard', kind='77')


def pings_keep_a_quiet_session_open():
    """bbt-session/pings-keep-a-quiet-session-open"""
    for udp, key in KINDS[::2]:
        with serving(key, accept={'idle': 1}) as server, staying(server, udp, key=key) as unit:
            unit.log.wait('heard', nth=4, kind='PONG')
            assert not server.log.all('faults')


def a_server_that_has_something_is_heard_before_bye():
    """bbt-session/a-server-that-has-something-is-heard-before-bye"""
    with serving() as server:
        for _ in range(3):
            server.ask('S1', Type.REQUEST, ask=1)
        assert one_call(server, unit_of()) == 'bye'
        assert server.log.all('sent', kind='ACCEPT')[0]['flags'] == 2
        assert [thing['code'] for thing in server.log.all('result')] == [0, 0, 0]
        assert server.log.all('heard', kind='LIVE')


def a_server_may_say_bye_itself():
    """bbt-session/a-server-may-say-bye-itself"""
    with serving() as server:
        unit = unit_of(stays=True)
        call = Call(unit, server)
        unit.log.wait('heard', kind='ACK')
        server.ask('S1', Type.BYE, reason=0)
        assert call.end() == 'asked' and server.log.wait('heard', kind='BYE')['reason'] == 4


# ---- firmware

def firmware(image, **changes):
    return {'version': bytes([2, 0, 1]), 'hardware': 1, 'size': len(image), 'digest': hashlib.sha256(image).digest(), **changes}


def blocks(server, image, start):
    for at in range(start, len(image), 900):
        data = image[at:at + 900]
        assert server.result('S1', Type.BLOCK, offset=at, data=data) == (0, at + len(data))


def firmware_is_resumed_checked_and_installed():
    """bbt-session/firmware-is-resumed-checked-and-installed"""
    image = random.Random(5).randbytes(5000)
    for udp, key in KINDS:
        with serving(key) as server:
            device = Device('S1')
            with staying(server, udp, key=key, device=device):
                assert server.result('S1', Type.BLOCK, offset=0, data=b'x') == server.result('S1', Type.INSTALL, action=2) == (4, 0)
                assert server.result('S1', Type.FIRMWARE, **firmware(image, hardware=2)) == (9, 0)
                assert server.result('S1', Type.FIRMWARE, **firmware(image, size=1 << 30)) == (10, 0)
                assert server.result('S1', Type.FIRMWARE, **firmware(image)) == (0, 0)
                blocks(server, image[:2700], 0)
                assert server.result('S1', Type.BLOCK, offset=900, data=image[900:1800]) == (0, 2700), 'another offset'
                assert server.result('S1', Type.INSTALL, action=1) == (8, 0), 'not complete'
            device.restart()
            unit = unit_of(key=key, device=device, stays=True)
            call = Call(unit, server, udp)
            assert server.result('S1', Type.FIRMWARE, **firmware(image)) == (0, 2700)
            blocks(server, image, 2700)
            assert server.result('S1', Type.BLOCK, offset=5000, data=b'x') == (2, 5000)
            assert server.result('S1', Type.FIRMWARE, **firmware(image)) == (0, 5000)
            assert server.result('S1', Type.INSTALL, action=1) == server.result('S1', Type.INSTALL, action=2) == (0, 0)
            assert call.end() == 'bye' and server.log.all('heard', kind='BYE')[-1]['reason'] == 3
            assert one_call(server, unit_of(key=key, device=device), udp) == 'bye'
            assert server.log.all('heard', kind='IDENT')[-1]['firmware'] == bytes([2, 0, 1])
            codes = [(event['code'], event['detail']) for event in server.log.all('heard', kind='EVENT')]
            assert codes[-2:] == [(11, 3), (15, 0x02000100)], codes


def a_wrong_image_is_never_installed():
    """bbt-session/a-wrong-image-is-never-installed"""
    image, device = bytes(1000), Device('S1')
    with serving() as server, staying(server, device=device):
        wanted = firmware(image)
        assert server.result('S1', Type.FIRMWARE, **wanted) == (0, 0)
        blocks(server, b'\1' + image[1:], 0)
        assert server.result('S1', Type.INSTALL, action=2) == (8, 0) and device.firmware == bytes([1, 0, 0])
        assert server.result('S1', Type.FIRMWARE, **wanted) == (0, 0), 'it is thrown away'
        assert server.result('S1', Type.INSTALL, action=3) == (0, 0)
        assert server.result('S1', Type.INSTALL, action=2) == (4, 0) and not device.installing


def a_firmware_that_does_not_run_gives_way_to_the_old_one():
    """bbt-session/a-firmware-that-does-not-run-gives-way-to-the-old-one"""
    image, device = bytes(10), Device('S1')
    device.broken_firmware = True
    with serving() as server:
        unit = unit_of(device=device, stays=True)
        call = Call(unit, server)
        server.result('S1', Type.FIRMWARE, **firmware(image))
        blocks(server, image, 0)
        assert server.result('S1', Type.INSTALL, action=2) == (0, 0) and call.end() == 'bye'
        assert one_call(server, unit_of(device=device)) == 'bye'
        assert server.log.all('heard', kind='EVENT', code=16) and server.log.all('heard', kind='IDENT')[-1]['firmware'] == bytes([1, 0, 0])


# ---- mode T

def modbus_slave(request):
    """Slave 1, eight input registers; deaf to anything else."""
    if len(request) != 8 or bbt.crc(request) != b'\0\0' or request[:2] != b'\1\4':
        return b''
    answer = bytes([1, 4, 16]) + bytes(range(16))
    return answer + bbt.crc(answer)


REQUEST = bytes([1, 4, 0, 0, 0, 8]) + bbt.crc(bytes([1, 4, 0, 0, 0, 8]))


def bytes_pass_both_ways_in_mode_t():
    """bbt-session/bytes-pass-both-ways-in-mode-t, and records, PING and ACK go on beside them"""
    for udp, key in KINDS:
        with serving(key) as server, staying(server, udp, key=key) as unit:
            assert server.result('S1', Type.OPEN, port=0, idle=10) == (7, 0), 'it has no interface yet'
            unit.device.interface = Function(modbus_slave)
            assert server.result('S1', Type.OPEN, port=0, idle=0) == (2, 0)
            assert server.result('S1', Type.OPEN, port=0, idle=10) == (0, 0)
            for i in range(3):
                server.ask('S1', Type.DATA, data=REQUEST)
                assert server.log.wait('heard', kind='DATA', nth=i + 1)['data'] == modbus_slave(REQUEST)
            unit.ask(lambda: unit.device.event(17))
            server.log.wait('record', stream=2, number=1)
            assert server.result('S1', Type.REQUEST, ask=1) == (3, 0), 'requests wait'
            server.ask('S1', Type.CLOSE, reason=0)
            unit.log.wait('state', nth=2, state='OPEN')
            server.ask('S1', Type.DATA, data=REQUEST)
            assert server.result('S1', Type.REQUEST, ask=1) == (0, 0) and len(server.log.all('heard', kind='DATA')) == 3


def long_answers_are_cut_at_256_bytes():
    """bbt-session/long-answers-are-cut-at-256-bytes"""
    device = Device('S1')
    device.interface = Function(lambda data: data * 3)
    with serving() as server, staying(server, device=device):
        server.result('S1', Type.OPEN, port=0, idle=10)
        server.ask('S1', Type.DATA, data=bytes(256))
        server.log.wait('heard', kind='DATA', nth=3)
        server.ask('S1', Type.CLOSE, reason=0)
    assert [len(thing['data']) for thing in server.log.all('heard', kind='DATA')] == [256] * 3


def a_serial_line_stands_behind_mode_t():
    """bbt-session/a-serial-line-stands-behind-mode-t, and closes it when it is idle or fails"""
    ours, its = pty.openpty()
    tty.setraw(ours)
    device = Device('S1')
    device.interface = SerialPort(os.ttyname(its))

    def slave():
        with contextlib.suppress(OSError):
            while True:
                os.write(ours, modbus_slave(os.read(ours, 100)))

    threading.Thread(target=slave, daemon=True).start()
    with serving() as server, staying(server, device=device):
        server.result('S1', Type.INTERFACE, port=0, baud=19200, parity='N', stop=1)
        assert server.result('S1', Type.OPEN, port=0, idle=1) == (0, 0)
        server.ask('S1', Type.DATA, data=REQUEST)
        assert server.log.wait('heard', kind='DATA')['data'] == modbus_slave(REQUEST)
        assert server.log.wait('heard', kind='CLOSE')['reason'] == 1, 'idle'
        device.interface.path = '/dev/no-such'
        assert server.result('S1', Type.OPEN, port=0, idle=1) == (7, 0)
    os.close(its)


tap.run(everything_is_delivered_and_forgotten, increments_tell_only_what_changed,
        a_base_that_is_not_known_is_asked_for_anew, what_is_not_acknowledged_comes_again_and_is_stored_once,
        at_most_eight_frames_wait_for_their_acknowledgement, a_late_acknowledgement_holds_back_bye,
        jumped_and_doubled_records_are_counted, records_of_an_earlier_boot_go_first, an_overflow_is_told,
        what_is_not_wanted_is_kept, wrong_clocks_are_set_and_every_record_is_dated,
        settings_and_schedule_are_taken_whole_or_not_at_all, thresholds_of_the_settings_call,
        the_interface_is_set_within_its_ranges, outputs_are_selected_operated_and_read_back,
        rows_and_reports_come_again_when_asked, rows_that_were_not_wanted_come_in_order_when_asked,
        unknown_requests_are_answered_and_unknown_types_ignored,
        pings_keep_a_quiet_session_open, a_server_that_has_something_is_heard_before_bye, a_server_may_say_bye_itself,
        firmware_is_resumed_checked_and_installed, a_wrong_image_is_never_installed,
        a_firmware_that_does_not_run_gives_way_to_the_old_one, bytes_pass_both_ways_in_mode_t,
        long_answers_are_cut_at_256_bytes, a_serial_line_stands_behind_mode_t)
