#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test-floods.py BUILD [CASE…] — incidents and floods by gdpctl, with a real server and a slave that nobody here wrote: what
came first and what it brought about, before and after a restart; a door that chatters; a flood that is told once."""
import contextlib
import json
import os
import signal
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, *folder) for folder in (('..', 'e2e'), ('..', '..', 'app'), ('..',))]
import cluster  # noqa: E402
import plant    # noqa: E402
import tap      # noqa: E402
from stage import Stage  # noqa: E402

BUILD = sys.argv[1]
SITE = plant.SITE
SLAM, OUTLET, DOOR, MAINS = (f'{SITE}/{name}' for name in ('slam1.state', 'outlet1.low', 'door1.state', 'mains.state'))


class Room:
    """A plant whose outlet steps to its alarm with two limits, and a server that reads it."""

    def __init__(self, stage):
        self.stage, self.wired = stage, plant.Tcp(stage)
        self.wired.plug()
        path = f'{stage.folder}/passport.json'
        with open(path, 'w', encoding='utf-8') as file:
            json.dump(plant.passport(self.wired.link), file)
        stage.run('gdpctl', '--store', stage.store, 'import', path)
        self.wired.discrete('mains', 1)
        for number in range(8):
            self.wired.slave.set('ir', plant.UNIT, number, 12000)
        for tag, current in (('ch4', 4.2), ('dp1', 5), ('battery', 16)):
            self.wired.analog(tag, current)
        self.server()
        self.stage.wait('good points', lambda: sum(v['quality'] == 'good' for v in self.stage.ctl('live')) == 16, 60)

    def server(self):
        self.stage.server('--sessions-listen', f'127.0.0.1:{self.wired.sessions}')

    def alarm(self, alarm):
        rows = self.stage.ctl('alarms', '--state', 'all')
        for row in rows:   # nobody is owed anything by what is normal, and the words say the same as the truths
            assert row['acked'] == (row['state'] in ('acked', 'normal', 'latched')), row
            assert row['active'] == (row['state'] in ('acked', 'unacked')), row
        return next((a for a in rows if a['alarm'] == alarm), None)

    def until(self, alarm, state, level=None):
        def look():
            found = self.alarm(alarm)
            return found if found and found['state'] == state and level in (None, found['level']) else None
        return self.stage.wait(f'{alarm} {state} {level or ""}', look, 30)

    def incidents(self, *words):
        """(alarm, first-out, cause) as they are told."""
        return [(row['alarm'], row['first_out'], row['cause']) for row in self.stage.ctl('incidents', *words)]

    def text(self, *words):
        done = self.stage.run('gdpctl', '--store', self.stage.store, *words, check=False, within=60)
        assert done.returncode == 0, (words, done.stdout, done.stderr)
        return done.stdout + done.stderr

    def flap(self, times):
        """The door, so that the server sees each; how often it is open by then."""
        before = (self.alarm(DOOR) or {'occurrence': 0})['occurrence']
        for number in range(times):
            self.wired.discrete('door1', 1)
            self.stage.wait(f'opening {number}', lambda: (self.alarm(DOOR) or {'occurrence': 0})['occurrence'] == before + number + 1, 30)
            self.wired.discrete('door1', 0)
            self.stage.wait(f'closing {number}', lambda: not self.alarm(DOOR)['active'], 30)

    def floods(self):
        return [r['event'] for r in self.stage.ctl('journal', '--limit', '1000') if r['event'].startswith('flood')][::-1]


@contextlib.contextmanager
def room(name):
    with Stage(BUILD, name, store=cluster.store()) as stage:
        yield Room(stage)


def first_out():
    """a slam-shut that closes is told before the pressure that it lowers, though that escalates later, and after a restart"""
    with room('first_out') as it:
        assert it.incidents() == []
        it.wired.discrete('slam1', 1)
        it.until(SLAM, 'unacked')
        it.wired.analog('outlet1', 10.5)    # 0.244 MPa: L
        it.until(OUTLET, 'unacked', 'L')
        it.wired.analog('outlet1', 8.5)     # 0.169 MPa: LL
        it.until(OUTLET, 'unacked', 'LL')
        it.wired.discrete('door1', 1)       # somebody looks
        it.until(DOOR, 'unacked')
        wanted = [(SLAM, True, None), (OUTLET, False, SLAM), (DOOR, False, None)]
        assert it.incidents() == wanted, it.incidents()
        assert it.incidents(SITE) == wanted
        low = it.alarm(OUTLET)
        assert (low['times'], low['occurrence']) == (1, 2), low   # it escalated, and occurred once
        # the slam-shut chatters: its last occurrence is now the latest of all
        it.wired.discrete('slam1', 0)
        it.until(SLAM, 'rtn-unacked')
        it.wired.discrete('slam1', 1)
        again = it.until(SLAM, 'unacked')
        assert again['occurred'] > it.alarm(DOOR)['occurred'], again
        assert it.incidents() == wanted, it.incidents()
        before = it.stage.ctl('incidents')
        it.stage.stop('server', signal.SIGKILL)
        assert it.stage.ctl('incidents') == before
        it.server()
        it.stage.wait('the server', lambda: sum(v['quality'] == 'good' for v in it.stage.ctl('live')) == 16, 60)
        assert it.stage.ctl('incidents') == before, (before, it.stage.ctl('incidents'))
        shown = it.text('incidents')
        assert 'first-out' in shown and '→' in shown, shown
        done = it.stage.run('gdpctl', '--store', it.stage.store, 'incidents', 'GDP-999', check=False, within=60)
        assert done.returncode == 1 and 'GDP-999' in done.stderr, done
        done = it.stage.run('gdpctl', '--store', it.stage.store, 'incidents', SITE, 'GDP-999', check=False, within=60)
        assert done.returncode == 2 and done.stdout == '' and 'one site' in done.stderr, done   # not half of what was asked
        assert it.incidents('--since', '1h') == wanted, it.incidents('--since', '1h')
        # it is over: nothing is told of now, the same of then
        it.wired.discrete('slam1', 0)
        it.wired.discrete('door1', 0)
        it.wired.analog('outlet1', 12)
        for alarm in (SLAM, OUTLET, DOOR):
            it.stage.wait(f'{alarm} over', lambda: not it.alarm(alarm)['active'], 30)
            it.stage.run('gdpctl', '--store', it.stage.store, 'ack', alarm, within=60)
            it.until(alarm, 'normal')
        assert it.incidents() == []
        assert it.incidents('--since', '1h') == wanted, it.incidents('--since', '1h')
        past = it.stage.ctl('incidents', SITE, '--since', '1h')
        assert [(row['incident'], row['began']) for row in past] == [(row['incident'], row['began']) for row in before], (past, before)
        assert all(row['state'] == 'normal' and row['cleared'] > row['began'] for row in past), past
        assert past[0]['occurrences'] == 2, past
        # as it was in the midst of it: the door was not open yet
        half = it.incidents('--since', '1h', '--until', next(row['began'] for row in past if row['alarm'] == DOOR))
        assert half == wanted[:2], half
        assert it.incidents('--until', past[0]['began']) == []
        assert 'first-out' in it.text('incidents', '--since', '1h')


def flood():
    """a door that chatters is one row that says so; the eleventh alarm begins a flood, told once, also through a restart"""
    with room('flood') as it:
        it.flap(3)
        row = it.alarm(DOOR)
        assert row['chattered'] == 3 and row['first'] <= row['chatters_since'] < row['occurred'], row
        assert 'chatters: 3 since' in it.text('alarms')
        assert it.floods() == []
        assert row['flood_since'] is None and row['flood_count'] == 0, row
        it.flap(8)
        assert it.alarm(DOOR)['chattered'] >= 3
        for number, (tag, *_) in enumerate(plant.ANALOG, 2):
            assert it.floods() == [], number
            it.wired.analog(tag, 0)             # its wire breaks
            it.until(f'{SITE}/{tag}.fault', 'unacked')
        it.wired.discrete('slam1', 1)
        it.until(SLAM, 'unacked')
        assert it.floods() == []                # ten, of which one eleven times
        it.wired.discrete('mains', 0)
        it.stage.wait('a flood', it.floods, 30)
        assert 'flood of alarms' in it.text('alarms'), it.text('alarms')
        said = it.stage.run('gdpctl', '--store', it.stage.store, '--json', 'alarms', within=60)
        rows = [json.loads(line) for line in said.stdout.splitlines()]   # programs are told in the rows
        assert said.stderr == '' and rows and all(row['flood_since'] and row['flood_count'] == 11 for row in rows), said
        it.stage.stop('server')
        it.server()
        it.flap(2)
        seen = it.stage.ctl('servers')[0]['heartbeat']
        it.stage.wait('some looks', lambda: it.stage.ctl('servers')[0]['heartbeat'][:19] > seen[:18] + '9', 30)
        assert it.floods() == ['flood-began'], it.floods()
        occurrences = [r for r in it.stage.ctl('journal', '--limit', '1000') if r['object'] == DOOR and r['event'] in ('alarm-occurred', 'alarm-recurred')]
        assert len(occurrences) == it.alarm(DOOR)['occurrence'] == 13, (len(occurrences), it.alarm(DOOR))
        assert 'chain ok' in it.text('verify')


CASES = [first_out, flood]
tap.run(*[case for case in CASES if not sys.argv[2:] or case.__name__ in sys.argv[2:]])
