#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test-postgres.py BUILD — a control room on PostgreSQL: a server, consoles and gdpctl on one database, which is
stopped, killed and replaced by its standby while they work."""
import contextlib
import os
import signal
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, '..'), os.path.join(HERE, '..', '..', 'app')]
import cluster  # noqa: E402
import plant    # noqa: E402
import tap      # noqa: E402
from stage import Screen, Stage  # noqa: E402

BUILD = sys.argv[1]
SITE = plant.SITE
PEOPLE = ('Ivanova', 'Petrov')


class Room:
    """A plant on Modbus TCP, a server, and a console at the page of alarms for each of PEOPLE."""

    def __init__(self, stage):
        self.stage, self.wired = stage, plant.Tcp(stage)
        self.wired.plug()
        stage.run('gdpctl', '--store', stage.store, 'import', self.wired.document())
        stage.server('--sessions-listen', f'127.0.0.1:{self.wired.sessions}', '--name', 'west')
        self.screens = {who: Screen(stage.start(f'console-{who}', 'gdp-console', '--store', stage.store, '--page', 'alarms',
                                                '--user', who)) for who in PEOPLE}
        self.shown('Unacknowledged')
        stage.wait('good points', lambda: sum(v['quality'] == 'good' for v in stage.ctl('live')) == 16)

    def shown(self, *words):
        for who, screen in self.screens.items():
            self.stage.wait(f'{who} is shown {words}', lambda screen=screen: screen.shows(*words))

    def ctl(self, *arguments):
        """As stage.ctl; nothing while the store cannot be reached."""
        try:
            return self.stage.ctl(*arguments)
        except Exception:
            return []

    def alarm(self, name, state):
        return self.stage.wait(f'{name} is {state}', lambda: next(
            (a for a in self.ctl('alarms', '--state', 'all') if a['alarm'] == f'{SITE}/{name}' and a['state'] == state), None))

    def value(self, tag, wanted):
        self.stage.wait(f'{tag} is {wanted}', lambda: any(
            v['point'] == f'{SITE}/{tag}' and v['quality'] == 'good' and abs(v['value'] - wanted) < 0.001
            for v in self.ctl('live')))

    def sound(self):
        assert 'chain ok' in self.stage.run('gdpctl', '--store', self.stage.store, 'verify').stdout

    def who_acknowledged(self, name):
        return [r['who'] for r in self.stage.ctl('journal', '--site', SITE)
                if r['object'] == f'{SITE}/{name}' and r['event'] == 'alarm-acknowledged']


@contextlib.contextmanager
def room(name, servers=cluster.Cluster):
    with servers() as own, Stage(BUILD, name, store=cluster.database(own.uri)) as stage:
        yield Room(stage), own


def two_consoles():
    """what one console acknowledges, another shows with who did it"""
    with room('consoles') as (it, _):
        it.wired.discrete('door1', 1)
        it.alarm('door1.state', 'unacked')
        it.shown('Door')
        # Both windows lie at 0, 0: the one on top gets it.
        screen = it.screens['Petrov']
        screen.click(it.stage.wait('the button', lambda: screen.button_of_row('Acknowledge', 'Door')))
        who = it.alarm('door1.state', 'acked')['acked_by']
        other = next(person for person in PEOPLE if person != who)
        it.stage.wait('the other console shows who', lambda: it.screens[other].shows(who))
        assert it.who_acknowledged('door1.state') == [who]
        it.sound()


def same_alarm():
    """of two who acknowledge one alarm at the same moment both learn who was first"""
    with room('both') as (it, _):
        it.wired.discrete('slam1', 1)
        it.alarm('slam1.state', 'unacked')
        server = it.stage.running['server']
        server.send_signal(signal.SIGSTOP)      # both have posted before either is carried out
        try:
            asking = {who: subprocess.Popen([it.stage.path('gdpctl'), '--store', it.stage.store, '--user', who, 'ack',
                                             f'{SITE}/slam1.state'], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL,
                                            text=True, env=it.stage.environment) for who in PEOPLE}
            it.stage.wait('both have posted', lambda: cluster.sql(
                it.stage.store, "SELECT count(*) FROM command WHERE state = 'posted'") == '2')
        finally:
            server.send_signal(signal.SIGCONT)
        told = {who: (process.communicate()[1], process.returncode) for who, process in asking.items()}
        first = it.alarm('slam1.state', 'acked')['acked_by']
        second = next(who for who in PEOPLE if who != first)
        assert told[first] == ('', 0), told
        assert told[second][1] == 1 and first in told[second][0] and len(told[second][0].splitlines()) == 1, told
        it.shown(first)
        assert it.who_acknowledged('slam1.state') == [first]
        it.sound()


def away(it, go, come):
    """The store goes; what happens in the field meanwhile is there when it is back, and nobody had to do anything."""
    go()
    it.shown('store lost')
    it.wired.analog('tgas', 12)                 # 0 °C
    it.wired.discrete('door2', 1)
    come()
    it.value('tgas', 0)
    it.alarm('door2.state', 'unacked')
    it.stage.wait('nobody misses the store', lambda: not any(s.shows('store lost') for s in it.screens.values()))
    it.shown('Door')
    it.stage.run('gdpctl', '--store', it.stage.store, '--user', 'Petrov', 'ack', f'{SITE}/door2.state')
    it.shown('Petrov')
    it.wired.discrete('door2', 0)
    it.alarm('door2.state', 'normal')
    it.sound()


def restarted():
    """PostgreSQL is restarted, and killed: the programs go on by themselves"""
    with room('restart') as (it, own):
        away(it, lambda: own.order('stop'), lambda: own.order('start'))
        it.wired.analog('tgas', 20)
        it.value('tgas', 50)
        away(it, lambda: own.order('kill'), lambda: own.order('start'))


class Pair(cluster.Cluster):
    """With a standby, and both in the URI: whoever writes is the right one."""

    def __init__(self):
        super().__init__()
        ports = [uri.partition('port=')[2] for uri in (self.uri, self.order('standby'))]
        self.uri = (f'postgresql://postgres@/?host={self.folder},{self.folder}&port={",".join(ports)}'
                    '&target_session_attrs=read-write')


def promoted():
    """the standby takes over when the primary is lost: the programs find it by themselves"""
    with room('standby', Pair) as (it, own):
        away(it, lambda: own.order('kill'), lambda: own.order('promote'))
        assert cluster.sql(it.stage.store, 'SELECT pg_is_in_recovery()') == 'f'


def refused(stage, uri, *words, **environment):
    """Both programs say in one line why not, and no password."""
    for program, *rest in (('gdpctl', 'sites'), ('gdp-server', '--sessions-listen', 'off')):
        done = stage.run(program, '--store', uri, *rest, check=False, **environment)
        lines = done.stderr.strip().splitlines()
        assert done.returncode == 1 and len(lines) == 1 and lines[0].startswith(program), (program, uri, done)
        assert all(word in lines[0] for word in words) and 'secret' not in lines[0], (program, uri, done)


def errors():
    """a wrong password, no such database or server, no rights, another program's tables: each is said in one line"""
    with cluster.Cluster() as own, Stage(BUILD, 'refused') as stage:
        port = own.uri.partition('port=')[2]
        cluster.sql(own.uri, "CREATE ROLE olga LOGIN PASSWORD 'right'")
        cluster.sql(own.uri, 'CREATE DATABASE gdp')
        refused(stage, f'postgresql://olga@127.0.0.1:{port}/gdp', 'password', PGPASSWORD='secret')
        refused(stage, f'postgresql://olga:secret@127.0.0.1:{port}/gdp', 'password')
        refused(stage, f'postgresql://olga@127.0.0.1:{port}/gdp', 'password')
        refused(stage, own.uri.replace('/?', '/nothing?'), 'nothing')
        refused(stage, own.uri.replace('/?', '/gdp?').replace('postgres@', 'nobody@'), 'nobody')
        refused(stage, f'postgresql://olga@127.0.0.1:{plant.free_port()}/gdp', '127.0.0.1')
        refused(stage, 'postgresql://olga@/gdp?host=/nonexistent', '/nonexistent')
        refused(stage, 'postgresql://olga@/gdp?hots=x', 'hots')
        stage.run('gdpctl', '--store', f'postgresql://postgres@/gdp?host={own.folder}&port={port}', 'import', plant.Tcp(stage).document())
        refused(stage, f'postgresql://olga@127.0.0.1:{port}/gdp', 'permission denied', PGPASSWORD='right')
        cluster.sql(own.uri.replace('/?', '/gdp?'), 'UPDATE store_version SET version = 99')
        refused(stage, own.uri.replace('/?', '/gdp?'), 'newer program', 'schema 99')
        other = cluster.database(own.uri)
        done = stage.run('gdpctl', '--store', other, 'sites', check=False)      # a server would make a store of it
        assert done.returncode == 1 and 'it is empty, not yet a store' in done.stderr, done
        cluster.sql(other, 'CREATE TABLE another (x int)')
        refused(stage, other, "another program's database", 'check --store')


tap.run(two_consoles, same_alarm, restarted, promoted, errors)
