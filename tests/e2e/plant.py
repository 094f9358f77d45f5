# SPDX-License-Identifier: GPL-3.0-or-later
"""One gas distribution point of two lines with sixteen points, its slave played by pymodbus, and
the three ways in which it can be wired to a server. Each can be unplugged and plugged again."""
import json
import os
import socket
import subprocess

from slave import Slave

HERE = os.path.dirname(os.path.abspath(__file__))
SITE, UNIT = 'GDP-001', 1
ANALOG = [          # tag, kind, unit, range, resolution, limits
    ('inlet', 'inlet-pressure', 'MPa', [0, 1.6], 0.001, {'H': 1.2, 'L': 0.3}),
    ('outlet1', 'outlet-pressure', 'MPa', [0, 0.6], 0.0001, {'HH': 0.345, 'H': 0.33, 'L': 0.27, 'LL': 0.2}),
    ('outlet2', 'outlet-pressure', 'MPa', [0, 0.6], 0.0001, {'HH': 0.345, 'H': 0.33, 'L': 0.27, 'LL': 0.2}),
    ('tgas', 'gas-temperature', '°C', [-50, 50], 0.1, {}),
    ('troom', 'room-temperature', '°C', [-50, 50], 0.1, {'LL': -45}),
    ('ch4', 'gas-concentration', '% LEL', [0, 50], 0.1, {'H': 10, 'HH': 20}),
    ('dp1', 'filter-dp', 'kPa', [0, 16], 0.01, {'H': 5, 'HH': 10}),
    ('battery', 'battery-voltage', 'V', [0, 32], 0.01, {'L': 23, 'LL': 22}),
]
DISCRETE = [        # tag, kind, alarm state
    ('slam1', 'slam-shut', 1), ('slam2', 'slam-shut', 1), ('door1', 'door', 1), ('door2', 'door', 1),
    ('mains', 'mains', 0), ('tamper', 'tamper', 1), ('spare1', 'discrete', None), ('spare2', 'discrete', None),
]
PERIOD = 0.2


def passport(link):
    """The passports document of the plant behind @link."""
    points = []
    for number, (tag, kind, unit, span, resolution, limits) in enumerate(ANALOG, 1):
        point = {'id': tag, 'kind': kind, 'source': f'upmp:ai{number}', 'unit': unit, 'signal': '4-20mA',
                 'range': span, 'resolution': resolution, 'fault': {'priority': 3}}
        if limits:
            point['limits'] = {level: {'value': value, 'priority': 1 if len(level) == 2 else 2,
                                       'deadband': (span[1] - span[0]) / 200}
                               for level, value in limits.items()}
        points.append(point)
    for number, (tag, kind, state) in enumerate(DISCRETE, 1):
        point = {'id': tag, 'kind': kind, 'source': f'upmp:di{number}'}
        if state is not None:
            point['alarm'] = {'state': state, 'priority': 2}
        points.append(point)
    return {'format': 'gdp-passport', 'version': 1, 'links': [link],
            'sites': [{'id': SITE, 'name': 'ГРП-1 Садовая', 'region': 'Центр', 'mimic': 'two-lines',
                       'units': [{'id': 'upmp', 'link': link['id'], 'address': UNIT, 'profile': 'upmp-12.4-a8-8',
                                  'period': PERIOD, 'silent_after': 2}],
                       'points': points}]}


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


class Plant:
    """plug() and unplug() are the cable; the slave keeps its registers only while plugged."""

    def __init__(self, stage):
        self.stage = stage
        self.slave = self.cable = self.modem = None
        self.sessions = free_port()
        stage.after.callback(self.unplug)

    def document(self):
        path = f'{self.stage.folder}/passport.json'
        with open(path, 'w', encoding='utf-8') as file:
            json.dump(passport(self.link), file, ensure_ascii=False)
        return path

    def unplug(self):
        if self.slave:
            self.slave.stop()
            self.slave = None

    def analog(self, tag, milliampere):
        number = [row[0] for row in ANALOG].index(tag)
        self.slave.set('ir', UNIT, number, round(milliampere * 1000))

    def discrete(self, tag, state):
        number = [row[0] for row in DISCRETE].index(tag)
        self.slave.set('di', UNIT, number, state)


class Serial(Plant):
    """RS-485: a pair of pseudo terminals."""
    lost = 'rs485.lost'

    def __init__(self, stage):
        super().__init__(stage)
        self.near, self.far = f'{stage.folder}/near', f'{stage.folder}/far'
        self.link = {'id': 'rs485', 'kind': 'modbus-rtu', 'device': self.near, 'baud': 19200, 'parity': 'none'}

    def plug(self):
        self.cable = subprocess.Popen(['socat', f'pty,rawer,link={self.near}', f'pty,rawer,link={self.far}'])
        self.stage.wait('the pseudo terminals', lambda: os.path.exists(self.near) and os.path.exists(self.far))
        self.slave = Slave('--serial', self.far, UNIT)

    def unplug(self):
        if self.cable:
            self.cable.kill()
            self.cable.wait()
            self.cable = None
        super().unplug()


class Tcp(Plant):
    """Modbus TCP."""
    lost = 'lan.lost'

    def __init__(self, stage):
        super().__init__(stage)
        self.port = free_port()
        self.link = {'id': 'lan', 'kind': 'modbus-tcp', 'host': '127.0.0.1', 'port': self.port}

    def plug(self):
        self.slave = Slave('--tcp', self.port, UNIT)
        self.stage.wait('the slave listens', self.listens)

    def listens(self):
        with socket.socket() as s:
            return s.connect_ex(('127.0.0.1', self.port)) == 0


class Modem(Serial):
    """A transparent GSM modem: it dials, says who it is, and passes bytes to and from the slave's line."""
    lost = f'{SITE}/upmp.silent'

    def __init__(self, stage):
        super().__init__(stage)
        self.link = {'id': 'gsm', 'kind': 'modem', 'registration': 'GDP-001-MODEM', 'heartbeat': 'ping'}

    def plug(self):
        super().plug()
        self.modem = subprocess.Popen([os.path.join(HERE, '..', 'io', 'modem.sh'), str(self.sessions), self.link['registration'],
                                       self.near], start_new_session=True)

    def unplug(self):
        if self.modem:
            os.killpg(self.modem.pid, 9)
            self.modem.wait()
            self.modem = None
        super().unplug()
