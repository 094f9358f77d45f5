# SPDX-License-Identifier: GPL-3.0-or-later
"""test-postgres-kill.py BUILD COMMIT-AND-SEAL STEPS — PostgreSQL is killed at any moment, as a whole and single processes of it,
while units deliver, hours are sealed and schemas are made: what was acknowledged is in the store, once."""
import os
import random
import signal
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, '..', 'e2e'), os.path.join(HERE, '..'), os.path.join(HERE, '..', '..', 'app')]
import cluster                          # noqa: E402
import plant                            # noqa: E402
import proxy                            # noqa: E402
import tap                              # noqa: E402
from patience import wait_for           # noqa: E402
from played import UNITS, Played, ask, stored_rows     # noqa: E402
from stage import Stage                 # noqa: E402

BUILD, WRITER, STEPS = sys.argv[1:]
SEED = int(os.environ.get('GDP_TEST_SEED', time.time_ns() % 10**6))
chance = random.Random(SEED)
print(f'# seed {SEED} (GDP_TEST_SEED)', flush=True)
# What a host that loses its power keeps is what was flushed: the cluster must do that as in real life.
SAFE = "SELECT string_agg(name || '=' || setting, ' ' ORDER BY name) FROM pg_settings" \
       " WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit')"


def processes(uri):
    """Of PostgreSQL that work for programs on the database."""
    return [int(pid) for pid in cluster.sql(uri, "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND backend_type = 'client backend'").split()]


def kill_all(own, _):
    own.order('kill')
    own.order('start')


def kill_one(_, uri):
    """The others are ended by the postmaster then, which begins anew by itself."""
    found = processes(uri)
    if found:
        os.kill(chance.choice(found), signal.SIGKILL)


def cut_all(_, uri):
    """As an administrator does: whatever they are at is undone."""
    cluster.sql(uri, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
                     " AND pid <> pg_backend_pid()")


def restart(own, _):
    own.order('stop')
    own.order('start')


def answers(uri, question='SELECT 1'):
    """None while it is in recovery, or has not got so far."""
    try:
        return cluster.sql(uri, question)
    except cluster.Failed:
        return None


def harm(own, uri, times, longest, between=lambda: None):
    """Does one of these at any moment, @times times; afterwards it runs."""
    done = []
    for _ in range(times):
        time.sleep(chance.uniform(0, longest))      # any moment
        one = chance.choice((kill_all, kill_all, kill_one, kill_one, cut_all, restart))
        wait_for('the database answers', lambda: answers(uri))
        one(own, uri)
        done.append(one.__name__)
        wait_for('the database answers', lambda: answers(uri))
        between()
    print(f'# {" ".join(done)}', flush=True)


# -- units and slaves ---------------------------------------------------------------------------


def follow_alarms(stage, seen, stop):
    """What anybody is shown counts as said: {alarm: occurrences}."""
    while not stop.is_set():
        try:
            for alarm in stage.ctl('alarms', '--state', 'all', check=False):
                seen[alarm['alarm']] = max(seen.get(alarm['alarm'], 0), alarm.get('occurrence') or 0)
        except ValueError:      # cut off in a line
            pass
        stop.wait(0.1)


def occurred(stage):
    rows = ask(stage, "SELECT object, count(*) FROM journal WHERE kind IN ('alarm-occurred', 'alarm-recurred') GROUP BY 1")
    return dict(rows)


def units():
    """fifty units that call and a slave that is polled: each record that was acknowledged is stored once, each alarm journaled"""
    plant.SITE = 'GDP-900'
    with cluster.Cluster() as own, Stage(BUILD, 'postgres-kill', store=cluster.database(own.uri)) as stage:
        assert cluster.sql(own.uri, SAFE) == 'fsync=on full_page_writes=on synchronous_commit=on'
        slave = plant.Tcp(stage)
        slave.plug()
        stage.run('gdpctl', '--store', stage.store, 'import', slave.document())
        played = Played(stage)
        pid = stage.running['server'].pid
        seen, stop = {}, threading.Event()
        follower = threading.Thread(target=follow_alarms, args=(stage, seen, stop))
        follower.start()
        number = iter(range(10**6))

        def happens():
            """Something that raises or clears an alarm, and readings of all kinds."""
            turn = next(number)
            slave.discrete('door1', turn % 2)
            slave.analog('inlet', 5 + turn % 10)
            before = stored_rows(stage)
            played.wait_rows(before + 1)

        try:
            harm(own, stage.store, 8, 0.5, happens)
            played.wait_rows(max(stored_rows(stage) + UNITS, 6 * UNITS))
        finally:
            stop.set()
            follower.join()
        assert stage.running['server'].pid == pid and stage.running['server'].poll() is None
        doubled = ask(stage, f"SELECT id, s.time, s.delay, count(*) FROM sample s JOIN point p ON p.key = s.point"
                             f" WHERE id LIKE '{plant.SITE}%' GROUP BY 1, 2, 3 HAVING count(*) > 1")
        assert not doubled, doubled
        played.prove()
        told = occurred(stage)
        assert seen and max(seen.values()) >= 2, seen
        missing = {alarm: (times, told.get(alarm)) for alarm, times in seen.items() if told.get(alarm, 0) < times}
        assert not missing, missing
        print(f'# {sum(told.values())} alarms, {stored_rows(stage)} rows of units', flush=True)


# -- batches and hours ----------------------------------------------------------------------------


class Writer:
    """commit-and-seal, and the number it told last."""

    def __init__(self, stage, first):
        log = open(f'{stage.folder}/writer.log', 'ab')
        self.last, self.first = first - 1, first
        self.process = subprocess.Popen([WRITER, stage.store, str(first), f'writer-{first}'], stdout=subprocess.PIPE, stderr=log,
                                        text=True, env=stage.environment)
        log.close()
        self.reader = threading.Thread(target=self.read)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            if line.endswith('\n'):
                self.last = int(line)

    def wait_more(self, n=1):
        than = self.last
        wait_for(f'{n} batches more than {than}', lambda: self.last >= than + n or self.process.poll() is not None)
        assert self.process.poll() is None, self.process.returncode

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.reader.join()
        return self.last


def check(stage, last):
    done = stage.run(WRITER, stage.store, 'check', last, check=False)
    assert done.returncode == 0, (last, done.stderr)
    return int(done.stdout), done.stderr


def batches():
    """batches that are committed and hours that are sealed at the same time: each reading is in history once"""
    with cluster.Cluster() as own, Stage(BUILD, 'postgres-seal', store=cluster.database(own.uri)) as stage:
        n = 0
        for _ in range(2):
            writer = Writer(stage, n + 1)
            try:
                writer.wait_more(20)
                harm(own, stage.store, 6, 0.4, writer.wait_more)
            finally:
                last = writer.kill()
            wait_for('nobody at the database', lambda: not processes(stage.store))
            n, report = check(stage, last)
        print(f'# {n} batches\n# {report.strip()}'.replace('\n', '\n# '), flush=True)
        assert 'damaged: 0' in report and ' 0, with' not in report, report


def another_primary():
    """a standby that lacks the last commits takes over: a reader begins anew, and misses nothing that has their numbers"""
    with cluster.Cluster() as own:
        standby = own.order('standby')
        ports = [uri.partition('port=')[2] for uri in (own.uri, standby)]
        name = cluster.database(own.uri).partition('@/')[2].partition('?')[0]
        both = (f'postgresql://postgres@/{name}?host={own.folder},{own.folder}&port={",".join(ports)}'
                '&target_session_attrs=read-write')
        with Stage(BUILD, 'postgres-standby', store=both) as stage:
            writer = Writer(stage, 1)
            out = open(f'{stage.folder}/told', 'w')
            reader = subprocess.Popen([WRITER, both, 'follow'], stdout=out, env=stage.environment)
            out.close()

            def told():
                """Whole lines."""
                return [line.split(' ', 1) for line in open(f'{stage.folder}/told').read().split('\n')[:-1]] or [['', '']]

            def last_text():
                return cluster.sql(both, 'SELECT text FROM journal ORDER BY seq DESC LIMIT 1')

            try:
                writer.wait_more(5)
                wait_for('the standby follows', lambda: answers(standby.replace('/?', f'/{name}?'), 'SELECT seq FROM meta'))
                cluster.sql(standby, "ALTER SYSTEM SET primary_conninfo = ''")
                cluster.sql(standby, 'SELECT pg_reload_conf()')
                wait_for('it does no more', lambda: cluster.sql(own.uri, 'SELECT count(*) FROM pg_stat_replication') == '0')
                writer.wait_more(5)
                writer.kill()
                wait_for('all is told', lambda: told()[-1][1] == last_text())
                last = last_text()
                reader.send_signal(signal.SIGSTOP)      # it sleeps until the numbers are given again
                own.order('kill')
                own.order('promote')
                lost = int(last) - int(cluster.sql(both, 'SELECT count(*) FROM journal'))
                assert lost >= 5, lost
                writer = Writer(stage, 100000)
                writer.wait_more(lost + 5)
                writer.kill()
                reader.send_signal(signal.SIGCONT)
                wait_for('the last is told', lambda: told()[-1][1] == last_text() or told()[-1][0] == 'whole')
            finally:
                writer.kill()
                reader.kill()
                reader.wait()
            lines = told()
            begun = max(i for i, line in enumerate(lines) if line[0] == 'whole')
            assert begun > 0, 'the reader never began anew'
            known = {int(number): text for number, text in lines[begun + 1:]}
            rows = cluster.sql(both, f'SELECT seq, text FROM journal WHERE seq > {lines[begun][1]} ORDER BY seq').splitlines()
            assert known == {int(row.split('|')[0]): row.split('|')[1] for row in rows}, (lines[begun:], rows)
            print(f'# {lost} batches were lost with the old primary', flush=True)


# -- schemas ----------------------------------------------------------------------------------------


def tables(uri):
    return cluster.sql(uri, "SELECT string_agg(tablename, ' ' ORDER BY tablename) FROM pg_tables WHERE schemaname = 'public'")


def columns(uri):
    return cluster.sql(uri, "SELECT string_agg(table_name || '.' || column_name, ' ' ORDER BY table_name, ordinal_position)"
                            " FROM information_schema.columns WHERE table_schema = 'public'")


def migrations():
    """a schema that is being made, or brought up to date, is the old one or the new one, and a server starts on it"""
    with cluster.Cluster() as own, Stage(BUILD, 'postgres-migrate') as stage:
        newest = int(stage.run(STEPS, 99, check=False).stderr.split()[-1])
        whole = cluster.database(own.uri)
        began = time.monotonic()
        cluster.sql(whole, stage.run(STEPS, newest).stdout)
        length = time.monotonic() - began
        ended = {'old': 0, 'new': 0}
        for turn in range(6):
            uri, older = cluster.database(own.uri), (0, newest - 1, newest // 2)[turn % 3]
            if older:
                cluster.sql(uri, stage.run(STEPS, older).stdout)
            was = columns(uri)
            log = open(f'{stage.folder}/server.log', 'ab')
            server = subprocess.Popen([stage.path('gdp-server'), '--store', uri, '--sessions-listen', 'off'], stdout=log, stderr=log,
                                      env=stage.environment)
            log.close()
            time.sleep(chance.uniform(0.02, 0.1 + length))      # any moment
            own.order('kill')
            server.kill()
            server.wait()
            own.order('start')
            wait_for('the database answers', lambda uri=uri: answers(uri))
            now = columns(uri)
            done = bool(now) and cluster.sql(uri, 'SELECT version FROM store_version') == str(newest)
            assert done or now == was, (older, was, now)
            ended['new' if done else 'old'] += 1
            stage.start('server', 'gdp-server', '--store', uri, '--sessions-listen', 'off')
            stage.wait('a server', lambda uri=uri: answers(uri) and 'store_version' in (tables(uri) or '')
                       and cluster.sql(uri, 'SELECT count(*) FROM server WHERE pid <> 0') == '1')
            stage.stop('server')
            assert cluster.sql(uri, 'SELECT version FROM store_version') == str(newest)
            assert 'chain ok' in stage.run('gdpctl', '--store', uri, 'verify').stdout
        print(f'# {ended}', flush=True)


def in_the_middle_of_a_migration():
    """… also when it is killed while the last step waits for its turn"""
    with cluster.Cluster() as own, Stage(BUILD, 'postgres-middle', store=cluster.database(own.uri)) as stage:
        cluster.sql(stage.store, stage.run(STEPS, 12).stdout)
        was = columns(stage.store)
        # Somebody reads `operator`, which step 13 changes.
        other = subprocess.Popen(['psql', '-XAtqd', stage.store], stdin=subprocess.PIPE, text=True,
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        other.stdin.write('BEGIN; SELECT * FROM operator;\n')
        other.stdin.flush()
        stage.wait('it reads', lambda: cluster.sql(stage.store, "SELECT count(*) FROM pg_locks"
                                                   " WHERE relation = 'operator'::regclass") == '1')
        migrating = subprocess.Popen([stage.path('gdp-server'), '--store', stage.store, '--sessions-listen', 'off'],
                                     stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=stage.environment)
        stage.wait('it waits', lambda: migrating.poll() is not None or cluster.sql(
            stage.store, "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%operator%'") == '1')
        own.order('kill')
        error = migrating.communicate()[1]
        assert migrating.returncode == 1 and len(error.strip().splitlines()) == 1, error
        other.stdin.close()
        other.wait()
        own.order('start')
        assert columns(stage.store) == was
        assert cluster.sql(stage.store, 'SELECT version FROM store_version') == '12'
        stage.server('--sessions-listen', 'off')
        stage.wait('a server', lambda: cluster.sql(stage.store, "SELECT version FROM store_version") != '12')


# -- answers that are lost -----------------------------------------------------------------------------


def lost_answers():
    """a connection that is cut while a commit is under way: whether it was done or not, it is done once"""
    with cluster.Cluster() as own, Stage(BUILD, 'postgres-answers', store=cluster.database(own.uri)) as stage:
        port = own.uri.partition('port=')[2]
        through = proxy.Proxy(f'{own.folder}/.s.PGSQL.{port}', stage.folder,
                              lambda: chance.choice((None, None, None, 'before', 'after')))
        direct, stage.store = stage.store, stage.store.replace(f'host={own.folder}', f'host={stage.folder}')
        writer = Writer(stage, 1)
        try:
            wait_for('commits cut off', lambda: min(through.cut.values()) >= 25 or writer.process.poll() is not None)
        finally:
            last = writer.kill()
        stage.store = direct
        wait_for('nobody at the database', lambda: not processes(stage.store))
        n, _ = check(stage, last)
        print(f'# {n} batches, cut off {through.cut}', flush=True)


def locks():
    """locks that last too long, deadlocks: tried again, and done once"""
    with cluster.Cluster() as own, Stage(BUILD, 'postgres-locks', store=cluster.database(own.uri)) as stage:
        cluster.sql(own.uri, "ALTER SYSTEM SET deadlock_timeout = '400ms'")
        cluster.sql(own.uri, 'SELECT pg_reload_conf()')
        writer = Writer(stage, 1)
        try:
            writer.wait_more(5)
            # The writer has `meta` and wants `sample`; this has it the other way round, and is patient.
            for _ in range(6):
                cluster.sql(stage.store, "SET deadlock_timeout = '30s'; BEGIN; LOCK TABLE sample IN EXCLUSIVE MODE;"
                                         " SELECT pg_sleep(0.2); SELECT 1 FROM meta FOR UPDATE; COMMIT")
                writer.wait_more()
            cluster.sql(stage.store, 'BEGIN; LOCK TABLE meta IN EXCLUSIVE MODE; SELECT pg_sleep(6); COMMIT')   # its patience: 5 s
            writer.wait_more()
        finally:
            last = writer.kill()
        wait_for('nobody at the database', lambda: not processes(stage.store))
        n, _ = check(stage, last)
        said = open(f'{stage.folder}/writer.log').read()
        print(f'# {n} batches; {said.count("deadlock detected")} deadlocks, {said.count("lock timeout")} locks too long', flush=True)
        assert 'deadlock detected' in said and 'lock timeout' in said, said


tap.run(units, batches, another_primary, lost_answers, locks, migrations, in_the_middle_of_a_migration)
