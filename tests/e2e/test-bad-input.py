#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test-bad-input.py BUILD — what comes in wrong is told where a person looks, disturbs nothing else, and
what can pass passes without hands."""
import json
import os
import shutil
import socket
import struct
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, '..'), os.path.join(HERE, '..', '..', 'app')]
import tap                      # noqa: E402
from bad_slave import BadSlave  # noqa: E402
from plant import free_port     # noqa: E402
from stage import Screen, Stage  # noqa: E402

BUILD = sys.argv[1]
CATALOGUE = os.path.join(HERE, '..', '..', 'data', 'catalogue')
PRESSURE = {'id': 'p', 'kind': 'outlet-pressure', 'source': 'u:ai1', 'unit': 'MPa', 'range': [0, 0.6],
            'resolution': 0.0001, 'fault': {'priority': 3}}


def site(number, link, address):
    return {'id': f'S{number}', 'name': f'Site {number}', 'points': [PRESSURE],
            'units': [{'id': 'u', 'link': link, 'address': address, 'profile': 'upmp-12.4-a8-8', 'period': 0.2,
                       'silent_after': 2}]}


def network(stage, links, sites):
    path = f'{stage.folder}/passports.json'
    with open(path, 'w', encoding='utf-8') as file:
        json.dump({'format': 'gdp-passport', 'version': 1, 'links': links, 'sites': sites}, file)
    stage.run('gdpctl', '--store', stage.store, 'import', path)
    return path


def tcp_link(slave):
    return {'id': 'tcp', 'kind': 'modbus-tcp', 'host': '127.0.0.1', 'port': slave.port}


def rtu_link(slave):
    return {'id': 'rtu', 'kind': 'modbus-rtu', 'device': slave.device, 'baud': 19200, 'parity': 'none'}


def live(stage):
    return {value['point']: value for value in stage.ctl('live')}


def good(stage, *points):
    values = live(stage)
    return all(values[point]['quality'] == 'good' for point in points or values)


def wait_good(stage, n):
    stage.wait('every point is good', lambda: len(live(stage)) == n and good(stage))


def acknowledge_all(stage):
    """With no console beside it: gdpctl is then the only other user of the store."""
    stage.wait('nothing is active', lambda: not any(alarm['active'] for alarm in stage.ctl('alarms')))
    names = [alarm['alarm'] for alarm in stage.ctl('alarms')]
    if names:
        stage.run('gdpctl', '--store', stage.store, 'ack', *names)
    assert stage.ctl('alarms') == []


def misbehave(stage, slave, cue, unit, neighbours, sign):
    """@unit's slave misbehaves; @sign () tells that a person can see what it is."""
    slave.cue[1] = cue
    stage.wait(f'{cue} shows', sign)
    assert live(stage)[f'{unit}/p']['quality'] == 'bad'
    assert good(stage, *neighbours), f'{cue} disturbed a neighbour: {live(stage)}'
    slave.cue.clear()
    stage.wait(f'good again after {cue}', lambda: good(stage))
    acknowledge_all(stage)


def doctor_names_the_fault():
    """gdpctl doctor says which slave of a line is at fault and what to look at, and leaves the other alone"""
    with Stage(BUILD, 'doctor') as stage:
        slave = BadSlave(serial=True)
        nobody = {'id': 'tcp', 'kind': 'modbus-tcp', 'host': '127.0.0.1', 'port': free_port()}
        network(stage, [rtu_link(slave), nobody], [site(1, 'rtu', 1), site(2, 'rtu', 2), site(3, 'tcp', 1)])
        stage.server('--sessions-listen', 'off')
        stage.wait('both are good', lambda: {'S1/p', 'S2/p'} <= set(live(stage)) and good(stage, 'S1/p', 'S2/p'))

        def verdict(name):
            rows = stage.ctl('doctor', name)
            assert len(rows) == 1, rows
            return rows[0]
        slave.cue[1] = 'bad-crc'
        stage.wait('the verdict', lambda: 'crc-of-one' in verdict('S1/u')['rules'])
        assert verdict('S1/u')['crc_errors'] >= 3 and verdict('S1/u')['last_fault_kind'] == 'crc'
        assert sum(verdict('S1/u')['answers']) >= 1 and verdict('S1/u')['retries'] >= 1
        stage.wait('what was counted of the neighbour', lambda: verdict('S2/u')['requests'] > 0, 60)
        assert verdict('S2/u')['rules'] == ['well'] and verdict('S2/u')['crc_errors'] == 0, verdict('S2/u')
        text = subprocess.run([stage.path('gdpctl'), '--store', stage.store, 'doctor'], capture_output=True, text=True,
                              env=dict(os.environ, LC_ALL='C.UTF-8')).stdout
        assert "S1/u: CRC errors" in text and "Check this unit's wiring" in text and '█' in text, text
        assert stage.ctl('sessions') == []
        stage.wait('the verdict of who is not there', lambda: all(row['rules'] == ['line-lost'] for row in stage.ctl('doctor', 'tcp')))
        assert 'Connection refused' in stage.ctl('doctor', 'tcp')[0]['findings'][0], stage.ctl('doctor', 'tcp')


def slaves_that_misbehave():
    """a slave that misbehaves is named with what it does, harms no neighbour and comes back by itself"""
    with Stage(BUILD, 'slaves') as stage:
        tcp, rtu = BadSlave(), BadSlave(serial=True)
        network(stage, [tcp_link(tcp), rtu_link(rtu)],
                [site(1, 'tcp', 1), site(2, 'tcp', 2), site(3, 'rtu', 1), site(4, 'rtu', 2)])
        stage.server('--sessions-listen', 'off')
        wait_good(stage, 4)

        def told(unit, words):
            return lambda: any(u['unit'] == f'{unit}/u' and u['state'] == 'silent' and words in (u['detail'] or '')
                               for u in stage.ctl('units')) and any(a['alarm'] == f'{unit}/u.silent' and a['active']
                                                                    for a in stage.ctl('alarms'))
        misbehave(stage, tcp, 'exception', 'S1', ['S2/p', 'S3/p', 'S4/p'],
                  lambda: live(stage)['S1/p']['reason'] == 'device-exception')
        misbehave(stage, tcp, 'hang-up', 'S1', ['S2/p', 'S3/p', 'S4/p'], told('S1', 'connection lost'))
        for cue, words in [('wrong-id', 'another slave'), ('truncated', 'no answer'), ('bad-crc', 'wrong CRC'),
                           ('silent', 'no answer')]:
            misbehave(stage, rtu, cue, 'S3', ['S1/p', 'S2/p', 'S4/p'], told('S3', words))
        rtu.cue[1] = tcp.cue[1] = 'bytes'
        tcp.registers = rtu.registers = {1: [16000] * 8}
        stage.wait('new values byte by byte', lambda: all(live(stage)[f'{s}/p']['value'] == 0.45 for s in ('S1', 'S3')))
        assert good(stage)


def floats(*numbers):
    return list(struct.unpack(f'>{2 * len(numbers)}H', struct.pack(f'>{len(numbers)}f', *numbers)))


def numbers_that_are_none():
    """not a number, infinities and currents out of the band are faults with a reason, and pass"""
    with Stage(BUILD, 'numbers') as stage:
        slave = BadSlave()
        catalogue = f'{stage.folder}/catalogue'
        shutil.copytree(CATALOGUE, catalogue)
        stage.environment['GDP_CATALOGUE'] = catalogue
        with open(f'{catalogue}/profiles/floats.json', 'w', encoding='utf-8') as file:
            json.dump({'title': 'floats', 'registers': [
                {'channel': f'f{i}', 'table': 'input-register', 'address': 2 * i, 'type': 'float'} for i in range(3)]}, file)
        plain, loops = site(1, 'tcp', 1), site(2, 'tcp', 2)
        plain['units'][0]['profile'] = 'floats'
        plain['points'] = [dict(PRESSURE, id=f'f{i}', source=f'u:f{i}', signal='number',
                                limits={'H': {'value': 0.5, 'priority': 1}}) for i in range(3)]
        loops['points'] = [dict(PRESSURE, id=f'a{i}', source=f'u:ai{i}') for i in (1, 2)]
        network(stage, [tcp_link(slave)], [plain, loops])
        slave.registers = {1: floats(0.1, 0.2, 0.3)}
        stage.server('--sessions-listen', 'off')
        wait_good(stage, 5)
        slave.registers = {1: floats(float('nan'), float('inf'), -float('inf')), 2: [0, 25000] + [12000] * 6}
        expected = {'S1/f0': 'not-a-number', 'S1/f1': 'not-a-number', 'S1/f2': 'not-a-number',
                    'S2/a1': 'open-circuit', 'S2/a2': 'sensor-high'}
        stage.wait('the reasons', lambda: {p: v['reason'] for p, v in live(stage).items()} == expected)
        assert all(value['value'] is None for value in live(stage).values())
        stage.wait('a fault alarm each', lambda: {a['alarm'] for a in stage.ctl('alarms')}
                   == {f'{point}.fault' for point in expected})
        slave.registers = {1: floats(0.1, 0.2, 0.3)}
        wait_good(stage, 5)
        acknowledge_all(stage)


def callers_that_are_strangers():
    """an unknown registration, and ten megabytes of one, are journaled short and disturb no line"""
    with Stage(BUILD, 'callers') as stage:
        slave, port = BadSlave(), free_port()
        network(stage, [tcp_link(slave), {'id': 'gsm', 'kind': 'modem', 'registration': 'GDP-1'}], [site(1, 'tcp', 1)])
        stage.server('--sessions-listen', f'127.0.0.1:{port}')
        wait_good(stage, 1)
        for sent in b'WHO\x1b[2J-AM-I\r\n', b'A' * 10_000_000:
            with socket.create_connection(('127.0.0.1', port)) as caller:
                try:
                    caller.sendall(sent)
                    assert caller.recv(1) == b''
                except ConnectionError:
                    pass                                   # hung up on while it was talking
        refused = stage.wait('both in the journal', lambda: (lambda texts: texts if len(texts) == 2 else None)(
            [event['text'] for event in stage.ctl('journal') if event['event'] == 'session-refused']))
        assert any('WHO\\x1b[2J-AM-I' in text for text in refused), refused
        assert any('longer than any registration' in text for text in refused) and max(map(len, refused)) < 300, refused
        assert good(stage)


def two_servers_at_one_device():
    """of two servers with stores of their own one has the device, the other says who has it and follows"""
    with Stage(BUILD, 'device') as stage:
        slave = BadSlave(serial=True)
        passports = network(stage, [rtu_link(slave)], [site(1, 'rtu', 1)])
        stage.server('--sessions-listen', 'off')
        wait_good(stage, 1)
        first, stage.store = stage.running['server'], f'sqlite:{stage.folder}/other.db'
        stage.run('gdpctl', '--store', stage.store, 'import', passports)
        stage.server('--sessions-listen', 'off', name='other')
        link = stage.wait('the loss', lambda: next((k for k in stage.ctl('links') if k['state'] == 'silent'), None))
        assert f'process {first.pid}' in link['detail'], link
        assert [a['alarm'] for a in stage.ctl('alarms')] == ['rtu.lost']
        stage.stop('server')
        stage.wait('the other has it', lambda: good(stage))


def store_moved_away():
    """a server whose store is moved away commits nothing, says so, and goes on when it is back"""
    with Stage(BUILD, 'moved') as stage:
        slave = BadSlave()
        network(stage, [tcp_link(slave)], [site(1, 'tcp', 1)])
        stage.server('--sessions-listen', 'off')
        wait_good(stage, 1)
        path = f'{stage.folder}/store.db'
        for suffix in '', '-wal', '-shm', '-feed':
            os.rename(path + suffix, f'{path}.away{suffix}')
        slave.registers = {1: [16000] * 8}
        stage.wait('it is told', lambda: f"{path}: the store's file is gone" in stage.log('server'))
        assert 'No such file' in stage.run('gdpctl', '--store', stage.store, 'live', check=False).stderr
        for suffix in '', '-wal', '-shm', '-feed':
            os.rename(f'{path}.away{suffix}', path + suffix)
        stage.wait('what came meanwhile', lambda: live(stage)['S1/p']['value'] == 0.45)


def own_server_killed():
    """a standalone console tells that its server was killed, and starts it again"""
    with Stage(BUILD, 'alone') as stage:
        stage.store = f'sqlite:{stage.folder}/data/gdp/store.db'
        console = stage.start('console', 'gdp-console')

        def server():
            return subprocess.run(['pgrep', '-P', str(console.pid), 'gdp-server'], capture_output=True, text=True).stdout.strip()
        stage.wait('its server', lambda: stage.ctl('servers', check=False))     # until then there is no store, or an empty one
        screen = Screen(console)
        stage.wait('live', lambda: screen.shows('live'))
        killed = server()
        os.kill(int(killed), 9)
        stage.wait('it is told', lambda: 'was killed by signal 9' in stage.log('console'))
        stage.wait('another server', lambda: server() not in ('', killed))
        stage.wait('heartbeats again', lambda: any(str(s['pid']) == server() for s in stage.ctl('servers')))


def no_bus_and_no_display():
    """without a session bus the console works; without a display it says what to do"""
    with Stage(BUILD, 'bus') as stage:
        slave = BadSlave()
        network(stage, [tcp_link(slave)], [site(1, 'tcp', 1)])
        stage.server('--sessions-listen', 'off')
        wait_good(stage, 1)
        picture = f'{stage.folder}/picture.png'
        stage.run('gdp-console', '--store', stage.store, '--screenshot', picture,
                  DBUS_SESSION_BUS_ADDRESS='unix:path=/no/such/bus', GTK_A11Y='none')
        assert os.path.getsize(picture) > 10_000
        done = stage.run('gdp-console', '--store', stage.store, check=False, DISPLAY=':9999')
        assert done.returncode == 1 and 'There is no display' in done.stderr, done


tap.run(doctor_names_the_fault, slaves_that_misbehave, numbers_that_are_none, callers_that_are_strangers, two_servers_at_one_device,
        store_moved_away, own_server_killed, no_bus_and_no_display)
