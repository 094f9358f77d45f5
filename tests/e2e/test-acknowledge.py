#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test-acknowledge.py BUILD — an alarm's whole life: raised on the wire, acknowledged in the window by a
real mouse and a real key and by gdpctl, cleared; every step in the journal with who and when."""
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, '..'), os.path.join(HERE, '..', '..', 'app')]
import cluster  # noqa: E402
import plant  # noqa: E402
import tap    # noqa: E402
from stage import Screen, Stage  # noqa: E402

BUILD = sys.argv[1]
SITE = plant.SITE


class Room:
    """A plant on Modbus TCP, a server, and one console at the alarms page."""

    def __init__(self, stage):
        self.stage, self.wired = stage, plant.Tcp(stage)
        self.wired.plug()
        stage.run('gdpctl', '--store', stage.store, 'import', self.wired.document())
        stage.server('--sessions-listen', f'127.0.0.1:{self.wired.sessions}')
        self.screen = Screen(stage.start('console', 'gdp-console', '--store', stage.store, '--page', 'alarms',
                                         '--user', 'Ivanova'))
        stage.wait('the console', lambda: self.screen.shows('Unacknowledged'))
        stage.wait('good points', lambda: sum(v['quality'] == 'good' for v in stage.ctl('live')) == 16)

    def alarm(self, name):
        return next((a for a in self.stage.ctl('alarms', '--state', 'all') if a['alarm'] == f'{SITE}/{name}'), None)

    def until(self, name, state):
        return self.stage.wait(f'{name} {state}', lambda: (lambda a: a if a and a['state'] == state else None)(
            self.alarm(name)), 10)

    def history(self, name):
        """(event, who) of the alarm, oldest first; each with times."""
        records = [r for r in self.stage.ctl('journal', '--site', SITE) if r['object'] == f'{SITE}/{name}'][::-1]
        for record in records:
            assert record['learned'].endswith('Z') and record['occurred'] <= record['learned'], record
        return [(record['event'], record['who']) for record in records]


def by_mouse():
    """an alarm is acknowledged by a click on its button, then clears, and the journal has every step"""
    with Stage(BUILD, 'mouse', store=cluster.store()) as stage:
        room = Room(stage)
        server = stage.ctl('servers')[0]['server']
        room.wired.discrete('door1', 1)
        room.until('door1.state', 'unacked')
        button = stage.wait('the button of the row', lambda: room.screen.button_of_row('Acknowledge', 'Door'))
        room.screen.click(button)
        acked = room.until('door1.state', 'acked')
        assert acked['acked_by'] == 'Ivanova', acked
        room.wired.discrete('door1', 0)
        room.until('door1.state', 'normal')
        assert room.history('door1.state') == [('alarm-occurred', server), ('alarm-acknowledged', 'Ivanova'),
                                               ('alarm-cleared', server)], room.history('door1.state')
        assert 'chain ok' in stage.run('gdpctl', '--store', stage.store, 'verify').stdout


def by_key():
    """an alarm that has already returned is acknowledged by Ctrl+Space and is then normal"""
    with Stage(BUILD, 'key', store=cluster.store()) as stage:
        room = Room(stage)
        server = stage.ctl('servers')[0]['server']
        room.wired.discrete('slam1', 1)
        room.until('slam1.state', 'unacked')
        room.wired.discrete('slam1', 0)
        room.until('slam1.state', 'rtn-unacked')
        stage.wait('the row', lambda: room.screen.shows('Slam-shut'))
        subprocess.run(['xdotool', 'key', 'ctrl+2', 'ctrl+space'], check=True)
        room.until('slam1.state', 'normal')
        assert room.history('slam1.state') == [('alarm-occurred', server), ('alarm-cleared', server),
                                               ('alarm-acknowledged', 'Ivanova')], room.history('slam1.state')


def by_gdpctl():
    """gdpctl acknowledges with a comment, the console shows it, and a later escalation is a new occurrence"""
    with Stage(BUILD, 'ctl', store=cluster.store()) as stage:
        room = Room(stage)
        room.wired.analog('outlet1', 10.9)          # 0.25875 MPa: below L
        first = room.until('outlet1.low', 'unacked')
        stage.run('gdpctl', '--store', stage.store, '--user', 'Petrov', 'ack', f'{SITE}/outlet1.low',
                  '--comment', 'crew sent')
        acked = room.until('outlet1.low', 'acked')
        assert (acked['acked_by'], acked['comment']) == ('Petrov', 'crew sent'), acked
        stage.wait('the console shows who', lambda: room.screen.shows('Petrov'))
        room.wired.analog('outlet1', 8)             # 0.15 MPa: below LL
        second = room.until('outlet1.low', 'unacked')
        assert second['occurrence'] == first['occurrence'] + 1 and second['level'] == 'LL', second
        refused = stage.run('gdpctl', '--store', stage.store, 'ack', f'{SITE}/nothing.low', check=False)
        assert refused.returncode == 1 and 'nothing.low' in refused.stderr, refused
        assert [event for event, _ in room.history('outlet1.low')] == [
            'alarm-occurred', 'alarm-acknowledged', 'alarm-escalated'], room.history('outlet1.low')


tap.run(by_mouse, by_key, by_gdpctl)
