# SPDX-License-Identifier: GPL-3.0-or-later
"""test-backup-postgres.py BUILD STEPS — gdpctl backup, restore, migrate and verify of a store in PostgreSQL, with a server
on it and without. STEPS is store-steps. Needs a cluster: run it under tests/with-postgres."""
import os
import random
import signal
import stat
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, '..'), os.path.join(HERE, '..', '..', 'app'), os.path.join(HERE, '..', 'e2e')]
import cluster                 # noqa: E402
import tap                     # noqa: E402
from patience import PATIENCE  # noqa: E402
from plant import free_port    # noqa: E402
from stage import Stage        # noqa: E402

BUILD, STEPS = sys.argv[1:]
CLUSTER = os.environ['GDP_TEST_POSTGRES']
SEED = int(os.environ.get('GDP_TEST_SEED', time.time_ns() % 10**6))
chance = random.Random(SEED)
print(f'# seed {SEED} (GDP_TEST_SEED)', flush=True)


class Store(Stage):
    """With two sites of a simulator behind a server, that tell something all the time."""

    def __init__(self):
        super().__init__(BUILD, 'backup', store=cluster.database(CLUSTER))
        self.copy = f'{self.folder}/gdp.dump'

    def play(self):
        port, passports = free_port(), f'{self.folder}/passports.json'
        self.start('simulator', 'gdp-sim', '--sites', 2, '--modbus-tcp', port, '--passports', passports)
        self.wait('passports', lambda: os.path.exists(passports))
        self.command('import', passports)
        self.server()
        self.wait('values', self.has_values)

    def has_values(self):
        return [row for row in self.ctl('live') if row['quality'] == 'good']

    def command(self, *words, code=0, store=None, **environment):
        done = self.run('gdpctl', '--store', store or self.store, '--user', 'petrov', *words, check=False, **environment)
        assert done.returncode == code, (words, done)
        return done.stdout + done.stderr

    def sql(self, text, store=None):
        return cluster.sql(store or self.store, text)

    def texts(self):
        return [event.get('text') or '' for event in self.ctl('journal')]

    def hashes(self, where='public', store=None):
        return self.sql(f'SELECT hash FROM {where}.journal ORDER BY seq', store).splitlines()

    def kept(self):
        return self.sql("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'gdp_before_%' ORDER BY 1").splitlines()

    def readings(self, where='public'):
        return int(self.sql(f'SELECT (SELECT count(*) FROM {where}.sample WHERE seq > (SELECT trimmed_seq FROM {where}.meta))'
                            f' + (SELECT coalesce(sum(count), 0) FROM {where}.sample_hour)'))


def copied_while_running():
    """a copy is made while a server commits: whole, of one moment, for its owner alone; nothing is overwritten"""
    with Store() as stage:
        stage.play()
        stage.command('backup', stage.copy)
        assert stat.S_IMODE(os.stat(stage.copy).st_mode) == 0o600
        before = os.stat(stage.copy)
        assert 'nothing is overwritten' in stage.command('backup', stage.copy, code=1)
        assert os.stat(stage.copy) == before
        assert 'cannot' in stage.command('backup', f'{stage.folder}/none/gdp.dump', code=1)
        assert [name for name in os.listdir(stage.folder) if name.startswith('gdp.dump')] == ['gdp.dump']
        # another database, as on a new machine
        other = cluster.database(CLUSTER)
        assert 'gdp_before' not in stage.command('restore', stage.copy, store=other)
        was, now = stage.hashes(store=other), stage.hashes()
        assert len(was) > 1 and now[:len(was) - 1] == was[:-1]     # and one that tells of it
        assert 'chain ok' in stage.command('verify', store=other)
        stage.stop('server')
        stage.start('other', 'gdp-server', '--store', other)
        stage.wait('a server goes on with it', lambda: len(stage.hashes(store=other)) > len(was))


def restored_when_nobody_uses_it():
    """a copy is put back when nobody uses the store, which is kept; the journal tells, and a server goes on"""
    with Store() as stage:
        stage.play()
        stage.command('backup', stage.copy)
        copied = len(stage.texts())
        refusal = stage.command('restore', stage.copy, code=1)
        assert 'gdp-server' in refusal and 'uses it' in refusal, refusal
        stage.stop('server')
        was, readings = stage.hashes(), stage.readings()
        stage.command('restore', stage.copy)
        texts = stage.texts()
        assert texts[0].startswith(f'restored from {stage.copy} by the user ') and stage.ctl('journal')[0]['who'] == 'petrov', texts
        assert len(texts) <= copied + 1 and stage.readings() <= readings
        kept, = stage.kept()
        assert stage.hashes(kept) == was and stage.readings(kept) == readings
        assert 'chain ok' in stage.command('verify')
        stage.server()
        stage.wait('values', stage.has_values)
        stage.wait('more readings', lambda: stage.readings() > readings)
        stage.stop('server')
        # what was kept is no part of the next copy
        second = f'{stage.folder}/second.dump'
        stage.command('backup', second)
        listed = stage.run('pg_restore', '--list', second).stdout
        assert 'TABLE public journal' in listed and 'gdp_before' not in listed
        stage.command('restore', second)
        assert len(stage.kept()) == 2 and 'chain ok' in stage.command('verify')


def what_is_no_copy_is_not_restored():
    """what is missing, foreign, damaged or newer is not restored, and the store stays as it is"""
    with Store() as stage:
        stage.play()
        stage.stop('server')
        stage.command('backup', stage.copy)
        was = stage.command('verify')
        whole = open(stage.copy, 'rb').read()
        foreign, newer = cluster.database(CLUSTER), cluster.database(CLUSTER)
        cluster.sql(foreign, 'CREATE TABLE another (x int)')
        stage.command('restore', stage.copy, store=newer)
        cluster.sql(newer, 'UPDATE store_version SET version = 99')
        wrong = {name: f'{stage.folder}/{name}' for name in ('none', 'cut', 'turned', 'quoted', 'garbage', 'foreign', 'newer')}
        open(wrong['cut'], 'wb').write(whole[:-len(whole) // 3])
        at = len(whole) * 2 // 3
        open(wrong['turned'], 'wb').write(whole[:at] + bytes(byte ^ 0x55 for byte in whole[at:at + 64]) + whole[at + 64:])
        assert b'COPY public.' in whole
        open(wrong['quoted'], 'wb').write(whole.replace(b'COPY public.', b'COPY\x0b\x0c\x0b\x07lic.'))
        open(wrong['garbage'], 'wb').write(b'no dump at all\n' * 100)
        for name, uri in ('foreign', foreign), ('newer', newer):
            stage.run('pg_dump', '--format=custom', '--file', wrong[name], '--dbname', uri)
        says = {'none': 'No such file', 'foreign': "another program's", 'newer': 'newer program', 'garbage': 'pg_restore'}
        for name, path in wrong.items():
            said = stage.command('restore', path, code=1)
            assert says.get(name, '') in said and len(said.strip().splitlines()) == 1, (name, said)
            assert name in ('foreign', 'newer') or 'Nothing was changed' in said, (name, said)
            assert name not in ('cut', 'garbage') or 'this copy is damaged, or none: pg_restore' in said, (name, said)
        assert stage.command('verify') == was and not stage.kept()
        assert "another program's" in stage.command('restore', stage.copy, code=1, store=foreign)
        assert "another program's" in stage.command('backup', f'{stage.folder}/x', code=1, store=foreign)
        assert cluster.sql(foreign, 'SELECT count(*) FROM another') == '0'


def killed_in_the_middle():
    """whoever restores is killed at any moment: the store is the one that was, or all of the copy"""
    with Store() as stage:
        stage.play()
        stage.stop('server')
        stage.command('backup', stage.copy)
        copied = stage.hashes()
        ended = {'old': 0, 'new': 0}
        began = time.monotonic()
        stage.command('restore', stage.copy)
        length = time.monotonic() - began
        for _ in range(6):
            # what tells the two apart
            stage.sql("UPDATE meta SET revision = revision + 1000")
            mark, before = stage.sql('SELECT revision FROM meta'), stage.hashes()
            process = subprocess.Popen([stage.path('gdpctl'), '--store', stage.store, '--user', 'petrov', 'restore', stage.copy],
                                       env=stage.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(chance.uniform(0, length * 1.1))      # any moment
            process.send_signal(signal.SIGKILL)
            process.wait()
            stage.wait('the database has noticed', lambda: stage.sql(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
                " AND backend_type = 'client backend'") == '0')
            now = stage.hashes()
            if stage.sql('SELECT revision FROM meta') == mark:
                assert now == before
                ended['old'] += 1
            else:
                assert now[:len(copied)] == copied and len(now) <= len(copied) + 1
                ended['new'] += 1
            stage.sql(f"UPDATE meta SET revision = {mark}")
            assert 'chain ok' in stage.command('verify')
        print(f'# {ended}', flush=True)


def tools_that_fail():
    """a missing pg_dump, a full disk, a database that is away: each is said in one line; a password is on no command line"""
    with Store() as stage:
        stage.command('import', plant_document(stage))
        said = stage.command('backup', stage.copy, code=1, PATH='/nonexistent')
        assert 'pg_dump is not installed' in said and 'postgresql-client' in said, said
        spy = f'{stage.folder}/bin'
        os.mkdir(spy)
        with open(f'{spy}/pg_dump', 'w') as file:
            file.write(f'#!/bin/sh\necho "$@" > {stage.folder}/arguments\necho "$PGPASSWORD" > {stage.folder}/password\n'
                       'echo "pg_dump: error: could not write: No space left on device" >&2\nexit 1\n')
        os.chmod(f'{spy}/pg_dump', 0o755)
        uri = stage.store.replace('postgres@', 'postgres:geheim@')
        said = stage.command('backup', stage.copy, code=1, store=uri, PATH=f'{spy}:{os.environ["PATH"]}')
        assert said.count('\n') == 1 and 'No space left' in said and 'geheim' not in said, said
        arguments = open(f'{stage.folder}/arguments').read()
        assert 'geheim' not in arguments and "user='postgres'" in arguments, arguments
        assert open(f'{stage.folder}/password').read() == 'geheim\n'
        assert not [name for name in os.listdir(stage.folder) if name.startswith('gdp.dump')]
        gone = f'postgresql://postgres@127.0.0.1:{free_port()}/gdp'
        for words in ('backup', stage.copy), ('restore', stage.copy):
            assert '127.0.0.1' in stage.command(*words, code=1, store=gone)


def plant_document(stage):
    """A passport, of what a simulator plays."""
    path = f'{stage.folder}/passports.json'
    stage.start('simulator', 'gdp-sim', '--sites', 1, '--modbus-tcp', free_port(), '--passports', path)
    stage.wait('passports', lambda: os.path.exists(path))
    stage.stop('simulator')
    return path


def an_older_store_is_copied_before_it_is_changed():
    """a store of an older program is brought up to date by gdpctl migrate after a copy, which can be put back"""
    with Store() as stage:
        newest = int(stage.run(STEPS, 99, check=False).stderr.split()[-1])
        older = newest - 3
        stage.sql(stage.run(STEPS, older).stdout)
        assert 'gdpctl migrate' in stage.command('live', code=1)
        assert 'gdpctl migrate FILE' in stage.command('migrate', code=2)
        assert 'cannot' in stage.command('migrate', f'{stage.folder}/none/x', code=1)
        assert stage.sql('SELECT version FROM store_version') == str(older)
        assert 'brought up to date' in stage.command('migrate', stage.copy)
        assert stage.sql('SELECT version FROM store_version') == str(newest)
        assert stage.sql("SELECT reloptions FROM pg_class WHERE relname = 'sample_year_0'") == '{toast_tuple_target=8160}'
        assert 'up to date' in stage.command('migrate') and 'chain ok' in stage.command('verify')
        stage.command('restore', stage.copy)     # the copy of the older program, brought up to date again
        assert stage.sql('SELECT version FROM store_version') == str(newest)
        assert stage.sql(f'SELECT version FROM {stage.kept()[0]}.store_version') == str(newest)
        assert 'chain ok' in stage.command('verify')


def without_a_superuser():
    """a user in the role that owns the database, as README makes it, can do all this"""
    with cluster.Cluster() as own:
        for text in ('CREATE ROLE gdp', 'CREATE DATABASE gdp OWNER gdp', 'CREATE ROLE west LOGIN IN ROLE gdp',
                     'ALTER ROLE west SET role = gdp'):
            cluster.sql(own.uri, text)
        with Stage(BUILD, 'backup', store=own.uri.replace('postgres@/?', 'west@/gdp?')) as stage:
            copy = f'{stage.folder}/gdp.dump'
            stage.run('gdpctl', '--store', stage.store, 'import', plant_document(stage))
            for words in ('backup', copy), ('restore', copy), ('restore', copy):
                stage.run('gdpctl', '--store', stage.store, *words)
            assert 'chain ok' in stage.run('gdpctl', '--store', stage.store, 'verify').stdout
            assert cluster.sql(stage.store, "SELECT count(*), min(tableowner), max(tableowner) FROM pg_tables"
                               " WHERE tablename = 'journal'") == '3|gdp|gdp'
            for name in cluster.sql(stage.store, "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'gdp_before_%'").split():
                cluster.sql(stage.store, f'DROP SCHEMA {name} CASCADE')


class Room(Stage):
    """A database of its own with the users that README makes: one for a server, one for copies."""

    def __init__(self, own):
        for text in ('CREATE ROLE gdp', 'CREATE DATABASE gdp OWNER gdp', *(line for name in ('west', 'builder') for line in (
                     f'CREATE ROLE {name} LOGIN IN ROLE gdp', f'ALTER ROLE {name} SET role = gdp'))):
            cluster.sql(own.uri, text)
        super().__init__(BUILD, 'room', store=own.uri.replace('postgres@/?', 'west@/gdp?'))
        self.own, self.builder, self.copy = own, self.store.replace('west@', 'builder@'), f'{self.folder}/gdp.dump'
        self.all = own.uri.replace('/?', '/gdp?')
        self.run('gdpctl', '--store', self.store, 'import', plant_document(self))
        self.run('gdpctl', '--store', self.builder, 'backup', self.copy)

    def restore(self):
        done = self.run('gdpctl', '--store', self.builder, 'restore', self.copy, check=False)
        return done.stderr if done.returncode else ''

    def cut_off(self, *names):
        """They stand still, and have no connection any more."""
        for name in names:
            os.killpg(self.running[name].pid, signal.SIGSTOP)
        cluster.sql(self.all, 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()'
                    ' AND pid <> pg_backend_pid()')

    def ended(self, name):
        """Its last words, when it has ended by itself."""
        process = self.running.pop(name)
        assert process.wait(PATIENCE) == 1, name
        return self.log(name).splitlines()[-1]


def others_use_it():
    """no copy is put back while a server works, whoever its user is; one that was cut off meanwhile notices, and ends"""
    with cluster.Cluster() as own, Room(own) as stage:
        stage.server('--name', 'west')
        watch = stage.start('watch', 'gdpctl', '--store', stage.store, 'watch')
        stage.wait('it is there', lambda: [s for s in stage.ctl('servers') if s['state'] == 'running'])
        said = stage.restore()
        assert 'gdp-server of the database' in said and 'user west' in said and 'stop gdp-server on all machines' in said, said
        assert not cluster.sql(stage.all, "SELECT 1 FROM pg_namespace WHERE nspname LIKE 'gdp_before_%'")
        # without a connection, but heard of just now
        stage.cut_off('server', 'watch')
        cluster.sql(stage.all, 'UPDATE server SET heartbeat = heartbeat + 20000000')
        said = stage.restore()
        assert 'server “west” (process ' in said and 'uses it' in said, said
        cluster.sql(stage.all, 'UPDATE server SET heartbeat = heartbeat - 60000000')
        assert stage.restore() == ''
        note = stage.ctl('journal')[0]
        assert note['text'].startswith(f'restored from {stage.copy} by the user '), note
        assert note['text'].endswith(', as builder in the database') and note['who'] == 'builder', note
        assert watch.poll() is None
        for name in 'server', 'watch':
            os.killpg(stage.running[name].pid, signal.SIGCONT)
        for name in 'watch', 'server':
            said = stage.ended(name)
            assert 'the store was replaced, a copy was put back in its place; start this program again' in said, (name, said)
        stage.server('--name', 'west')
        stage.wait('it goes on with the copy', lambda: [s for s in stage.ctl('servers') if s['state'] == 'running'])


def roles_of_the_database():
    """where the database knows its users, it is its owner's user who puts copies back, and makes them; the journal names it"""
    with cluster.Cluster() as own, Room(own) as stage:
        roles = os.path.join(HERE, '..', '..', 'data', 'postgres', 'roles.sql')
        stage.run('psql', '-XAtqd', stage.all, '-v', 'ON_ERROR_STOP=1', '-1', '-f', roles)
        cluster.sql(stage.all, 'CREATE ROLE "Orlov" LOGIN IN ROLE gdp_administrator')
        os.remove(stage.copy)
        stage.run('gdpctl', '--store', stage.builder, 'backup', stage.copy)
        for words in ('restore', stage.copy), ('backup', f'{stage.folder}/his'):
            done = stage.run('gdpctl', '--store', stage.store.replace('west@', 'Orlov@'), *words, check=False)
            assert done.returncode == 1 and 'user Orlov may not' in done.stderr, (words, done.stderr)
            assert 'it takes a user in the role gdp, to whom the store belongs' in done.stderr, done.stderr
        stage.run('gdpctl', '--store', stage.builder, '--user', 'Somebody', 'restore', stage.copy)
        note = stage.ctl('journal')[0]
        assert note['who'] == 'builder', note


def newer_while_it_is_served():
    """a server whose store a newer program has brought up to date says so and ends; so does gdpctl watch"""
    with Store() as stage:
        stage.play()
        stage.start('watch', 'gdpctl', '--store', stage.store, 'watch')
        stage.sql('UPDATE store_version SET version = 99')
        for name in 'server', 'watch':
            process = stage.running.pop(name)
            assert process.wait(PATIENCE) == 1, name
            assert 'newer program (schema 99, this one knows up to' in stage.log(name).splitlines()[-1], stage.log(name)


def damage_is_told():
    """a damaged database: what is damaged, and what can still be read"""
    with cluster.Cluster() as own, Stage(BUILD, 'backup', store=cluster.database(own.uri)) as stage:
        stage.run('gdpctl', '--store', stage.store, 'import', plant_document(stage))
        path = cluster.sql(stage.store, "SELECT pg_relation_filepath('point')")
        own.order('stop')
        with open(f'{own.folder}/primary/{path}', 'r+b') as file:
            file.write(b'\x5a' * 8192)
        own.order('start')
        done = stage.run('gdpctl', '--store', stage.store, 'verify', check=False)
        assert done.returncode == 1 and len(done.stderr.splitlines()) == 1, done
        assert 'restore it from a backup' in done.stderr and 'invalid page' in done.stderr, done.stderr
        assert 'table point: cannot be read' in done.stdout and 'table journal: reads to the end, ' in done.stdout, done.stdout
        done = stage.run('gdpctl', '--store', stage.store, 'backup', f'{stage.folder}/x', check=False)
        assert done.returncode == 1 and 'invalid page' in done.stderr and not os.path.exists(f'{stage.folder}/x'), done


def damaged_hours_are_copied():
    """a store with a damaged hour can be copied all the same, and it is said"""
    with Store() as stage:
        stage.command('import', plant_document(stage))
        stage.sql("INSERT INTO sample_hour (point, hour, count, first, last, sum, held, good, last_reason, worst, block)"
                  " VALUES (1, 480000, 1, 0, 0, 0, 0, 0, 0, 0, '\\x0102')")
        said = stage.command('backup', stage.copy)
        assert 'damaged' in said and '(point 1), 2024-10-04 00:00 UTC' in said, said
        stage.command('restore', stage.copy)
        assert '(point 1), 2024-10-04 00:00 UTC' in stage.command('verify', code=1)


tap.run(copied_while_running, restored_when_nobody_uses_it, what_is_no_copy_is_not_restored, killed_in_the_middle,
        tools_that_fail, an_older_store_is_copied_before_it_is_changed, without_a_superuser,
        damage_is_told, damaged_hours_are_copied,
        others_use_it, roles_of_the_database, newer_while_it_is_served)
