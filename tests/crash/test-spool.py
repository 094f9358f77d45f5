#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test-spool.py BUILD — BBT units call while PostgreSQL is away: they are acknowledged from the server's spool, the server is
killed there and in the middle of forwarding, the spool's disk is full; and every record that a unit was told to be stored is in
PostgreSQL, once.

The small disk is a tmpfs in a mount namespace of this test's own."""
import contextlib
import os
import random
import signal
import sqlite3
import sys
import time

if 'GDP_OWN_MOUNTS' not in os.environ:
    how = ['-m'] if os.geteuid() == 0 else ['-rm']
    os.execvpe('unshare', ['unshare', *how, sys.executable, *sys.argv], dict(os.environ, GDP_OWN_MOUNTS='1'))

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, '..', 'e2e'), os.path.join(HERE, '..'), os.path.join(HERE, '..', '..', 'app')]
import cluster      # noqa: E402
import tap          # noqa: E402
from played import UNITS, Played, ask, stored_rows     # noqa: E402
from stage import Stage     # noqa: E402

BUILD = sys.argv[1]


class Spooled(Played):
    """A town on a database of its own, and a server with a spool."""

    def __init__(self, stage, own, spool, most=4096):
        self.own, self.spool, self.most = own, spool, most
        super().__init__(stage)
        stage.wait('the copy to begin from', lambda: self.ask('SELECT count(*) FROM link')[0][0] == UNITS)

    def start_server(self):
        with open(f'{self.stage.folder}/server.conf', 'r+', encoding='utf-8') as file:
            if '[store]' not in file.read():
                file.write(f'[store]\nspool={self.spool}\nspool-most={self.most}\n')
        super().start_server()

    def ask(self, question):
        """The spool."""
        with contextlib.closing(sqlite3.connect(f'file:{self.spool}?mode=ro', uri=True, timeout=10)) as spool:
            return spool.execute(question).fetchall()

    def waiting(self):
        return self.ask('SELECT count(*) FROM spool')[0][0]

    def acknowledged(self):
        """Rows of units that are in the spool, or were when its copy was made."""
        return self.ask('SELECT coalesce(sum(through), 0) FROM stream_mark WHERE stream = 1')[0][0]

    def wait_acknowledged(self, more):
        least = self.acknowledged() + more
        self.stage.wait(f'{least} rows acknowledged while the store is away', lambda: self.acknowledged() >= least)

    def lose(self):
        self.own.order('kill')
        self.stage.wait('something waits in the spool', lambda: self.waiting() > 0)

    def kill_server(self):
        server = self.stage.running.pop('server')
        server.send_signal(signal.SIGKILL)
        server.wait()

    def come_back(self):
        """Until nothing waits, and the server goes on in the store."""
        self.stage.wait('nothing waits any more', lambda: self.waiting() == 0)
        self.wait_rows(stored_rows(self.stage) + UNITS)


@contextlib.contextmanager
def town(name, disk=None, **options):
    with cluster.Cluster() as own, Stage(BUILD, name, store=cluster.database(own.uri)) as stage:
        os.mkdir(f'{stage.folder}/disk')
        if disk:
            stage.run('mount', '-t', 'tmpfs', '-o', f'size={disk}', 'none', f'{stage.folder}/disk')
            stage.after.callback(stage.run, 'umount', '-l', f'{stage.folder}/disk')
        yield stage, Spooled(stage, own, f'{stage.folder}/disk/spool.db', **options)


def killed():
    """units are acknowledged from the spool, whoever is killed when, and nothing of it is lost or doubled"""
    with town('spool-killed') as (stage, played):
        played.lose()
        played.wait_acknowledged(2 * UNITS)
        played.kill_server()
        played.start_server()
        played.wait_acknowledged(2 * UNITS)
        # What is forwarded goes quickly: it is killed again and again while there is something to forward.
        waited, kills = played.waiting(), 0
        played.own.order('start')
        while kills < 12 and waited > 0:
            stage.wait('it forwards', lambda: played.waiting() != waited)
            time.sleep(random.uniform(0, 0.05))     # some moment or other of its work
            played.kill_server()
            waited, kills = played.waiting(), kills + 1
            played.start_server()
        print(f'# killed {kills} times while forwarding', flush=True)
        played.come_back()
        played.prove()


def full():
    """on a full disk units keep their records; the store is enough for the server to go on, and nothing is lost"""
    with town('spool-full', disk='24m') as (stage, played):
        pid = stage.running['server'].pid
        played.lose()
        played.wait_acknowledged(UNITS)
        with open(f'{stage.folder}/disk/ballast', 'wb', buffering=0) as ballast:
            with contextlib.suppress(OSError):
                while ballast.write(bytes(4096)):
                    pass
        stage.wait('it says so', lambda: 'no space left' in stage.log('server'))
        played.own.order('start')       # the disk stays full: what is in the store is not needed there any more
        played.wait_rows(stored_rows(stage) + 2 * UNITS)
        assert stage.running['server'].pid == pid and stage.running['server'].poll() is None
        os.remove(f'{stage.folder}/disk/ballast')
        played.come_back()
        assert [said for said, in ask(stage, "SELECT text FROM journal WHERE text LIKE 'store: %'")]
        played.prove()


def limited():
    """likewise in a spool that has what it may take"""
    with town('spool-limited', most=1) as (stage, played):
        played.lose()
        stage.wait('it says so', lambda: 'spool-most= is raised' in stage.log('server'))
        size = os.path.getsize(played.spool)
        assert size < 4 << 20, size
        played.own.order('start')
        played.come_back()
        played.prove()


tap.run(killed, full, limited)
