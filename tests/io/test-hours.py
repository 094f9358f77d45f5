#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test-hours.py BUILD PLAYED-MONTH [CASE…] — the hours that a battery lasts, with a real server on a store in which a month without
mains is played in a moment."""
import contextlib
import json
import os
import signal
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, *folder) for folder in (('..', 'e2e'), ('..', '..', 'app'), ('..',))]
import cluster  # noqa: E402
import plant    # noqa: E402
import room as of_room  # noqa: E402
import tap      # noqa: E402
from stage import Stage  # noqa: E402

BUILD, PLAYED_MONTH = sys.argv[1:3]
SITE = plant.SITE
BATTERY = f'{SITE}/battery'
HOURS = f'{BATTERY}.hours'


class Month(of_room.Room):
    """A room of which the mains failed @days ago; its battery comes to LL in @hours."""

    def __init__(self, stage, days, hours):
        self.stage, self.wired = stage, plant.Tcp(stage)
        document = plant.passport(self.wired.link)
        document['sites'][0]['battery'] = {'chemistry': 'AGM', 'voltage': 24, 'capacity': 40}
        battery = next(p for p in document['sites'][0]['points'] if p['id'] == 'battery')
        battery['limits'] = {'L': {'value': 24.2, 'deadband': 0.2, 'priority': 3}, 'LL': {'value': 22.8, 'deadband': 0.2, 'priority': 2}}
        path = f'{stage.folder}/passport.json'
        with open(path, 'w', encoding='utf-8') as file:
            json.dump(document, file)
        stage.run('gdpctl', '--store', stage.store, 'import', path)
        self.volts = float(subprocess.run([PLAYED_MONTH, stage.store, SITE, str(days), str(hours)], check=True, capture_output=True,
                                          text=True).stdout)
        self.wired.plug()
        self.normal()
        self.server()
        self.live()

    def normal(self):
        for number in range(8):
            self.wired.slave.set('ir', plant.UNIT, number, 12000)
        self.wired.analog('ch4', 4)
        self.wired.analog('dp1', 6)
        self.wired.discrete('slam1', 0)
        self.wired.discrete('mains', 0)
        self.wired.analog('battery', 4 + 16 * self.volts / 32)

    def live(self):
        self.stage.wait('good points', lambda: sum(v['quality'] == 'good' for v in self.stage.ctl('live')) == 16, 60)


@contextlib.contextmanager
def month(name, days, hours):
    with Stage(BUILD, name, store=cluster.store()) as stage:
        yield Month(stage, days, hours)


def told():
    """a server that starts at the end of a month without mains knows how the battery ran down, and tells it; with the mains it is over"""
    with month('told', 26, 18) as it:
        hours = it.until(HOURS, 'unacked', within=60)
        assert (hours['priority'], hours['condition'], hours['occurrence']) == (3, 'hours', 1), hours
        assert abs(hours['value'] - it.volts) < 0.1 and abs(hours['limit'] - 22.8) < 1e-6, hours
        (event, _, _, _, text), = it.journal(HOURS)
        assert event == 'alarm-occurred' and text.startswith('≈ ') and text.endswith(' V, LL 22.80 V'), text
        left, least, most = (int(word) for word in text.translate(str.maketrans('(–)', '   ')).split() if word.isdigit())
        assert least <= 18 <= most and 10 <= left <= 24, text
        assert 'Less than a day left' in it.ctl('alarms')
        it.ctl('ack', HOURS, '--comment', 'crew tomorrow')
        it.stage.stop('server', signal.SIGKILL)
        it.server()
        it.live()
        assert it.until(HOURS, 'acked')['occurrence'] == 1
        it.wired.discrete('mains', 1)
        it.until(HOURS, 'normal')
        assert it.events(HOURS) == ['alarm-occurred', 'alarm-acknowledged', 'alarm-cleared'], it.journal(HOURS)
        assert 'chain ok' in it.ctl('verify')


def shift():
    """less than eight hours are the more urgent level; when its unit is dead, the alarm stays, and says why nothing is known"""
    with month('shift', 26, 4) as it:
        it.stage.wait('less than eight hours', lambda: it.alarm(HOURS)['priority'] == 2, 60)
        it.until(HOURS, 'unacked')
        assert 'Less than 8 h left' in it.ctl('alarms')
        it.wired.unplug()
        it.until(it.wired.lost, 'unacked', within=60)
        left = it.stage.wait('unknown', lambda: (lambda a: a if a['reason'] == 'no-communication' else None)(it.alarm(HOURS)))
        assert left['active'] and left['suppression'] == 'by-design', left


def limits():
    """without LL nothing is judged; it is the limit of the battery's voltage that says when it is empty, and how urgent that is"""
    with month('limits', 26, 18) as it:
        it.until(HOURS, 'unacked', within=60)
        it.ctl('limits', 'set', BATTERY, 'LL.priority=1', 'L.priority=2', '--reason', 'feeds the heating', who='Petrov')
        it.stage.wait('more urgent', lambda: it.alarm(HOURS)['priority'] == 2)
        it.ctl('limits', 'set', BATTERY, 'LL=off', '--reason', 'other battery', who='Petrov')
        it.until(HOURS, 'rtn-unacked')


CASES = [told, shift, limits]
tap.run(*[case for case in CASES if not sys.argv[3:] or case.__name__ in sys.argv[3:]])
