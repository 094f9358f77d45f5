# SPDX-License-Identifier: GPL-3.0-or-later
"""test-regions.py BUILD — two PostgreSQL clusters: the history of region South is kept in the second one."""
import contextlib
import json
import os
import re
import socket
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, '..'), os.path.join(HERE, '..', '..', 'app')]
import cluster  # noqa: E402
import tap      # noqa: E402
from cluster import sql  # noqa: E402
from stage import Stage  # noqa: E402

os.environ['TZ'] = 'UTC'   # days of history are days of UTC
HOUR = 3600 * 10**6
DAY = 24 * HOUR
TODAY = time.time_ns() // 1000 // DAY * DAY
NORTH, SOUTH = 'GDP-001/inlet', 'GDP-002/inlet'
EVERY = 30 * 10**6
README = os.path.join(HERE, '..', '..', 'README.md')
ROLES = os.path.join(HERE, '..', '..', 'data', 'postgres', 'roles.sql')


def passports():
    """A site in each of the two regions, which nobody answers for."""
    def site(number, region):
        return {'id': f'GDP-00{number}', 'name': region, 'region': region,
                'units': [{'id': 'upmp', 'link': f'tcp-{number}', 'address': 1, 'profile': 'upmp-12.4-a8-8'}],
                'points': [{'id': 'inlet', 'kind': 'inlet-pressure', 'source': 'upmp:ai1', 'unit': 'MPa', 'range': [0, 1.6],
                            'resolution': 0.001}]}

    links = [{'id': f'tcp-{number}', 'kind': 'modbus-tcp', 'host': '127.0.0.1', 'port': 9} for number in (1, 2)]
    return {'format': 'gdp-passport', 'version': 1, 'links': links, 'sites': [site(1, 'North'), site(2, 'South')]}


def by(uri, user):
    return uri.replace('//postgres@', f'//{user}@')


def own(uri):
    """The database is that of the role gdp, in which west is."""
    name = uri.split('?')[0].rsplit('/', 1)[1]
    sql(uri, f'CREATE ROLE gdp; ALTER DATABASE {name} OWNER TO gdp; CREATE ROLE west LOGIN IN ROLE gdp; ALTER ROLE west SET role = gdp')
    return name


class Regions:
    def __init__(self, here, there):
        self.here, self.there = here, there
        self.admin, self.south = cluster.database(here.uri), cluster.database(there.uri)
        self.stage = Stage(sys.argv[1], 'regions', store=by(self.admin, 'west'))
        self.port = self.there.uri.split('port=')[1]
        self.n = 0

    def ask(self, text):
        return sql(self.admin, text)

    def make(self):
        """As the README says it."""
        name = own(self.south)
        self.stage.run('gdpctl', '--store', by(self.south, 'west'), 'migrate')
        sql(self.south, "SELECT gdp_add_shard (1, 'south', 'South'); "
                        "CREATE ROLE front LOGIN IN ROLE gdp PASSWORD 'its'; ALTER ROLE front SET role = gdp")
        own(self.admin)
        self.stage.run('gdpctl', '--store', self.stage.store, 'migrate')
        self.ask('CREATE EXTENSION postgres_fdw SCHEMA pg_catalog; '
                 f"CREATE SERVER south FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '127.0.0.1', port '{self.port}', "
                 f"dbname '{name}'); CREATE USER MAPPING FOR PUBLIC SERVER south OPTIONS (user 'front', password 'its'); "
                 "SELECT gdp_add_remote_shard (1, 'south', 'South')")
        document = f'{self.stage.folder}/passports.json'
        with open(document, 'w', encoding='utf-8') as file:
            json.dump(passports(), file)
        self.stage.ctl('import', document)

    def commit(self, begin, n):
        """Readings of both points, every half minute from @begin on, as an earlier server committed them."""
        self.ask(f'UPDATE meta SET seq = seq + 2 * {n}; '
                 f'INSERT INTO sample SELECT meta.seq - 2 * {n} + row_number () OVER (ORDER BY i, p.key), p.key, '
                 f'{begin} + i::bigint * {EVERY}, 5000, 0.3 + (i % 7) / 1000.0, 0 FROM meta, point p, generate_series (0, {n} - 1) i')
        self.n += n

    def history(self, point, *arguments, store=None, since='150d'):
        """Of what was committed; the server adds that nobody answers."""
        done = self.stage.run('gdpctl', '--store', store or self.stage.store, '--json', 'history', point, '--since', since,
                              *(arguments or ('--raw',)))
        return [row for row in map(json.loads, done.stdout.splitlines()) if arguments or row['quality'] == 'good']

    def sealed(self, shard):
        return int(self.ask(f'SELECT coalesce (sum (count), 0) FROM sample_hour WHERE point >> 32 = {shard} '
                            f'AND last < {TODAY}'))

    def wait_sealed(self, shard, n):
        self.stage.wait(f'{n} of shard {shard} sealed', lambda: self.sealed(shard) == n)

    def trouble(self):
        return self.stage.ctl('servers')[0]['trouble'] or ''

    def ctl(self, *words, user='west', code=0):
        """What gdpctl says to @user."""
        done = self.stage.run('gdpctl', '--store', by(self.admin, user), *words, check=False)
        assert done.returncode == code, (user, words, done)
        return done.stdout + done.stderr

    def key(self, point):
        return int(self.ask(f"SELECT key FROM point WHERE id = '{point}'"))

    def samples(self, point, since, until, user='postgres'):
        """How many good readings gdp_samples () gives."""
        return int(sql(by(self.admin, user), f"SELECT count(*) FROM gdp_samples ('{point}', to_timestamp ({since / 1e6}), "
                                             f"to_timestamp ({until / 1e6})) WHERE quality = 'good'"))

    @staticmethod
    def verified(said):
        """How many readings were found to be sound in sealed hours; the server adds some of its own."""
        return int(re.search('sealed hours: [0-9]+, with ([0-9]+) readings; damaged: 0', said)[1])

    def assert_each_once(self, point, store=None):
        times = [row['time'] for row in self.history(point, store=store)]
        assert len(times) == len(set(times)) == self.n, (point, len(times), len(set(times)), self.n)


@contextlib.contextmanager
def regions():
    with cluster.Cluster() as here, cluster.Cluster() as there:
        it = Regions(here, there)
        with it.stage:
            it.make()
            yield it


def keys():
    """a point's key says in which shard its history is, and stays when its site moves to another region"""
    with regions() as it:
        shards = "SELECT string_agg (id || ' ' || (key >> 32), ',' ORDER BY id) FROM point"
        assert it.ask(shards) == f'{NORTH} 0,{SOUTH} 1', it.ask(shards)
        document = passports()
        document['sites'][1]['region'] = 'North'
        with open(f'{it.stage.folder}/moved.json', 'w', encoding='utf-8') as file:
            json.dump(document, file)
        it.stage.ctl('import', f'{it.stage.folder}/moved.json')
        assert it.ask(shards) == f'{NORTH} 0,{SOUTH} 1', it.ask(shards)


def sealed_here_and_there():
    """hours are sealed where their region's history is, read as before, and whole months of them let go"""
    with regions() as it:
        old, late = TODAY - 100 * DAY, TODAY - 3 * DAY
        it.commit(old, 2 * 2880)
        it.commit(late, 2880 + 100)
        before = {(point, *how): it.history(point, *how)
                  for point in (NORTH, SOUTH) for how in ((), ('--step', '1h'), ('--step', '1d'))}
        assert len(before[NORTH,]) == len(before[SOUTH,]) == it.n
        it.stage.server()
        for shard in (0, 1):
            it.wait_sealed(shard, it.n)
        it.stage.wait('days are packed', lambda: it.ask('SELECT count(*) FROM sample_year') >= '2')
        assert int(sql(it.south, f'SELECT sum (count) FROM sample_hour WHERE last < {TODAY}')) == it.n
        assert it.ask(f'SELECT sum (count) FROM ONLY sample_hour_0_other') == ''
        kept = "SELECT reloptions FROM pg_class WHERE relname = 'sample_year_%d'"    # in their rows
        assert it.ask(kept % 0) == sql(it.south, kept % 1) == '{toast_tuple_target=8160}'
        for (point, *how), was in before.items():
            now = it.history(point, *how)
            if how:
                assert now[:len(was)][:-1] == was[:-1], (point, how)
            else:
                assert [dict(row, seq=None) for row in was] == [dict(row, seq=None) for row in now], (point, how)
        rows = it.ask(f"SELECT count(*) FROM gdp_samples ('{SOUTH}', to_timestamp ({old / 1e6}), to_timestamp ({TODAY / 1e6}))")
        assert int(rows) == it.n, rows
        assert 'damaged: 0' in it.stage.run('gdpctl', '--store', it.stage.store, 'verify').stdout
        it.stage.stop('server')

        months = "SELECT count(*) FROM pg_class WHERE relname ~ '^sample_hour_[01]_[0-9]{6}$' AND relkind = 'r'"
        had = [int(it.ask(months)), int(sql(it.south, months))]
        with open(f'{it.stage.folder}/server.conf', 'w', encoding='utf-8') as file:
            file.write('[history]\nkeep-readings=60\n')
        it.ask('UPDATE sealing SET packed = packed - 1, packing = packing - 1')   # as if it were tomorrow
        it.stage.server('--config', f'{it.stage.folder}/server.conf')
        it.stage.wait('the old months are gone', lambda: [int(it.ask(months)), int(sql(it.south, months))] < had)
        for point in (NORTH, SOUTH):
            it.stage.wait('nothing old is left', lambda point=point: len(it.history(point)) == 2880 + 100)
            assert len([row for row in it.history(point, '--step', '1d') if row['count'] == 2880]) >= 3, 'days stay'


def one_is_away():
    """while a region's database is away its hours wait, the others are sealed, and nothing is lost"""
    with regions() as it:
        it.commit(TODAY - 3 * DAY, 2880)
        it.stage.server('--name', 'west')
        for shard in (0, 1):
            it.wait_sealed(shard, it.n)
        it.stage.stop('server')
        it.there.order('stop')
        it.ask('DELETE FROM sample')                     # what it added itself: of an hour that goes on
        it.commit(TODAY - 2 * DAY, 2 * 2880)
        it.stage.server('--name', 'west')
        it.stage.wait('north is sealed', lambda: it.ask(f'SELECT sum (count) FROM sample_hour_0 WHERE last < {TODAY}') == str(it.n))
        it.stage.wait('the server says so', lambda: 'region south' in it.trouble())
        assert len(it.history(NORTH)) == it.n <= sum(row['count'] for row in it.history(NORTH, '--step', '1h'))
        said = it.ctl('history', SOUTH, '--since', '150d', code=1)
        assert 'server "south"' in said and it.port in said and 'refused' in said, said     # who, where, why
        assert len(it.stage.ctl('live')) == 2

        # What lies here is read: of the region only what is not sealed there.
        since, recent = time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime((TODAY - 2 * DAY) // 10**6)), TODAY - 2 * DAY
        assert len(it.history(SOUTH, since=since)) == it.samples(SOUTH, recent, TODAY) == 2 * 2880
        since = time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime((TODAY - DAY + 3 * HOUR) // 10**6))
        assert sum(row['count'] for row in it.history(SOUTH, '--step', '1h', since=since)) >= 21 * 120
        # The others' rows do not wait for it.
        hot = f'SELECT count(*) FROM sample WHERE time < {TODAY} AND point >> 32 = '
        it.stage.wait('rows of north are gone', lambda: it.ask(f'{hot}0') == '0')
        assert it.ask(f'{hot}1') == str(2 * 2880)

        said = it.ctl('verify', code=1)
        assert it.verified(said) >= it.n, said
        assert 'chain ok' in said and 'region south: not verified: ' in said and 'region south was not verified' in said, said
        copy = f'{it.stage.folder}/gdp.dump'
        said = it.ctl('backup', copy)
        assert 'region south' in said and os.path.getsize(copy) > 10000, said
        it.there.order('start')
        it.wait_sealed(1, it.n)
        it.stage.wait('all is well again', lambda: 'south' not in it.trouble())
        it.stage.wait('no row is left', lambda: it.ask(f'SELECT count(*) FROM sample WHERE time < {TODAY}') == '0')
        for point in (NORTH, SOUTH):
            it.assert_each_once(point)


def between_two_commits():
    """what the other database had committed when this one was killed is there once"""
    with regions() as it:
        it.commit(TODAY - 3 * DAY, 2880)
        # There, a commit of hours waits for a lock; here, everything is killed meanwhile.
        sql(it.south, 'CREATE FUNCTION wait () RETURNS trigger LANGUAGE plpgsql AS '
                      "'BEGIN PERFORM pg_advisory_xact_lock (7); RETURN NULL; END'; "
                      'CREATE CONSTRAINT TRIGGER wait AFTER INSERT ON sample_hour_1 DEFERRABLE INITIALLY DEFERRED '
                      'FOR EACH ROW EXECUTE FUNCTION wait ()')
        holder = it.stage.start('holder', 'psql', '-X', '-d', it.south, '-c',
                                "SELECT pg_advisory_lock (7); SELECT pg_sleep (3600)")
        waits = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted = {}"
        it.stage.wait('the lock is held', lambda: sql(it.south, waits.format('true')) == '1')
        it.stage.server()
        it.stage.wait('a commit waits', lambda: sql(it.south, waits.format('false')) == '1')
        it.here.order('kill')
        it.stage.stop('server')
        it.stage.stop('holder')
        sql(it.south, 'SELECT pg_terminate_backend (pid) FROM pg_locks WHERE locktype = \'advisory\' AND granted '
                      'AND pid <> pg_backend_pid ()')
        it.stage.wait('the commit is made', lambda: sql(it.south, 'SELECT sum (count) FROM sample_hour_1') not in ('', '0'))
        it.here.order('start')
        assert it.ask('SELECT sealed_seq, seal_point FROM sealing WHERE shard = 1').endswith('|0')
        it.assert_each_once(SOUTH)                       # hot here and sealed there
        sql(it.south, 'DROP TRIGGER wait ON sample_hour_1')
        it.stage.server()
        for shard in (0, 1):
            it.wait_sealed(shard, it.n)
        for point in (NORTH, SOUTH):
            it.assert_each_once(point)


def from_a_standby():
    """a hot standby answers what is asked of history, of its own and of another region"""
    with regions() as it:
        it.commit(TODAY - 3 * DAY, 2880)
        it.stage.server()
        for shard in (0, 1):
            it.wait_sealed(shard, it.n)
        it.stage.stop('server')
        second = it.here.order('standby')
        ports = [uri.split('port=')[1] for uri in (it.here.uri, second)]
        both = it.admin.replace(f'host={it.here.folder}&port={ports[0]}',
                                      f'host={it.here.folder},{it.here.folder}&port={",".join(ports)}'
                                      '&target_session_attrs=prefer-standby')
        there = it.admin.replace(f'port={ports[0]}', f'port={ports[1]}')
        at = it.ask('SELECT pg_current_wal_insert_lsn ()')
        it.stage.wait('the standby has it', lambda: sql(there, f"SELECT pg_last_wal_replay_lsn () >= '{at}'") == 't')
        it.here.order('stop')
        for point in (NORTH, SOUTH):
            it.assert_each_once(point, store=both)


def noticed_at_once():
    """that a region's database is away is said before anything is to be sealed there, and that it is back"""
    with regions() as it:
        it.stage.server()
        it.stage.wait('the server runs', lambda: it.stage.ctl('servers'))
        assert 'south' not in it.trouble(), it.trouble()
        it.there.order('stop')
        it.stage.wait('it is missed', lambda: 'region south' in it.trouble() and it.port in it.trouble())
        it.there.order('start')
        it.stage.wait('it is back', lambda: 'south' not in it.trouble())
        assert 'sealing history: works again' in it.stage.log('server')


def roles():
    """who may read history may verify all of it, and whoever has the grants of the README reads all samples"""
    with regions() as it:
        it.stage.run('psql', '-XqAt1d', it.admin, '-v', 'ON_ERROR_STOP=1', '-f', ROLES)
        with open(README, encoding='utf-8') as file:
            grant = re.search(r'`(GRANT SELECT ON [^`]+)`', file.read())[1]
        it.ask('CREATE ROLE east LOGIN IN ROLE gdp_server; CREATE ROLE "Viktor" LOGIN IN ROLE gdp_viewer; '
               f'CREATE ROLE grafana LOGIN; {grant.rstrip(";")} TO grafana')
        it.stage.store = by(it.admin, 'east')
        it.commit(TODAY - 100 * DAY, 2880)
        it.commit(TODAY - 3 * DAY, 2880)
        it.stage.server()
        for shard in (0, 1):
            it.wait_sealed(shard, it.n)
        it.stage.wait('days are packed', lambda: it.ask('SELECT count(*) FROM sample_year') >= '2')
        it.stage.stop('server')
        it.ask("SELECT gdp_add_shard (2, 'far', 'Far')")
        for user in ('Viktor', 'east', 'west'):
            said = it.ctl('verify', user=user)
            assert it.verified(said) >= 2 * it.n, said

        it.commit(TODAY - DAY, 100)                      # hot
        aside = "SELECT p.key, {} + i, meta.trimmed_seq - i, 0, 1, 0 FROM meta, point p, generate_series (0, 9) i"
        it.ask(f'INSERT INTO sample_aside (point, time, seq, delay, value, reason) {aside.format(TODAY - 5 * DAY)}')
        for point in (NORTH, SOUTH):
            for since, n in ((TODAY - 100 * DAY, it.n + 10), (TODAY - 10 * DAY, 2880 + 110), (TODAY - DAY, 100)):
                assert it.samples(point, since, TODAY, 'grafana') == n, (point, since, n)


def only_who_is_asked():
    """a question of one region and month reads one partition, and no other region's database is connected to"""
    with regions() as it:
        for day in (100, 3):
            it.commit(TODAY - day * DAY, 2880)
        it.stage.server()
        for shard in (0, 1):
            it.wait_sealed(shard, it.n)
        it.stage.stop('server')
        hour = (TODAY - 3 * DAY) // HOUR
        month = time.strftime('%Y%m', time.gmtime(hour * 3600))
        eight = ', '.join(f'${n}' for n in range(1, 9))
        for prepared, values in (
                ('SELECT hour, block FROM sample_hour WHERE point = $1 AND hour >= $2 AND hour <= $3 ORDER BY hour',
                 '{key}, {hour}, {hour}'),
                (f'SELECT block FROM sample_hour WHERE point IN ({eight}) AND hour >= $9 AND hour < $10 ORDER BY point, hour',
                 ', '.join(['{key}'] * 8) + ', {hour}, {hour} + 1')):
            for mode in ('custom', 'generic'):
                for database, point, part in ((it.admin, NORTH, f'sample_hour_0_{month}'), (it.admin, SOUTH, 'sample_hour_1'),
                                              (it.south, SOUTH, f'sample_hour_1_{month}')):
                    execute = f'EXECUTE q ({values.format(key=it.key(point), hour=hour)})'
                    said = sql(database, f'SET plan_cache_mode = force_{mode}_plan; PREPARE q AS {prepared}; '
                                         f'EXPLAIN (COSTS OFF) {execute}; {execute}' +
                                         ('; SELECT server_name FROM postgres_fdw_get_connections ()' if point == NORTH else ''))
                    read = re.findall(r'Scan.* on (sample_hour\w*)', said)
                    assert {its for its in read if not its.endswith('_pkey')} == {part}, (mode, prepared, said)
                    assert point == SOUTH or 'south' not in said.splitlines(), said


class Slow:
    """A way to a port of this machine, on which nothing is said for a while after connecting."""

    def __init__(self, port, seconds):
        self.port, self.seconds, self.sockets = port, seconds, []
        self.listener = socket.create_server(('127.0.0.1', 0))
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                threading.Thread(target=self.carry, args=(client,), daemon=True).start()

    def carry(self, client):
        time.sleep(self.seconds)     # it is what is slow
        server = socket.create_connection(('127.0.0.1', self.port))
        self.sockets += [client, server]
        for a, b in ((client, server), (server, client)):
            threading.Thread(target=self.pump, args=(a, b), daemon=True).start()

    @staticmethod
    def pump(a, b):
        with contextlib.suppress(OSError):
            while data := a.recv(65536):
                b.sendall(data)
            b.shutdown(socket.SHUT_WR)


def a_slow_way():
    """a region's database that takes seconds to be connected to is not away"""
    with regions() as it:
        slow = Slow(int(it.port), 4)
        it.ask(f"ALTER SERVER south OPTIONS (SET port '{slow.listener.getsockname()[1]}')")
        it.commit(TODAY - 3 * DAY, 2880)
        it.stage.server()
        for shard in 0, 1:
            it.wait_sealed(shard, it.n)
        assert 'south' not in it.trouble(), it.trouble()
        assert it.verified(it.ctl('verify')) >= 2 * it.n
        assert len(it.history(SOUTH)) == it.n


class Silent:
    """A port that takes whoever connects, and says nothing."""

    def __init__(self):
        self.times, self.taken = [], []
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        with contextlib.suppress(OSError):
            while True:
                self.taken.append(self.listener.accept())
                self.times.append(time.monotonic())


def a_way_that_swallows():
    """a region's database that lets whoever asks it wait is asked less and less, and the others are sealed meanwhile"""
    with regions() as it:
        silent, seconds = Silent(), 2
        it.ask(f"ALTER SERVER south OPTIONS (SET port '{silent.port}', SET connect_timeout '{seconds}')")
        it.commit(TODAY - 3 * DAY, 2880)
        it.stage.server()
        it.stage.wait('the server runs', lambda: it.stage.ctl('servers'))
        it.stage.wait('the server says so', lambda: 'region south' in it.trouble())
        it.stage.wait('north is sealed', lambda: it.ask(f'SELECT sum (count) FROM sample_hour_0 WHERE last < {TODAY}') == str(it.n))
        it.stage.wait('it is asked again', lambda: len(silent.times) >= 3)
        first, second, third = silent.times[:3]
        assert second - first >= 3 * seconds and third - second >= 5 * seconds, silent.times   # what it took, and that doubled
        assert 'region south' in it.trouble()
        it.ask(f"ALTER SERVER south OPTIONS (SET port '{it.port}')")
        it.wait_sealed(1, it.n)
        it.stage.wait('all is well again', lambda: 'south' not in it.trouble())
        assert it.stage.log('server').count('sealing history: region south') == 1, it.stage.log('server')


def options_of_before():
    """a region that an earlier program was told of has the options that are usual now, once its owner has brought the store up to date"""
    with regions() as it:
        timeout = ("SELECT option_value FROM pg_foreign_server, pg_options_to_table (srvoptions) "
                   "WHERE srvname = 'south' AND option_name = 'connect_timeout'")
        before = "ALTER SERVER south OPTIONS (SET connect_timeout '2'); COMMENT ON TABLE store_version IS 'functions: 1'"
        for user, then in ('west', '2'), ('postgres', '10'):
            it.ask(before)
            it.ctl('migrate', f'{it.stage.folder}/{user}.dump', user=user)
            assert it.ask(timeout) == then, (user, it.ask(timeout))
        it.ask("ALTER SERVER south OPTIONS (SET connect_timeout '30'); SELECT gdp_set_region_options ('south')")
        assert it.ask(timeout) == '30'


def put_back():
    """a copy of the store that is put back knows of what regions have sealed since"""
    with regions() as it:
        copy = f'{it.stage.folder}/gdp.dump'
        it.ctl('backup', copy)
        it.commit(TODAY - 3 * DAY, 2880)
        it.stage.server()
        for shard in 0, 1:
            it.wait_sealed(shard, it.n)
        it.stage.stop('server')
        it.ctl('restore', copy)
        assert it.history(NORTH) == []
        assert len(it.history(SOUTH)) == it.n


tap.run(keys, sealed_here_and_there, one_is_away, noticed_at_once, between_two_commits, from_a_standby, roles, only_who_is_asked,
        a_slow_way, a_way_that_swallows, options_of_before, put_back)
