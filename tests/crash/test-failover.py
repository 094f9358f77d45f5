#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test-failover.py BUILD [CASE…] — the PostgreSQL primary is killed and its synchronous standby promoted while two servers
store what a town of units delivers: everything that a unit was told to be stored is there, once, and dispatching goes on."""
import contextlib
import os
import sqlite3
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, '..', 'e2e'), os.path.join(HERE, '..'), os.path.join(HERE, '..', '..', 'app')]
import cluster                                        # noqa: E402
import tap                                            # noqa: E402
from played import UNITS, Played, stored_rows         # noqa: E402
from stage import Screen, Stage                       # noqa: E402

BUILD = sys.argv[1]


class Pair(cluster.Cluster):
    """With a standby that every durable commit waits for, as README has it; both in the URI."""

    def __init__(self):
        super().__init__()
        primary, ports = self.uri, [uri.partition('port=')[2] for uri in (self.uri, self.order('standby'))]
        cluster.sql(primary, "ALTER SYSTEM SET synchronous_standby_names = '*'")
        cluster.sql(primary, 'SELECT pg_reload_conf()')
        self.uri = (f'postgresql://postgres@/?host={self.folder},{self.folder}&port={",".join(ports)}'
                    '&target_session_attrs=read-write')
        self.is_synchronous = lambda: cluster.sql(primary, 'SELECT sync_state FROM pg_stat_replication') == 'sync'


class Town(Played):
    """Two servers on one port, each for half of the units."""
    servers = ('east', 'west')


class Spooling(Town):
    def more(self, name):
        return f'[store]\nspool={self.spool(name)}\n'

    def spool(self, name):
        return f'{self.stage.folder}/{name}.spool'

    def waiting(self, name):
        with contextlib.closing(sqlite3.connect(f'file:{self.spool(name)}?mode=ro', uri=True, timeout=10)) as spool:
            return spool.execute('SELECT count(*) FROM spool').fetchone()[0]

    def settle(self):
        """A server that ends keeps what waits in its spool for its next start."""
        for name in self.servers:
            self.stage.wait(f'nothing waits in the spool of {name}', lambda: self.waiting(name) == 0)


def ctl(stage, *words):
    """Nothing while the store cannot be reached."""
    done = stage.run('gdpctl', '--store', stage.store, '--json', *words, check=False)
    return done.stdout if done.returncode == 0 else ''


def rows(stage):
    try:
        return stored_rows(stage)
    except cluster.Failed:
        return 0


def fail_over(name, kind, away):
    """@away: seconds that there is no primary."""
    with Pair() as own, Stage(BUILD, name, store=cluster.database(own.uri)) as stage:
        stage.wait('the standby is synchronous', own.is_synchronous)
        town = kind(stage)
        screen = Screen(stage.start('console', 'gdp-console', '--store', stage.store, '--page', 'alarms'))
        stage.wait('the console is live', lambda: screen.shows('♥ live'))
        before = rows(stage)
        town.wait_rows(before + UNITS)                # under way
        own.order('kill')
        killed, acknowledged = time.monotonic(), rows(stage)
        stage.wait('the console says so', lambda: screen.shows('store lost'))
        stage.wait('so long is the store away', lambda: time.monotonic() - killed >= away)
        own.order('promote')
        promoted, before = time.monotonic(), rows(stage)
        assert before > 0 and acknowledged == 0
        stage.wait('rows are stored again', lambda: rows(stage) > before)
        stored = time.monotonic()
        stage.wait('the console is live again', lambda: screen.shows('♥ live'))
        shown = time.monotonic()
        print(f'# {name}: primary away for {promoted - killed:.1f} s; then stored again after {stored - promoted:.1f} s, '
              f'shown live after {shown - promoted:.1f} s', flush=True)
        stage.wait('both servers are there', lambda: ctl(stage, 'servers').count('"running"') == 2)
        town.wait_rows(max(rows(stage) + UNITS, 7 * UNITS))
        town.prove()


def without_spool():
    """the standby takes over: what was acknowledged is there once, servers and console go on by themselves"""
    fail_over('plain', Town, 0)


def with_spool():
    """likewise with spools, after a longer time without any primary"""
    fail_over('spool', Spooling, 20)


ALL = (without_spool, with_spool)
tap.run(*[case for case in ALL if len(sys.argv) < 3 or case.__name__ in sys.argv[2:]])
