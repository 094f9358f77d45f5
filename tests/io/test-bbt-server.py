#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test-bbt-server.py BUILD — gdp-server and the unit that tests/peer has written from comms/PROTOCOL.md alone:
calls over TCP and UDP, and what is in the store when the server was killed at the worst moment."""
import collections
import json
import os
import random
import signal
import socket
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, '..', '..', 'app'), os.path.join(HERE, '..'), os.path.join(HERE, '..', 'peer')]
import bbt_link  # noqa: E402
import cluster   # noqa: E402
import tap       # noqa: E402
from bbt_device import Device  # noqa: E402
from bbt_unit import Unit      # noqa: E402
from stage import Stage        # noqa: E402

BUILD = sys.argv[1]
KEY = bytes(range(32))
SETTINGS = {'polling': 30, 'confirmation': 720, 'accident': 10, 'archive': 15}


def passport(settings=None, name='ГРП-1'):
    link = {'id': 'bbt-1', 'kind': 'bbt', 'serial': 'U1'}
    if settings:
        link['settings'] = settings
    return {'format': 'gdp-passport', 'version': 1,
            'links': [link, {'id': 'bbt-2', 'kind': 'bbt', 'serial': 'U2', 'keyless': True}],
            'sites': [{'id': 'S1', 'name': name,
                       'units': [{'id': 'bbt', 'link': 'bbt-1', 'address': 0, 'profile': 'bbt-1', 'silent_after': 86400},
                                 {'id': 'bbt2', 'link': 'bbt-2', 'address': 0, 'profile': 'bbt-1', 'silent_after': 86400}],
                       'points': [{'id': 'one', 'kind': 'analog', 'source': 'bbt:ext1', 'signal': 'number', 'resolution': 0.1,
                                   'unit': ''},
                                  {'id': 'two', 'kind': 'analog', 'source': 'bbt2:ext1', 'signal': 'number', 'resolution': 0.1,
                                   'unit': ''}]}]}


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


class Field:
    """A stage with a server for two units, one with a key."""

    def __init__(self, stage, mode=0o600):
        self.stage, self.address = stage, ('127.0.0.1', free_port())
        self.keys = f'{stage.folder}/keys'
        with open(self.keys, 'w') as file:
            file.write(f'# keys\nU1 {KEY.hex()}\n')
        os.chmod(self.keys, mode)
        place = '%s:%d' % self.address
        with open(f'{stage.folder}/server.conf', 'w') as file:
            file.write(f'[sessions]\nlisten={place}\nudp={place}\nkeys={self.keys}\n')
        self.put(passport())
        self.start()

    def put(self, document):
        with open(f'{self.stage.folder}/passport.json', 'w') as file:
            json.dump(document, file)
        self.stage.run('gdpctl', '--store', self.stage.store, 'import', f'{self.stage.folder}/passport.json')

    def start(self):
        self.stage.server('--config', f'{self.stage.folder}/server.conf')
        self.stage.wait('the port', self.listens)

    def listens(self):
        with socket.socket() as s:
            return s.connect_ex(self.address) == 0

    def kill(self):
        self.stage.stop('server', signal.SIGKILL)

    def store(self, question):
        return cluster.ask(self.stage.store, question)

    def samples(self, tag, whole=60):
        """How often each source time that is a whole minute is in the store."""
        rows = self.store(f"SELECT sample.time FROM sample JOIN point ON point.key = sample.point WHERE point.id = 'S1/{tag}'")
        return collections.Counter(time // 1000000 for time, in rows if time % (whole * 1000000) == 0)

    def journal(self, text):
        return [event for event in self.stage.ctl('journal') if text in (event.get('text') or '')]

    def said(self, remark):
        return [event for event in self.stage.ctl('journal') if (event['event'], event.get('after')) == ('unit-said', remark)]


def device_of(serial='U1', rows=0, end=None, boot=1):
    device = Device(serial)
    device.boot = boot
    end = end or int(time.time()) // 60 * 60 - 60
    for number in range(rows):
        device.row(1, {17: 0x3F800000 + (number << 12)}, end - 60 * (rows - 1 - number))
    return device


def call(field, device, key=KEY, udp=False, address=None):
    return Unit(device, key).call(bbt_link.dial(address or field.address, udp))


class Deaf:
    """Stands between unit and server, and lets nothing more of what the server says through once it is cut."""

    def __init__(self, to):
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.address, self.to, self.cut = self.listener.getsockname(), to, False
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        unit, _ = self.listener.accept()
        server = socket.create_connection(self.to)
        threading.Thread(target=self.pass_on, args=(unit, server, False), daemon=True).start()
        self.pass_on(server, unit, True)

    def pass_on(self, source, to, deaf):
        try:
            while data := source.recv(65536):
                if not (deaf and self.cut):
                    to.sendall(data)
        except OSError:
            pass
        for s in (source, to):
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


def calls():
    """a unit with a key delivers over TCP and UDP, one without is marked, a strange one is refused"""
    with Stage(BUILD, 'bbt-calls', store=cluster.store()) as stage:
        field = Field(stage)
        for number, udp in enumerate((False, True), 1):
            device = device_of(rows=30, end=int(time.time()) // 60 * 60 - 3600 * (3 - number), boot=number)
            device.event(17)
            device.measure({17: 0x41200000})
            assert call(field, device, udp=udp) == 'bye'
            assert not any(device.kept.values()), 'not everything was acknowledged'
        assert sorted(field.samples('one').values()) == [1] * 60, field.samples('one')
        assert len(field.said('button')) == 2
        keyless = device_of('U2', rows=2)
        assert call(field, keyless, key=None) == 'bye'
        assert call(field, device_of('U9')) == 'fault'
        stage.wait('the journal', lambda: field.journal('not authenticated') and field.journal('unknown serial'))
        live = {value['point']: value for value in stage.ctl('live')}
        assert live['S1/one']['value'] == 10, live
        rows = field.store('SELECT model, sessions, authenticated, connected FROM device ORDER BY link')
        assert rows == [('BBT-1', 2, 1, 0), ('BBT-1', 1, 0, 0)], rows


def killed_before_ack():
    """kill -9 between commit and ACK: what comes again is stored once, and acknowledged"""
    with Stage(BUILD, 'bbt-kill', store=cluster.store()) as stage:
        field = Field(stage)
        device, between = device_of(rows=100), Deaf(field.address)
        device.event(17)
        unit = Unit(device, KEY)
        playing = threading.Thread(target=lambda: unit.call(bbt_link.dial(between.address)), daemon=True)
        playing.start()
        unit.log.wait('state', state='OPEN')
        between.cut = True       # ACKs that were quicker are no harm: what they named is gone from the unit
        stage.wait('all committed', lambda: len(field.samples('one')) == 100 and field.said('button'))
        field.kill()
        playing.join(40)
        assert not playing.is_alive()
        field.start()
        assert call(field, device) == 'bye'
        assert not any(device.kept.values()), 'not everything was acknowledged'
        assert sorted(field.samples('one').values()) == [1] * 100
        assert len(field.said('button')) == 1


def killed_anywhere():
    """kill -9 at any moment of a delivery: nothing acknowledged is lost, nothing is there twice"""
    with Stage(BUILD, 'bbt-kills', store=cluster.store()) as stage:
        field = Field(stage)
        device, chance = device_of(rows=3000), random.Random(7)
        for _ in range(5):
            unit = Unit(device, KEY)
            playing = threading.Thread(target=lambda: unit.call(bbt_link.dial(field.address)), daemon=True)
            playing.start()
            time.sleep(chance.uniform(0, 0.25))     # the moment is what is tried
            field.kill()
            playing.join(40)
            assert not playing.is_alive()
            stored = field.samples('one')
            for acknowledged in device.history[1]:
                assert stored[acknowledged.time] == 1, acknowledged
            field.start()
        assert call(field, device) == 'bye'
        assert sorted(field.samples('one').values()) == [1] * 3000


def set_while_in_session():
    """new settings reach a unit in the session that it has; what changes elsewhere does not disturb it"""
    with Stage(BUILD, 'bbt-set', store=cluster.store()) as stage:
        field = Field(stage)
        device = device_of()
        unit = Unit(device, KEY, stays=True)
        playing = threading.Thread(target=lambda: unit.call(bbt_link.dial(field.address)), daemon=True)
        playing.start()
        unit.log.wait('state', state='OPEN')
        field.put(passport(name='ГРП-1 Садовая'))
        field.put(passport(SETTINGS, name='ГРП-1 Садовая'))
        unit.log.wait('heard', kind='SETTINGS')
        stage.wait('the revision', lambda: field.store('SELECT settings_revision FROM device')
                   == [(device.settings['revision'],)])
        assert len(field.journal('called because of')) == 1
        unit.leave()
        unit.ask(lambda: None)
        playing.join(20)
        assert not playing.is_alive()


def read_late():
    """IDENT that had to wait because the server stood still: what the unit tells of the past stays where it was"""
    with Stage(BUILD, 'bbt-late', store=cluster.store()) as stage:
        field = Field(stage)
        for number, udp in enumerate((False, True), 1):
            unit = Unit(device_of(rows=5, end=int(time.time()) // 60 * 60 - 3600 * (3 - number), boot=number), KEY)
            playing = threading.Thread(target=lambda: unit.call(bbt_link.dial(field.address, udp)), daemon=True)
            server = stage.running['server'].pid
            os.kill(server, signal.SIGSTOP)
            try:
                playing.start()
                unit.log.wait('sent', kind='IDENT')
                time.sleep(4)     # that it lasts is what is tried: more than clocks may differ, less than IDENT comes again
            finally:
                os.kill(server, signal.SIGCONT)
            stage.wait('all was told', lambda: not unit.device.kept[1])
            playing.join(40)
        assert sorted(field.samples('one').values()) == [1] * 10, field.samples('one', 1)


def keys():
    """a file of keys that everybody may read is refused by name; made private, a reload lets the unit in"""
    with Stage(BUILD, 'bbt-keys', store=cluster.store()) as stage:
        field = Field(stage, mode=0o644)
        assert call(field, device_of()) == 'fault'
        trouble = stage.wait('the trouble', lambda: stage.ctl('servers')[0].get('trouble'))
        assert field.keys in trouble and 'chmod' in trouble, trouble
        assert KEY.hex() not in stage.log('server')
        os.chmod(field.keys, 0o600)
        os.kill(stage.running['server'].pid, signal.SIGHUP)
        stage.wait('a call', lambda: call(field, device_of()) == 'bye')


if __name__ == '__main__':
    tap.run(calls, killed_before_ack, killed_anywhere, set_while_in_session, read_late, keys)
