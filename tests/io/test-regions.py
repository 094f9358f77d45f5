# SPDX-License-Identifier: GPL-3.0-or-later
"""test-regions.py BUILD — two PostgreSQL clusters: the history of region South is kept in the second one."""
import contextlib
import json
import os
import sys
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


def passports():
    """A site in each of the two regions, which nobody answers for."""
    def site(number, region):
        return {'id': f'GDP-00{number}', 'name': region, 'region': region,
                'units': [{'id': 'upmp', 'link': f'tcp-{number}', 'address': 1, 'profile': 'upmp-12.4-a8-8'}],
                'points': [{'id': 'inlet', 'kind': 'inlet-pressure', 'source': 'upmp:ai1', 'unit': 'MPa', 'range': [0, 1.6],
                            'resolution': 0.001}]}

    links = [{'id': f'tcp-{number}', 'kind': 'modbus-tcp', 'host': '127.0.0.1', 'port': 9} for number in (1, 2)]
    return {'format': 'gdp-passport', 'version': 1, 'links': links, 'sites': [site(1, 'North'), site(2, 'South')]}


class Regions:
    def __init__(self, here, there):
        self.here, self.there = here, there
        self.south = cluster.database(there.uri)
        self.stage = Stage(sys.argv[1], 'regions', store=cluster.database(here.uri))
        self.n = 0

    def ask(self, text):
        return sql(self.stage.store, text)

    def make(self):
        """As the README says it, but for who is trusted."""
        self.stage.run('gdpctl', '--store', self.south, 'migrate')
        sql(self.south, "SELECT gdp_add_shard (1, 'south', 'South')")
        self.stage.run('gdpctl', '--store', self.stage.store, 'migrate')
        port = self.there.uri.split('port=')[1]
        name = self.south.split('?')[0].rsplit('/', 1)[1]
        self.ask('CREATE EXTENSION postgres_fdw; '
                 f"CREATE SERVER south FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '{self.there.folder}', port '{port}', "
                 f"dbname '{name}'); CREATE USER MAPPING FOR PUBLIC SERVER south OPTIONS (user 'postgres'); "
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

    def history(self, point, *arguments, store=None):
        """Of what was committed; the server adds that nobody answers."""
        done = self.stage.run('gdpctl', '--store', store or self.stage.store, '--json', 'history', point, '--since', '150d',
                              *(arguments or ('--raw',)))
        return [row for row in map(json.loads, done.stdout.splitlines()) if arguments or row['quality'] == 'good']

    def sealed(self, shard):
        return int(self.ask(f'SELECT coalesce (sum (count), 0) FROM sample_hour WHERE point >> 32 = {shard} '
                            f'AND last < {TODAY}'))

    def wait_sealed(self, shard, n):
        self.stage.wait(f'{n} of shard {shard} sealed', lambda: self.sealed(shard) == n)

    def trouble(self):
        return self.stage.ctl('servers')[0]['trouble'] or ''

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
        it.commit(TODAY - 2 * DAY, 2880)
        it.stage.server('--name', 'west')
        it.stage.wait('north is sealed', lambda: it.ask(f'SELECT sum (count) FROM sample_hour_0 WHERE last < {TODAY}') == str(it.n))
        it.stage.wait('the server says so', lambda: 'south' in it.trouble())
        assert len(it.history(NORTH)) == it.n
        failed = it.stage.run('gdpctl', '--store', it.stage.store, 'history', SOUTH, '--since', '150d', check=False)
        assert failed.returncode != 0 and 'south' in failed.stderr, failed
        assert len(it.stage.ctl('live')) == 2
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
        both = it.stage.store.replace(f'host={it.here.folder}&port={ports[0]}',
                                      f'host={it.here.folder},{it.here.folder}&port={",".join(ports)}'
                                      '&target_session_attrs=prefer-standby')
        there = it.stage.store.replace(f'port={ports[0]}', f'port={ports[1]}')
        at = it.ask('SELECT pg_current_wal_insert_lsn ()')
        it.stage.wait('the standby has it', lambda: sql(there, f"SELECT pg_last_wal_replay_lsn () >= '{at}'") == 't')
        it.here.order('stop')
        for point in (NORTH, SOUTH):
            it.assert_each_once(point, store=both)


tap.run(keys, sealed_here_and_there, one_is_away, between_two_commits, from_a_standby)
