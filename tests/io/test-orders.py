#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test-orders.py BUILD — what an engineer asks of a BBT by gdpctl: a real server, the unit that tests/peer has written
from comms/PROTOCOL.md; a board that was replaced; a caller that is approved."""
import json
import os
import socket
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, *folder) for folder in (('..', 'e2e'), ('..', '..', 'app'), ('..', 'peer'), ('..',))]
import bbt_link  # noqa: E402
import cluster   # noqa: E402
import tap       # noqa: E402
from bbt_device import Clock, Device  # noqa: E402
from bbt_unit import Unit  # noqa: E402
from stage import Stage  # noqa: E402
from plant import free_port  # noqa: E402

BUILD = sys.argv[1]
ONE = 0x3F800000                       # 1.0 as f32


def passport():
    return {'format': 'gdp-passport', 'version': 1,
            'links': [{'id': 'bbt', 'kind': 'bbt', 'serial': 'U1', 'keyless': True},
                      {'id': 'modem', 'kind': 'modem', 'registration': '8675'}],
            'sites': [{'id': 'S1', 'name': 'ГРП-1',
                       'units': [{'id': 'bbt', 'link': 'bbt', 'address': 0, 'profile': 'bbt-1', 'silent_after': 86400},
                                 {'id': 'upmp', 'link': 'modem', 'address': 1, 'profile': 'upmp-12.4-a8-8'}],
                       'points': [{'id': 'one', 'kind': 'analog', 'source': 'bbt:ext1', 'signal': 'number', 'resolution': 0.1,
                                   'unit': ''},
                                  {'id': 'two', 'kind': 'inlet-pressure', 'source': 'bbt:ai1', 'unit': 'MPa', 'range': [0, 1.6],
                                   'resolution': 0.001}]}]}


class Room:
    """A server, and a BBT that calls it."""

    def __init__(self, stage):
        self.stage, self.port = stage, free_port()
        with open(f'{stage.folder}/passport.json', 'w', encoding='utf-8') as file:
            json.dump(passport(), file)
        stage.run('gdpctl', '--store', stage.store, 'import', f'{stage.folder}/passport.json')
        self.start()

    def start(self):
        self.stage.server('--sessions-listen', f'127.0.0.1:{self.port}', '--name', 'east')
        self.stage.wait('the server listens', lambda: f'port {self.port}' in self.stage.log('server'), 60)

    def restart(self):
        self.stage.stop('server')
        self.stage.log('server')
        os.truncate(f'{self.stage.folder}/server.log', 0)
        self.start()

    def call(self, device):
        return Unit(device).call(bbt_link.dial(('127.0.0.1', self.port), False))

    def stay(self, device):
        """In session until the room is left."""
        unit = Unit(device, stays=True)
        thread = threading.Thread(target=unit.call, args=(bbt_link.dial(('127.0.0.1', self.port), False),), daemon=True)
        thread.start()
        self.stage.after.callback(thread.join, 10)
        self.stage.after.callback(unit.ask, unit.leave)
        unit.log.wait('state', state='OPEN')
        return unit

    def ctl(self, *words, who='Ivanova', code=0):
        """What gdpctl printed, or the reason that it gave."""
        done = self.stage.run('gdpctl', '--store', self.stage.store, '--user', who, '--json', *words, check=False, within=120)
        assert done.returncode == code, (words, done.returncode, done.stdout, done.stderr)
        return json.loads(done.stdout) if code == 0 else done.stderr.strip()

    def journal(self, *events):
        return [r for r in self.stage.ctl('journal', '--limit', '500')[::-1] if r['event'] in events]

    def refused(self):
        return [r for r in self.journal('session-refused') if r['object'] == 'bbt']

    def times(self):
        """Source times of the point's samples, whole minutes."""
        rows = self.stage.ctl('history', 'S1/one', '--since', '8d', '--raw')
        return sorted(row['time'] for row in rows if row['time'].endswith(':00.000000Z'))


def device_of(rows=0, boot=1, first=0, **identity):
    device = Device('U1', Clock(), **identity)
    device.boot, device.numbers[1] = boot, first
    device.measure({17: ONE})
    end = int(time.time()) // 60 * 60 - 60
    for number in range(rows):
        device.row(1, {17: ONE + (number << 12)}, end - 60 * (rows - 1 - number))
    return device


def live():
    """a unit in session reports when it is asked; the journal has who asked, and the store what came"""
    with Stage(BUILD, 'ask', store=cluster.store()) as stage:
        room = Room(stage)
        device = device_of()
        room.stay(device)
        stage.wait('the first report', lambda: stage.ctl('live', 'S1')[0]['value'] == 1, 60)
        device.values = {17: 0x42280000}                   # 42.0, and nobody would be told
        told = room.ctl('ask', 'bbt')
        assert (told['link'], told['serial'], told['asked'], told['result']) == ('bbt', 'U1', 'live', 'done'), told
        assert told['remark'] == '1 channels reported', told
        stage.wait('the value', lambda: stage.ctl('live', 'S1')[0]['value'] == 42, 60)
        done, = room.journal('command-done')
        assert (done['who'], done['site'], done['object'], done['before'], done['after']) == (
            'Ivanova', 'S1', 'bbt', 'live', 'done'), done
        assert 'report now' in done['text'], done


def interface():
    """the interface behind a unit is set in the unit, and what the unit refuses is told in its words"""
    with Stage(BUILD, 'interface', store=cluster.store()) as stage:
        room = Room(stage)
        device = device_of()
        room.stay(device)
        room.ctl('interface', 'bbt', 'rs-485', '19200', 'E', '1')
        assert device.line == {'baud': 19200, 'parity': 'E', 'stop': 1}, device.line
        assert 'interface does not answer' in room.ctl('interface', 'bbt', 'can', '9600', 'N', '1', code=1)
        assert 'baud rate must be' in room.ctl('interface', 'bbt', 'rs-485', '5', 'N', '1', code=1)
        assert 'not what' in room.ctl('interface', 'bbt', 'parallel', '9600', 'N', '1', code=1)
        assert device.line['baud'] == 19200
        texts = [(r['event'], r['who'], r['before'], r['after']) for r in room.journal('command-done', 'command-refused')]
        assert texts[:2] == [('command-done', 'Ivanova', 'interface', 'done'),
                             ('command-refused', 'Ivanova', 'interface', 'failed')], texts


def not_there():
    """what is not in session, no BBT or not there is refused in clear words, and not asked when it calls"""
    with Stage(BUILD, 'not-there', store=cluster.store()) as stage:
        room = Room(stage)
        began = time.monotonic()
        assert 'the unit is not in session' in room.ctl('ask', 'bbt', code=1)
        assert time.monotonic() - began < 20, 'it was waited for'
        assert 'is no BBT but of kind modem' in room.ctl('ask', 'modem', code=1)
        assert 'there is no BBT link' in room.ctl('forget', 'nowhere', code=1)
        room.ctl('archive', 'bbt', code=2)
        device = device_of()
        room.stay(device)
        room.ctl('ask', 'bbt')
        assert len(room.journal('command-done')) == 1
        assert room.journal('command-refused')[0]['text'] == 'report now: the unit is not in session'


def archive():
    """rows are asked for once more: those that are missing are stored, those that are there are not stored twice"""
    with Stage(BUILD, 'archive', store=cluster.store()) as stage:
        room = Room(stage)
        device = device_of(rows=30)
        between = int(time.time()) // 60 * 60 - 15         # rows alone are of whole minutes
        device.measured = between
        device.forget(1, 1, 20)                            # of these another server said that it has them
        room.stay(device)
        stage.wait('the rest', lambda: len(room.times()) == 10, 60)
        told = room.ctl('archive', 'bbt', '--since', '3h')
        assert told['remark'].startswith('30 rows came'), told
        stage.wait('all rows', lambda: len(room.times()) == 30, 60)
        assert room.ctl('archive', 'bbt', '--since', '3h')['result'] == 'done'
        device.row(1, {17: ONE}, between)                  # behind all that came again
        device.row(1, {17: ONE}, int(time.time()) // 60 * 60)
        room.ctl('ask', 'bbt')
        stage.wait('what came behind', lambda: len(room.times()) >= 31, 60)
        assert len(set(room.times())) == len(room.times()) == 31, room.times()
        done = room.journal('command-done')[0]
        assert (done['who'], done['before']) == ('Ivanova', 'archive') and 'archive rows again from' in done['text'], done
        assert 'keeps no rows' in room.ctl('archive', 'bbt', 'daily', '--since', '3h')['remark']
        assert 'not what' in room.ctl('archive', 'bbt', 'weekly', '--since', '3h', code=1)


def means():
    """means are asked for once more: none is stored twice, also of an hour in which the sensor was broken"""
    with Stage(BUILD, 'means', store=cluster.store()) as stage:
        room = Room(stage)
        device, hour = device_of(), int(time.time()) // 3600 * 3600
        for number, current in enumerate((12000, 500, 500, 12000)):     # µA
            device.row(3, {1: current}, hour - 3600 * (4 - number))
        room.stay(device)

        def stored():
            return sorted((row['time'], row['quality']) for row in stage.ctl('history', 'S1/two', '--since', '8h', '--raw')
                          if row['time'].endswith(':00:00.000000Z'))
        stage.wait('all of them', lambda: len(stored()) == 4, 60)
        assert [quality for _, quality in stored()] == ['uncertain', 'bad', 'bad', 'uncertain'], stored()
        for _ in range(2):
            assert room.ctl('archive', 'bbt', 'hourly', '--since', '8h')['remark'].startswith('4 rows came')
        device.row(3, {1: 12000}, hour)                    # behind all that came again
        room.ctl('ask', 'bbt')
        stage.wait('what came behind', lambda: len(stored()) >= 5, 60)
        assert len(stored()) == len(set(stored())) == 5, stored()


def roles():
    """a dispatcher may ask for reports and rows, but not set an interface or forget a board; a viewer may nothing"""
    with Stage(BUILD, 'ask-roles', store=cluster.store()) as stage:
        room = Room(stage)
        for name, role in (('Sidorov', 'administrator'), ('Ivanova', 'dispatcher'), ('Petrov', 'viewer')):
            stage.run('gdpctl', '--store', stage.store, '--user', 'Sidorov', 'operator', name, role)
        device = device_of(rows=3)
        room.stay(device)
        room.ctl('ask', 'bbt')
        assert 'it takes the role dispatcher' in room.ctl('ask', 'bbt', who='Petrov', code=1)
        for words in (('interface', 'bbt', 'rs-485', '9600', 'N', '1'), ('forget', 'bbt')):
            assert 'it takes the role engineer' in room.ctl(*words, code=1), words
        assert [r['who'] for r in room.journal('command-refused')] == ['Petrov', 'Ivanova', 'Ivanova']


def new_board():
    """a board whose start counter is lower is refused with what to do, let in when it is forgotten, and after a restart"""
    with Stage(BUILD, 'new-board', store=cluster.store()) as stage:
        room = Room(stage)
        assert room.call(device_of(rows=20, boot=7)) == 'bye'
        new = device_of(rows=5, boot=2, hardware=2)
        assert room.call(new) == 'fault'
        refusal = stage.wait('the refusal', room.refused, 60)[-1]
        assert 'started 2 times' in refusal['text'] and 'gdpctl forget bbt' in refusal['text'], refusal
        assert 'gdpctl forget bbt' in stage.wait('the newcomer', lambda: stage.ctl('strangers'), 60)[0]['why']
        assert room.ctl('forget', 'bbt')['result'] == 'done'
        forgotten = room.journal('command-done')[-1]
        assert (forgotten['who'], forgotten['object'], forgotten['site']) == ('Ivanova', 'bbt', 'S1'), forgotten
        room.restart()                                     # in the store as well as in memory
        assert room.call(new) == 'bye'
        assert not any(new.kept.values()), 'not everything was acknowledged'
        assert room.call(device_of(boot=1, hardware=2)) == 'fault', 'the new one counts now'


def same_counter():
    """another board with the same start counter is refused by name instead of losing its records; forgotten, it is let in"""
    with Stage(BUILD, 'same-counter', store=cluster.store()) as stage:
        room = Room(stage)
        old = {'boot': 1, 'imei': 861111111111111}
        assert room.call(device_of(rows=20, **old)) == 'bye'
        room.restart()                                     # the store knows the board, too
        new = device_of(boot=1, imei=862222222222222)
        for back in (7, 6, 5):
            new.row(1, {17: ONE}, int(time.time()) // 60 * 60 - 86400 * back)
        assert room.call(new) == 'fault'
        refusal = stage.wait('the refusal', room.refused, 60)[-1]
        for part in ('another board', '862222222222222', '861111111111111', 'gdpctl forget bbt'):
            assert part in refusal['text'], refusal
        assert len(new.kept[1]) == 3, 'it was acknowledged'
        room.ctl('forget', 'bbt')
        assert room.call(new) == 'bye'
        assert not any(new.kept.values())
        assert len(room.times()) == 23, room.times()
        assert room.call(device_of(boot=2, imei=863333333333333)) == 'bye', 'a later start cannot be mistaken'
        assert any('another board or modem' in r['text'] for r in room.journal('note'))


def forgotten_in_session():
    """a board that is forgotten while it is in session calls again, and what it delivers then is counted from anew"""
    with Stage(BUILD, 'in-session', store=cluster.store()) as stage:
        room = Room(stage)
        device = device_of(rows=10, boot=3)
        unit = room.stay(device)
        stage.wait('delivered', lambda: not any(device.kept.values()), 60)
        room.ctl('forget', 'bbt')
        unit.log.wait('over')
        assert room.call(device_of(rows=2, boot=1)) == 'bye'


def approved():
    """who called and is not known becomes a unit of a site by gdpctl approve, and is let in at its next call"""
    with Stage(BUILD, 'approve', store=cluster.store()) as stage:
        room = Room(stage)
        assert 'nobody called “U7”' in room.ctl('approve', 'U7', '--site', 'S1', code=1)
        new = Device('U7', Clock())
        assert room.call(new) == 'fault'
        stage.wait('the newcomer', lambda: stage.ctl('strangers'), 60)
        assert 'there is no site' in room.ctl('approve', 'U7', '--site', 'S9', code=1)
        told = room.ctl('approve', 'U7', '--site', 'S1', '--keyless')
        assert (told['link'], told['kind'], told['serial'], told['site']) == ('bbt-U7', 'bbt', 'U7', 'S1'), told
        stage.wait('it is let in', lambda: room.call(new) == 'bye', 60)
        assert 'already known' in room.ctl('approve', 'U7', '--site', 'S1', code=1)
        board = Device('U8', Clock())
        assert room.call(board) == 'fault'
        stage.wait('the newcomer', lambda: [s for s in stage.ctl('strangers') if s['serial'] == 'U8'], 60)
        assert room.ctl('approve', 'U8', '--site', 'S1', '--replaces', 'bbt-U7', '--keyless')['link'] == 'bbt-U7'
        stage.wait('it is let in', lambda: room.call(board) == 'bye', 60)
        assert room.call(Device('U7', Clock())) == 'fault'
        assert any(r['who'] == 'Ivanova' for r in room.journal('configuration-changed'))


def last_heard():
    """gdpctl links tells when a BBT was heard last, and of a BBT that the unit hung up"""
    with Stage(BUILD, 'heard', store=cluster.store()) as stage:
        room = Room(stage)
        assert room.call(device_of(rows=1)) == 'bye'
        link = stage.wait('the link', lambda: [r for r in stage.ctl('links') if r['link'] == 'bbt' and r['seen']], 60)[0]
        assert link['seen'] > '2020', link
        unit = room.stay(device_of(boot=1))
        unit.link.socket.shutdown(socket.SHUT_RDWR)
        stage.wait('the end', lambda: [r for r in stage.ctl('sessions', 'bbt') if r['why'] == 'the unit hung up'], 60)


ALL = (live, archive, means, interface, not_there, roles, new_board, same_counter, forgotten_in_session, approved, last_heard)
tap.run(*[case for case in ALL if len(sys.argv) < 3 or case.__name__ in sys.argv[2:]])
