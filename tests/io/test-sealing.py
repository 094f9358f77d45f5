# SPDX-License-Identifier: GPL-3.0-or-later
"""test-sealing.py BUILD CORPUS — a server seals what an earlier run left, and gdpctl tells the same of it before and after."""
import os
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, '..'), os.path.join(HERE, '..', '..', 'app')]
import cluster
import tap
from stage import Stage

POINT = 'GDP-003/outlet1'
HOUR = 3600 * 10**6
START = (time.time_ns() // 1000 // (24 * HOUR) - 3) * 24 * HOUR   # midnight UTC, three days ago


def leave_readings(store, n):
    """Every half minute, as an earlier server committed them."""
    [(key, seq)] = cluster.ask(store, f"SELECT key, (SELECT seq FROM meta) AS seq FROM point WHERE id = '{POINT}'")
    rows = ', '.join(f'({seq + 1 + i}, {key}, {START + i * 30 * 10**6}, 5000, {0.3 + i % 7 / 1000}, 0)' for i in range(n))
    cluster.change(store, f'INSERT INTO sample VALUES {rows}; UPDATE meta SET seq = seq + {n}')


def ask(store, question):
    [(answer,)] = cluster.ask(store, question)
    return answer


def sealed_by_the_server():
    """hours that are over are sealed, days packed, and history reads the same"""
    n = 2 * 24 * 120 + 100
    with Stage(sys.argv[1], 'sealing', store=cluster.store()) as stage:
        stage.ctl('import', os.path.join(sys.argv[2], 'full.json'))
        leave_readings(stage.store, n)
        since = ('--since', '4d')
        before = stage.ctl('history', POINT, '--raw', *since)
        hours = stage.ctl('history', POINT, '--step', '1h', *since)
        days = stage.ctl('history', POINT, '--step', '1d', *since)
        assert len(before) == n and sum(row['count'] for row in hours) == n, (len(before), hours)
        full = [row for row in hours if row['count'] == 120]
        assert len(full) >= 47 and all(abs(row['mean'] - 0.303) < 1e-4 and row['good'] == 1 for row in full), full
        assert {(row['min'], row['max']) for row in full} == {(0.3, 0.306)}, full
        stage.server()
        stage.wait('all is sealed', lambda: ask(stage.store, f'SELECT count(*) FROM sample WHERE time < {START + n * 30 * 10**6}') == 0)
        stage.wait('days are packed', lambda: ask(stage.store, 'SELECT count(*) FROM sample_year') == 1)
        assert ask(stage.store, 'SELECT sum(count) FROM sample_hour') >= n
        after = stage.ctl('history', POINT, '--raw', *since)[:n]
        assert [dict(row, seq=None) for row in before] == after, 'readings differ'
        assert stage.ctl('history', POINT, '--step', '1h', *since)[:-1] == hours[:-1], 'hours differ'
        assert stage.ctl('history', POINT, '--step', '1d', *since)[:-1] == days[:-1], 'days differ'
        assert 'damaged: 0' in stage.run('gdpctl', '--store', stage.store, 'verify').stdout


tap.run(sealed_by_the_server)
