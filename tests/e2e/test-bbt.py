#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test-bbt.py BUILD — BBT units that dial in, from the wire to gdpctl and the console's windows. The unit is that of
tests/peer, written from comms/PROTOCOL.md alone; the slave behind it is played by pymodbus."""
import collections
import contextlib
import datetime
import json
import os
import socket
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, '..'), os.path.join(HERE, '..', '..', 'app'), os.path.join(HERE, '..', 'peer')]
import bbt_link  # noqa: E402
import tap       # noqa: E402
from bbt_device import Device, SerialPort  # noqa: E402
from bbt_unit import Unit      # noqa: E402
from plant import SITE, free_port          # noqa: E402
from slave import Slave        # noqa: E402
from stage import Screen, Stage        # noqa: E402

BUILD = sys.argv[1]
KEY = bytes(range(40, 72))
MANY = 3000                 # rows: some thirty frames
LOW = f'{SITE}/outlet.low'
OUTLET, AI_OUTLET, AI_SPARE = 2, 12000, 8000      # channel; µA: 0.3 MPa, half of the spare's range


def passport():
    """Two units: one that stays, with a slave behind it, and one without a key that sleeps between its calls."""
    outlet = {'id': 'outlet', 'kind': 'outlet-pressure', 'source': 'bbt:ai2', 'unit': 'MPa', 'signal': '4-20mA',
              'range': [0, 0.6], 'resolution': 0.0001, 'fault': {'priority': 3},
              'limits': {'LL': {'value': 0.2, 'priority': 1, 'deadband': 0.003}}}
    return {'format': 'gdp-passport', 'version': 1,
            'links': [{'id': 'dial', 'kind': 'bbt', 'serial': 'U1', 'stays_connected': True},
                      {'id': 'asleep', 'kind': 'bbt', 'serial': 'U2', 'keyless': True}],
            'sites': [{'id': SITE, 'name': 'ГРП-1 Садовая', 'region': 'Центр', 'mimic': 'one-line', 'units': [
                {'id': 'bbt', 'link': 'dial', 'address': 0, 'profile': 'bbt-1', 'silent_after': 3},
                {'id': 'upmp', 'link': 'dial', 'address': 1, 'profile': 'upmp-12.4-a8-8', 'period': 0.5, 'silent_after': 3},
                {'id': 'far', 'link': 'asleep', 'address': 0, 'profile': 'bbt-1', 'silent_after': 86400}],
                'points': [outlet,
                           {'id': 'meter', 'kind': 'analog', 'source': 'bbt:pulse1', 'unit': 'm³', 'signal': 'number',
                            'factor': 0.1, 'resolution': 0.1},
                           {'id': 'wire', 'kind': 'tamper', 'source': 'bbt:wire', 'alarm': {'state': 1, 'priority': 2}},
                           {'id': 'behind', 'kind': 'inlet-pressure', 'source': 'upmp:ai1', 'unit': 'MPa',
                            'signal': '4-20mA', 'range': [0, 1.6], 'resolution': 0.001},
                           {'id': 'rest', 'kind': 'gas-temperature', 'source': 'far:ai1', 'unit': '°C',
                            'signal': '4-20mA', 'range': [-50, 50], 'resolution': 0.1}]}]}


class Town:
    """A server that listens for units, and what gdpctl says of it."""

    def __init__(self, stage):
        self.stage, self.address = stage, ('127.0.0.1', free_port())
        place = '%s:%d' % self.address
        self.write('keys', f'# serial key\nU1 {KEY.hex()}\n')
        os.chmod(f'{stage.folder}/keys', 0o600)
        self.write('server.conf', f'[sessions]\nlisten={place}\nudp={place}\nkeys={stage.folder}/keys\n')
        self.write('passport.json', json.dumps(passport()))
        stage.run('gdpctl', '--store', stage.store, 'import', f'{stage.folder}/passport.json')
        self.start()

    def write(self, name, text):
        with open(f'{self.stage.folder}/{name}', 'w', encoding='utf-8') as file:
            file.write(text)

    def start(self):
        self.stage.server('--config', f'{self.stage.folder}/server.conf')
        self.stage.wait('the port', self.listens)

    def listens(self):
        with socket.socket() as s:
            return s.connect_ex(self.address) == 0

    def live(self, tag):
        return {row['point'].split('/')[1]: row for row in self.stage.ctl('live', SITE)}[tag]

    def state(self, unit):
        return {row['unit']: row['state'] for row in self.stage.ctl('units')}[f'{SITE}/{unit}']

    def journal(self, text):
        return [event for event in self.stage.ctl('journal') if text in (event.get('text') or '')]

    def said(self):
        """What the unit said of itself, oldest first."""
        return [(event['after'], event.get('text')) for event in reversed(self.stage.ctl('journal'))
                if event['event'] == 'unit-said']

    def alarms(self):
        return {alarm['alarm']: alarm for alarm in self.stage.ctl('alarms')}

    def minutes(self, tag, through):
        """How often each whole minute up to one (seconds) is in the point's history; reports may be of a whole one, too."""
        last = time.strftime('%Y-%m-%dT%H:%M:%S.9', time.gmtime(through))
        rows = self.stage.ctl('history', f'{SITE}/{tag}', '--raw', '--since', '60h')
        times = (row['time'] for row in rows if row['time'] <= last)
        return collections.Counter(at for at in times if at.split('.')[0].rstrip('Z').endswith(':00'))


class Call(threading.Thread):
    """A unit's call, in a thread of its own."""

    def __init__(self, town, device, key=KEY, udp=False, stays=False):
        super().__init__(daemon=True)
        self.unit, self.town, self.udp = Unit(device, key, stays=stays), town, udp
        self.how = None
        self.start()

    def run(self):
        self.how = self.unit.call(bbt_link.dial(self.town.address, self.udp))

    def say(self, values):
        self.unit.ask(lambda: self.unit.report({**self.unit.device.values, **values}))

    def open(self):
        self.unit.log.wait('state', state='OPEN')
        return self

    def break_off(self):
        """The link is lost: nobody says BYE."""
        def lose():
            raise bbt_link.Hangup('pulled')
        self.unit.ask(lose)
        self.join(10)

    def leave(self):
        self.unit.ask(self.unit.leave)
        return self.end()

    def end(self):
        self.join(30)
        assert self.how is not None, 'the session does not end'
        return self.how


def device_of(serial='U1', boot=1, **values):
    device = Device(serial)
    device.boot = boot
    device.measure({1: AI_SPARE, OUTLET: AI_OUTLET, **{int(k[2:]): v for k, v in values.items()}})
    return device


def unit_comes_and_goes():
    """values of a unit with a key are live in gdpctl and in the console; a lost link, sleep and silence are told apart"""
    with Stage(BUILD, 'bbt-live') as stage:
        town = Town(stage)
        screen = Screen(stage.start('console', 'gdp-console', '--store', stage.store, '--site', SITE, '--user', 'Ivanova'))
        device = device_of()
        call = Call(town, device, stays=True).open()
        stage.wait('the value', lambda: town.live('outlet')['value'] == 0.3)
        assert town.live('outlet')['quality'] == 'good', town.live('outlet')
        stage.wait('the value on the screen', lambda: screen.shows('0.3000'))
        call.say({OUTLET: 12800})
        stage.wait('what changed', lambda: town.live('outlet')['value'] == 0.33)
        stage.wait('what changed, on the screen', lambda: screen.shows('0.3300'))

        # one that says when it will call again sleeps, its values stay; one that was cut off is silent, with an alarm
        assert Call(town, device_of('U2', ai1=12000), key=None).end() == 'bye'
        stage.wait('the sleep', lambda: town.state('far') == 'sleeping')
        assert (town.live('rest')['value'], town.live('rest')['quality']) == (0, 'good'), town.live('rest')
        call.break_off()
        stage.wait('the silence', lambda: town.state('bbt') == 'silent' and 'dial.lost' in town.alarms())
        assert town.live('outlet')['quality'] != 'good' and town.state('far') == 'sleeping'
        assert not [alarm for alarm in town.alarms() if 'far' in alarm or 'asleep' in alarm], town.alarms()
        stage.wait('the silence on the screen', lambda: screen.shows('No communication'))

        # it calls again: hours that it kept, with an excursion in them that is over
        now = int(time.time()) // 60 * 60 - 60
        for minute in range(480, 0, -1):
            device.row(1, {1: AI_SPARE, OUTLET: 7200 if 100 < minute <= 110 else AI_OUTLET}, now - 60 * minute)
        device.measure(device.values)
        call = Call(town, device, stays=True).open()
        stage.wait('every minute', lambda: len(town.minutes('outlet', now - 60)) == 480)
        assert set(town.minutes('outlet', now - 60).values()) == {1}, 'a minute is there twice'
        low = stage.wait('the alarm of then', lambda: town.alarms().get(LOW))
        assert not low['active'] and not low['acked'] and low['quiet'], low
        assert low['occurred'] < low['learned'], low
        both = {event['event']: event for event in stage.ctl('journal') if event['object'] == LOW}
        for event, time_of in (('alarm-occurred', 'occurred'), ('alarm-cleared', 'cleared')):
            assert both[event]['occurred'] == low[time_of] and both[event]['learned'] == low['learned'], both
        lines = stage.run('gdpctl', '--store', stage.store, 'alarms').stdout.splitlines()
        learned = datetime.datetime.fromisoformat(low['learned'].replace('Z', '+00:00')).astimezone()
        assert any(LOW in line and learned.strftime('%Y-%m-%d %H:%M:%S') in line for line in lines), lines
        stage.wait('the silence is over', lambda: not town.alarms()['dial.lost']['active'])
        stage.wait('live again', lambda: town.live('outlet')['quality'] == 'good')
        assert town.live('outlet')['value'] == 0.33, 'an old row took the place of what is live'
        stage.wait('live again on the screen', lambda: screen.shows('0.3300'))
        assert call.leave() == 'bye'
        assert 'chain ok' in stage.run('gdpctl', '--store', stage.store, 'verify').stdout


def who_may_call():
    """settings wait for the unit and are taken; an unknown serial is a stranger, a wrong key is refused by reason"""
    with Stage(BUILD, 'bbt-who') as stage:
        town = Town(stage)

        def settings():
            return next(row for row in stage.ctl('settings') if row['link'] == 'dial')
        device = device_of()
        Call(town, device).open().leave()
        stage.ctl('settings', 'dial', 'confirmation=12h', 'ai2=0.2..0.4')
        assert settings()['state'] == 'not-yet-taken', settings()
        call = Call(town, device)
        stage.wait('the settings are taken', lambda: settings()['state'] == 'taken')
        call.leave()
        assert device.settings['confirmation'] == 720
        assert [(limit['channel'], limit['min'], limit['max']) for limit in device.settings['thresholds']] \
            == [(2, 9333, 14667)], device.settings

        assert Call(town, device_of('U9')).end() == 'fault'
        stage.wait('the stranger', lambda: any(row['serial'] == 'U9' and row['why'].startswith('unknown serial')
                                               for row in stage.ctl('strangers')))
        other = Call(town, device_of(), key=bytes(32))
        assert other.end() == 'fault'
        assert other.unit.log.wait('faulted', code=4)
        stage.wait('the reason in the journal', lambda: town.journal('wrong proof of the key'))
        assert 'chain ok' in stage.run('gdpctl', '--store', stage.store, 'verify').stdout


def killed_server():
    """kill -9 of the server in the middle of a delivery: every minute is there once"""
    with Stage(BUILD, 'bbt-killed') as stage:
        town = Town(stage)
        device, now = device_of(), int(time.time()) // 60 * 60 - 60
        for minute in range(MANY, 0, -1):     # currents that change: little fits into one frame
            device.row(1, {1: AI_SPARE + minute * 7 % 1000, OUTLET: AI_OUTLET + minute * 13 % 900}, now - 60 * minute)
        call = Call(town, device, udp=True, stays=True).open()   # one frame waits for its ACK at a time
        stage.wait('something is acknowledged', lambda: device.history[1])
        stage.stop('server', 9)
        assert device.kept[1], 'all was delivered before the server was killed'
        acknowledged = len(device.history[1])
        call.break_off()
        town.start()
        assert len(town.minutes('outlet', now - 60)) >= acknowledged, 'acknowledged, and lost'
        call = Call(town, device, stays=True).open()
        stage.wait('the rest', lambda: not device.kept[1])
        stage.wait('every minute', lambda: len(town.minutes('outlet', now - 60)) == MANY)
        assert set(town.minutes('outlet', now - 60).values()) == {1}, 'a minute is there twice'
        call.leave()
        assert 'chain ok' in stage.run('gdpctl', '--store', stage.store, 'verify').stdout


@contextlib.contextmanager
def cable(stage):
    near, far = f'{stage.folder}/near', f'{stage.folder}/far'
    socat = subprocess.Popen(['socat', f'pty,rawer,link={near}', f'pty,rawer,link={far}'])
    try:
        stage.wait('the cable', lambda: os.path.exists(near) and os.path.exists(far))
        yield near, far
    finally:
        socat.kill()
        socat.wait()


def slave_behind():
    """a Modbus slave behind the unit is polled in mode T, and live while the unit's own reports go on"""
    with Stage(BUILD, 'bbt-through') as stage, cable(stage) as (near, far):
        town, slave = Town(stage), Slave('--serial', far, 1)
        stage.after.callback(slave.stop)
        device = device_of()
        device.interface = SerialPort(near)
        call = Call(town, device, stays=True).open()
        stage.wait('the slave', lambda: town.live('behind')['value'] == 0.8)
        slave.set('ir', 1, 0, 16000)
        stage.wait('what changed there', lambda: town.live('behind')['value'] == 1.2)
        call.say({OUTLET: 12800})
        stage.wait('what changed at the unit', lambda: town.live('outlet')['value'] == 0.33)
        assert town.state('upmp') == 'ok', stage.ctl('units')
        call.break_off()
        stage.wait('neither is live', lambda: {town.state('bbt'), town.state('upmp')} <= {'silent', 'sleeping'})
        assert 'chain ok' in stage.run('gdpctl', '--store', stage.store, 'verify').stdout


def counts_and_tampering():
    """pulses are m³ past the counter's end, a cut wire is an alarm, and the unit's own words only where no alarm says it"""
    with Stage(BUILD, 'bbt-events') as stage:
        town = Town(stage)
        device = device_of()
        device.pulse({1: (1 << 32) - 10})
        call = Call(town, device, stays=True).open()
        stage.wait('the meter', lambda: town.live('meter')['value'] == 429496728.6)
        assert (town.live('wire')['value'], town.live('wire')['quality']) == (0, 'good'), 'IDENT said that it is whole'
        assert town.said() == [], 'nothing has happened, and the journal has it'

        stage.ctl('settings', 'dial', 'ai2=0.25..0.4')
        stage.wait('the settings are taken', lambda: device.settings)
        call.unit.ask(lambda: (device.pulse({1: 15}), device.sabotage(wire=1)))
        stage.wait('the alarm', lambda: town.alarms().get(f'{SITE}/wire.state', {}).get('active'))
        stage.wait('the meter goes on', lambda: town.live('meter')['value'] == 429496731.1)
        assert town.said() == [], town.said()

        call.say({OUTLET: 9866})                     # 0.22 MPa: below the threshold, above the limit
        stage.wait('what only the unit says', lambda: town.said() == [('below-min', '0.2200 MPa, min 0.2500 MPa')])
        assert town.journal('0.2200')[0]['object'] == f'{SITE}/outlet', town.journal('0.2200')
        assert 'Below its minimum: 0.2200 MPa, min 0.2500 MPa' in stage.run('gdpctl', '--store', stage.store, 'journal').stdout
        call.say({OUTLET: AI_OUTLET})
        stage.wait('that it is over', lambda: len(town.said()) == 2)
        call.say({OUTLET: 7200})                     # 0.12 MPa: below the limit as well
        stage.wait('the alarm of the limit', lambda: town.alarms().get(LOW, {}).get('active'))
        call.unit.ask(lambda: (device.event(17), device.sabotage(wire=0, cover=1)))
        stage.wait('what is no point', lambda: ('tampered', 'cover-open') in town.said() and ('button', None) in town.said())
        assert len(town.said()) == 4, town.said()
        stage.wait('the wire', lambda: not town.alarms()[f'{SITE}/wire.state']['active'])
        call.leave()
        assert 'chain ok' in stage.run('gdpctl', '--store', stage.store, 'verify').stdout


def began_while_nobody_listened():
    """an alarm that the rows and the live value tell began with the rows, is active, and is told once"""
    with Stage(BUILD, 'bbt-began') as stage:
        town, device = Town(stage), device_of()
        Call(town, device, stays=True).open().leave()
        now = int(time.time()) // 60 * 60
        for minute in range(8, -1, -1):
            device.row(1, {1: AI_SPARE, OUTLET: AI_OUTLET if minute > 5 else 7200}, now - 60 * minute)
        device.measure({1: AI_SPARE, OUTLET: 7200})
        call = Call(town, device, stays=True).open()
        stage.wait('every row', lambda: len(town.minutes('outlet', now)) == 9)
        began = datetime.datetime.fromtimestamp(now - 300, datetime.timezone.utc).strftime('%Y-%m-%dT%H:%M:%S.000000Z')
        low = stage.wait('the alarm', lambda: town.alarms().get(LOW))
        stage.wait('its beginning', lambda: town.alarms()[LOW]['occurred'] == began)
        assert low['active'] and not low['quiet'] and low['occurrence'] == 1, low
        told = [event['event'] for event in stage.ctl('journal') if event['object'] == LOW]
        assert told in (['alarm-backdated', 'alarm-occurred'], ['alarm-occurred']), told
        call.leave()


if __name__ == '__main__':
    tap.run(unit_comes_and_goes, who_may_call, killed_server, slave_behind, counts_and_tampering, began_while_nobody_listened)
