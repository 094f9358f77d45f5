#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test-server-spool.py BUILD — PostgreSQL goes away for longer than a hiccup: the server goes on in its spool, is killed
there, and what happened meanwhile is in the store once, with its own times, when that is back."""
import contextlib
import datetime
import os
import re
import signal
import sqlite3
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, '..'), os.path.join(HERE, '..', 'e2e'), os.path.join(HERE, '..', '..', 'app')]
import cluster  # noqa: E402
import plant    # noqa: E402
import tap      # noqa: E402
from stage import Stage  # noqa: E402

BUILD = sys.argv[1]
SITE = plant.SITE


class Room:
    """A plant on Modbus TCP and a server with a spool."""

    def __init__(self, stage, own):
        self.stage, self.own, self.wired = stage, own, plant.Tcp(stage)
        self.spool, self.config = f'{stage.folder}/spool.db', f'{stage.folder}/server.conf'
        with open(self.config, 'w', encoding='utf-8') as file:
            file.write(f'[store]\nspool={self.spool}\n')
        self.wired.plug()
        stage.run('gdpctl', '--store', stage.store, 'import', self.wired.document())
        self.serve()
        stage.wait('good points', lambda: sum(v['quality'] == 'good' for v in stage.ctl('live')) == 16)
        stage.wait('the copy to begin from', lambda: self.ask('SELECT count(*) FROM link') > 0)

    def serve(self):
        self.stage.server('--config', self.config, '--sessions-listen', f'127.0.0.1:{self.wired.sessions}', '--name', 'west')

    def end_server(self, how):
        assert self.stage.stop('server', how) == (0 if how == signal.SIGTERM else -how)

    def ask(self, question):
        """The spool."""
        with contextlib.closing(sqlite3.connect(f'file:{self.spool}?mode=ro', uri=True, timeout=10)) as spool:
            return spool.execute(question).fetchone()[0]

    def waiting(self):
        """Batches."""
        return self.ask('SELECT count(*) FROM spool')

    def kept(self, word, times=1):
        """Until something that names @word is in the spool."""
        def look():
            with contextlib.closing(sqlite3.connect(f'file:{self.spool}?mode=ro', uri=True, timeout=10)) as spool:
                return sum(word.encode() in batch for batch, in spool.execute('SELECT batch FROM spool')) >= times
        self.stage.wait(f'{word} is in the spool', look)

    def sql(self, text):
        try:
            return cluster.sql(self.stage.store, text)
        except cluster.Failed:
            return ''

    def said_of_store(self):
        return self.sql("SELECT text FROM journal WHERE text LIKE 'store: %' ORDER BY seq").splitlines()

    def occurred(self, alarm):
        return self.sql(f"SELECT occurred FROM journal WHERE object = '{SITE}/{alarm}' AND kind = 'alarm-occurred'").split()

    def readings(self, point, value):
        """How many of that value: the plant is told each value once, so it is read as news once."""
        return self.sql(f"SELECT count(*) FROM sample JOIN point ON point.key = sample.point "
                        f"WHERE point.id = '{SITE}/{point}' AND abs (value - {value}) < 0.001")

    def lose(self):
        """PostgreSQL dies; returns when the server has gone over to its spool. µs since when it was away."""
        self.own.order('kill')
        lost = time.time_ns() // 1000
        self.wired.analog('tgas', 12)      # 0 °C
        self.stage.wait('something waits in the spool', lambda: self.waiting() > 0)
        return lost

    def lost(self):
        """What the journal says of runs of the server that were lost."""
        return self.sql("SELECT text FROM journal WHERE kind = 'server-lost' ORDER BY seq").splitlines()

    def whole(self):
        assert 'chain ok' in self.stage.run('gdpctl', '--store', self.stage.store, 'verify').stdout
        doubled = self.sql('SELECT point, time, value, reason, count(*) FROM sample GROUP BY 1, 2, 3, 4 HAVING count(*) > 1')
        assert doubled == '', doubled


@contextlib.contextmanager
def room(name):
    with cluster.Cluster() as own, Stage(BUILD, name, store=cluster.database(own.uri)) as stage:
        yield Room(stage, own)


def outage():
    """what happens while PostgreSQL is away is there when it is back, with the times when it happened"""
    with room('outage') as it:
        lost = it.lose()
        it.wired.discrete('door2', 1)
        it.kept('door2.state')
        back = time.time_ns() // 1000
        log = it.stage.log('server')
        assert f'store: goes on in the spool {it.spool}' in log and 'store: works again' not in log, log
        it.own.order('start')
        it.stage.wait('nothing waits any more', lambda: it.waiting() == 0)
        times = it.occurred('door2.state')
        assert len(times) == 1 and lost <= int(times[0]) < back, (lost, times, back)
        assert it.readings('tgas', 0) == '1'
        it.wired.analog('tgas', 20)        # 50 °C
        it.stage.wait('the server goes on in the store', lambda: it.readings('tgas', 50) == '1')
        it.stage.wait('the journal says so', lambda: it.said_of_store()[-1:] == ['store: works again'])
        said = it.said_of_store()
        assert said[-2] == f'store: goes on in the spool {it.spool}' and said.count('store: works again') == 1, said
        it.whole()


def begun_apart():
    """a server that is started while PostgreSQL is away serves its links from the copy in its spool, then goes on in the store"""
    with room('apart') as it:
        lost = it.lose()
        it.end_server(signal.SIGTERM)
        it.serve()
        it.wired.discrete('door2', 1)
        it.kept('door2.state')
        back = time.time_ns() // 1000
        assert 'begun from the copy' in it.stage.log('server')
        it.own.order('start')
        it.stage.wait('nothing waits any more', lambda: it.waiting() == 0)
        times = it.occurred('door2.state')
        assert len(times) == 1 and lost <= int(times[0]) < back, (lost, times, back)
        it.stage.wait('the server says what it is', lambda: [
            (s['state'], s['spooled']) for s in it.stage.ctl('servers')] == [('running', 0)])
        it.wired.discrete('door1', 1)
        it.stage.wait('it goes on in the store', lambda: len(it.occurred('door1.state')) == 1)
        it.stage.run('gdpctl', '--store', it.stage.store, 'ack', f'{SITE}/door1.state', '--user', 'anna')
        acked = it.sql("SELECT count(*) FROM journal WHERE kind = 'alarm-acknowledged'")
        assert acked == '1', acked
        assert it.lost() == [], it.lost()
        it.whole()


def family(process):
    """Process ids of @process and all that it started."""
    with open(f'/proc/{process}/task/{process}/children', encoding='utf-8') as file:
        return [process, *(each for child in file.read().split() for each in family(int(child)))]


def frozen():
    """a database that takes what it is sent and answers nothing is as good as gone; it goes on when that does"""
    with room('frozen') as it:
        with open(f'{it.own.folder}/primary/postmaster.pid', encoding='utf-8') as file:
            first = int(file.readline())
        stopped = family(first)
        for process in stopped:
            os.kill(process, signal.SIGSTOP)
        try:
            it.wired.discrete('door2', 1)
            it.kept('door2.state')
        finally:
            for process in stopped:
                with contextlib.suppress(ProcessLookupError):   # the first to go on may have ended others
                    os.kill(process, signal.SIGCONT)
        it.stage.wait('nothing waits any more', lambda: it.waiting() == 0)
        assert len(it.occurred('door2.state')) == 1
        it.wired.analog('tgas', 20)
        it.stage.wait('the server goes on in the store', lambda: it.readings('tgas', 50) == '1')
        it.whole()


def without_a_copy():
    """a server that has no copy yet says what is wrong, and ends"""
    with cluster.Cluster() as own, Stage(BUILD, 'no-copy', store=cluster.database(own.uri)) as stage:
        own.order('kill')
        with open(f'{stage.folder}/server.conf', 'w', encoding='utf-8') as file:
            file.write(f'[store]\nspool={stage.folder}/spool.db\n')
        done = stage.run('gdp-server', '--store', stage.store, '--config', f'{stage.folder}/server.conf', check=False)
        assert done.returncode == 1 and 'there is no copy of the configuration in' in done.stderr, (done.returncode, done.stderr)
        assert 'PostgreSQL' in done.stderr.splitlines()[-1], done.stderr


def killed():
    """a server killed in the outage has acknowledged nothing that is not there in the end"""
    with room('killed') as it:
        it.lose()
        it.wired.discrete('door2', 1)
        it.kept('door2.state')
        waited = it.waiting()
        it.end_server(signal.SIGKILL)
        assert it.waiting() >= waited > 0
        it.own.order('start')
        it.stage.wait('PostgreSQL answers', lambda: it.sql('SELECT 1') == '1')
        it.serve()
        it.stage.wait('nothing waits any more', lambda: it.waiting() == 0)
        it.stage.wait('the server is there', lambda: any(s['server'] == 'west' for s in it.stage.ctl('servers')))
        assert len(it.occurred('door2.state')) == 1
        it.stage.wait('the journal says that it was lost', lambda: len(it.lost()) == 1)
        it.whole()


def killed_and_begun_apart():
    """a server killed in the outage and started again in it says so, with its process and its last sign of life; one that ended in
    order is not said to be lost, whether it is started in the outage or after"""
    with room('lost') as it:
        it.lose()
        pid = it.stage.running['server'].pid
        it.wired.discrete('door2', 1)
        it.kept('door2.state')
        alive = time.time()
        it.end_server(signal.SIGKILL)
        for start in (1, 2):
            it.serve()
            it.kept('version ', start)
            it.end_server(signal.SIGTERM)
        it.own.order('start')
        it.stage.wait('PostgreSQL answers', lambda: it.sql('SELECT 1') == '1')
        it.serve()
        it.stage.wait('the server is there', lambda: [s['state'] for s in it.stage.ctl('servers')] == ['running'])
        lives = ['started', 'lost', 'started', 'stopped', 'started', 'stopped', 'started']
        it.stage.wait('the journal tells its lives', lambda: it.sql(
            "SELECT kind FROM journal WHERE kind LIKE 'server-%' ORDER BY seq").split() == [f'server-{each}' for each in lives])
        said, = it.lost()
        last = re.fullmatch(f'process {pid} ended without a word; last sign of life (.+)Z', said)
        assert last and abs(datetime.datetime.fromisoformat(f'{last[1]}+00:00').timestamp() - alive) < 60, (said, alive)
        it.whole()


def one_server_a_spool():
    """a second server of a spool, begun by mistake, says so and ends, and the store does not hear of it; the first goes on"""
    def refused():
        done = it.stage.run('gdp-server', '--store', it.stage.store, '--config', it.config, '--sessions-listen', 'off', '--name', 'east',
                            check=False)
        assert done.returncode == 1 and 'another server goes on with the spool' in done.stderr.splitlines()[-1], done

    with room('two') as it:
        refused()
        assert it.sql("SELECT count(*) FROM server WHERE name = 'east'") == '0'
        it.lose()
        refused()
        it.wired.discrete('door2', 1)
        it.kept('door2.state')
        it.own.order('start')
        it.stage.wait('nothing waits any more', lambda: it.waiting() == 0)
        assert len(it.occurred('door2.state')) == 1
        it.whole()


tap.run(outage, frozen, begun_apart, without_a_copy, killed, killed_and_begun_apart, one_server_a_spool)
