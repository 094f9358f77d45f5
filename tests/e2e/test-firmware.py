#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test-firmware.py BUILD — new firmware for played BBT-1 units behind a slow link, from gdpctl to the version that the
units call with: through a killed server, given up in the middle, spoiled, and where it does not run. And for the unit
that was written from comms/PROTOCOL.md alone."""
import hashlib
import json
import os
import random
import signal
import socket
import sys
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, '..'), os.path.join(HERE, '..', '..', 'app'), os.path.join(HERE, '..', 'peer')]
import bbt_link                   # noqa: E402
import tap                        # noqa: E402
from bbt_device import Device     # noqa: E402
from bbt_unit import Unit         # noqa: E402
from plant import free_port       # noqa: E402
from stage import Stage           # noqa: E402

BUILD = sys.argv[1]
SIZE = 200_000
HALF = 110_000                    # bytes on the wire: a good half of the image's blocks
AGAIN = 1500                      # … of a call that comes while the gate is shut


class Gate:
    """A GSM network: passes calls on to the server, of each only so many bytes back to the unit until it is opened. A
    unit that hangs up and calls again, because nothing came any more, gets next to nothing."""

    def __init__(self, server):
        self.server, self.limit, self.known = server, None, 0
        self.passed, self.moved = [], threading.Condition()
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            unit, _ = self.listener.accept()
            try:
                server = socket.create_connection(self.server)
            except OSError:
                unit.close()
                continue
            with self.moved:
                self.passed.append(0)
                number = len(self.passed) - 1
            threading.Thread(target=self.pump, args=(unit, server, None), daemon=True).start()
            threading.Thread(target=self.pump, args=(server, unit, number), daemon=True).start()

    def pump(self, source, sink, number):
        try:
            while data := source.recv(4096):
                if number is not None:
                    with self.moved:
                        self.moved.wait_for(lambda: self.may_pass(number))
                        self.passed[number] += len(data)
                sink.sendall(data)
        except OSError:
            pass
        for end in (source, sink):    # one side has hung up: so does the other
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def may_pass(self, number):
        return self.limit is None or self.passed[number] < (self.limit if number < self.known else AGAIN)

    def let(self, limit):
        """Bytes of each call that go to the unit; None = all. What went so far no longer counts."""
        with self.moved:
            self.passed = [0] * len(self.passed)
            self.known = len(self.passed)
            self.limit = limit
            self.moved.notify_all()


class Town:
    """Played units that stay connected, a server, and what gdpctl says of both."""

    def __init__(self, stage, units=2, scenario=None):
        self.stage, port = stage, free_port()
        self.gate = Gate(('127.0.0.1', port))
        self.address = ('127.0.0.1', port)
        passports, keys = f'{stage.folder}/passports.json', f'{stage.folder}/keys'
        more = ()
        if scenario:
            more = '--scenario', self.write('story', scenario.encode())
        stage.start('simulator', 'gdp-sim', '--sites', units, '--bbt', '--stay', '--connect', f'127.0.0.1:{self.gate.port}',
                    '--seed', 5, '--speed', 60, '--passports', passports, '--keys', keys, *more)
        self.wait('passports', lambda: os.path.exists(passports))
        stage.run('gdpctl', '--store', stage.store, 'import', passports)
        self.write('server.conf', f'[sessions]\nkeys={keys}\n'.encode())
        self.image = self.write('image.bin', random.Random(7).randbytes(SIZE))
        self.serve()
        self.wait('every unit has called', lambda: all(row['firmware'] == '1.0.0' for row in self.rows()))

    def write(self, name, data):
        path = f'{self.stage.folder}/{name}'
        with open(path, 'wb') as file:
            file.write(data)
        return path

    def serve(self):
        self.stage.server('--config', f'{self.stage.folder}/server.conf', '--sessions-listen', '%s:%d' % self.address)

    def rows(self, *arguments):
        return self.stage.ctl('firmware', *arguments)

    def wait(self, what, condition):
        try:
            return self.stage.wait(what, condition)
        except Exception:
            print('#', *self.rows(), sep='\n# ', flush=True)
            raise

    def states(self):
        return {row['state'] for row in self.rows()}

    def ends(self, state):
        self.wait(f'all are {state}', lambda: self.states() == {state})
        return self.rows()

    def halfway(self):
        self.wait('half of it is there', lambda: all(row['state'] == 'sending' and 30 < row['percent'] < 80
                                                     for row in self.rows()))

    def journal(self, kind):
        return [event for event in self.stage.ctl('journal') if event['event'] == kind]

    def verify(self):
        assert 'chain ok' in self.stage.run('gdpctl', '--store', self.stage.store, 'verify').stdout


def all_of_a_model():
    """two units of a model get an image through a killed server, go on where they were, and call with the new version"""
    with Stage(BUILD, 'firmware') as stage:
        town = Town(stage)
        town.gate.let(HALF)
        asked = town.rows(town.image, '--version', '1.5', '--model', 'BBT-1', '--user', 'Petrov')
        assert [(row['firmware'], row['wanted']) for row in asked] == [('1.0.0', '1.5.0')] * 2, asked
        assert {row['digest'] for row in asked} == {hashlib.sha256(open(town.image, 'rb').read()).hexdigest()}, asked
        town.halfway()
        refused = stage.run('gdpctl', '--store', stage.store, 'firmware', town.image, '--version', '1.6', '--model', 'BBT-1',
                            check=False)
        assert refused.returncode == 1 and 'under way to it already' in refused.stderr, refused

        stage.stop('server', signal.SIGKILL)
        town.gate.let(None)
        town.serve()
        done = town.ends('done')
        assert [(row['firmware'], row['percent'], row['blocks_done']) for row in done] == [('1.5.0', 100, row['blocks'])
                                                                                         for row in done], done
        sent = sum(town.gate.passed)
        assert sent < 2 * 0.75 * SIZE, f'{sent} bytes were sent after the restart: it began again'
        links = {row['link']: row['firmware'] for row in stage.ctl('links') if row['kind'] == 'bbt'}
        assert set(links.values()) == {'1.5.0'}, links
        events = town.journal('firmware-ordered') + town.journal('firmware-installed')
        assert [(event['who'], event['before'], event['after']) for event in events] == [('Petrov', '1.0.0', '1.5.0')] * 4, \
            events
        town.verify()


def another_configuration():
    """a change of the unit's own configuration in the middle ends its session, not what is wanted"""
    with Stage(BUILD, 'firmware-changed') as stage:
        town = Town(stage, units=1)
        town.gate.let(HALF)
        first = town.rows(town.image, '--version', '1.5.0', '--model', 'BBT-1')[0]['unit']
        town.halfway()
        passport = json.loads(stage.run('gdpctl', '--store', stage.store, 'export').stdout)
        for link in passport['links']:
            link['keyless'] = not link.get('keyless', False)
        stage.run('gdpctl', '--store', stage.store, 'import', town.write('changed.json', json.dumps(passport).encode()))
        town.wait('the session has ended', lambda: len(town.gate.passed) > 1)
        assert town.states() <= {'wanted', 'sending'}, town.rows()
        town.gate.let(None)
        row, = town.ends('done')
        assert (row['unit'], row['firmware']) == (first, '1.5.0'), row
        assert not town.journal('firmware-failed')


def given_up():
    """what is given up in the middle is not installed, and the unit takes another one afterwards"""
    with Stage(BUILD, 'firmware-abort') as stage:
        town = Town(stage)
        town.gate.let(HALF)
        first = town.rows()[0]['unit']
        town.rows(town.image, '--version', '1.5.0', first)
        town.wait('half of it is there', lambda: 30 < town.rows(first, '--show')[0]['percent'] < 80)
        town.rows('--abort', first, '--user', 'Petrov')
        assert town.rows('--show', first)[0]['state'] in ('giving-up', 'given-up')
        town.gate.let(None)
        town.wait('it is given up', lambda: town.rows('--show', first)[0]['state'] == 'given-up')
        assert {row['firmware'] for row in town.rows()} == {'1.0.0'}
        given, = town.journal('firmware-given-up')
        assert (given['who'], given['object']) == ('Petrov', first), given
        again = stage.run('gdpctl', '--store', stage.store, 'firmware', '--abort', first, check=False)
        assert again.returncode == 1 and 'no firmware is under way' in again.stderr, again

        other = town.write('other.bin', random.Random(8).randbytes(SIZE // 10))
        town.rows(other, '--version', '1.6.0', '--model', 'BBT-1')
        assert {row['firmware'] for row in town.ends('done')} == {'1.6.0'}
        town.verify()


def wrong_digest():
    """an image that arrives spoiled is not installed: failed, and the unit says why"""
    with Stage(BUILD, 'firmware-spoiled') as stage:
        town = Town(stage, scenario='at +0s every site firmware will be spoiled\n')
        town.rows(town.image, '--version', '1.5.0', '--model', 'BBT-1')
        for row in town.ends('failed'):
            assert 'digest wrong' in row['reason'] and row['firmware'] == '1.0.0', row
        assert len(town.journal('firmware-failed')) == 2


def does_not_run():
    """a firmware that does not run gives way to the old one: failed, and the version says it"""
    with Stage(BUILD, 'firmware-fails') as stage:
        town = Town(stage, units=1, scenario='at +0s every site firmware will fail\n')
        town.rows(town.image, '--version', '1.5.0', '--model', 'BBT-1')
        row, = town.ends('failed')
        assert 'started again with 1.0.0' in row['reason'] and row['firmware'] == '1.0.0', row


def damaged_in_the_store():
    """an image that is damaged in the store is not sent"""
    import sqlite3
    with Stage(BUILD, 'firmware-damaged') as stage:
        town = Town(stage, units=1)
        stage.stop('server')
        town.rows(town.image, '--version', '1.5.0', '--model', 'BBT-1')
        with sqlite3.connect(f'{stage.folder}/store.db') as store:
            store.execute("UPDATE firmware SET image = x'00'")
        town.serve()
        assert 'damaged' in town.ends('failed')[0]['reason']


def other_unit():
    """the unit that was written from PROTOCOL.md takes it while the server runs, and is done when it calls again"""
    with Stage(BUILD, 'firmware-peer') as stage:
        town = Town(stage, units=1)
        town.write('passport.json', b'''{"format": "gdp-passport", "version": 1,
            "links": [{"id": "peer", "kind": "bbt", "serial": "U1", "keyless": true}],
            "sites": [{"id": "GDP-900", "units": [{"id": "bbt", "link": "peer", "address": 0, "profile": "bbt-1"}],
                       "points": [{"id": "a", "kind": "inlet-pressure", "source": "bbt:ai1", "range": [0, 1]}]}]}''')
        stage.run('gdpctl', '--store', stage.store, 'import', f'{stage.folder}/passport.json')
        device = Device('U1', hardware=1)

        def peer():
            return town.rows('--show', 'peer')[0]

        def call():
            unit = Unit(device, None)
            return unit.call(bbt_link.dial(town.address, False))
        town.wait('the unit is known', lambda: call() == 'bye' and peer()['firmware'])
        town.rows(town.image, '--version', '2.1.0', 'U1')
        town.wait('it has it', lambda: (call(), peer()['state'])[1] == 'done')
        assert device.firmware == bytes([2, 1, 0]) and peer()['firmware'] == '2.1.0', peer()


tap.run(all_of_a_model, another_configuration, given_up, wrong_digest, does_not_run, damaged_in_the_store, other_unit)
