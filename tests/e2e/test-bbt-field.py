#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test-bbt-field.py BUILD — fifty played BBT-1 units on bad lines, the server killed in between: what a unit was told
to be stored is in the store, once."""
import json
import os
import signal
import sqlite3
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, '..'), os.path.join(HERE, '..', '..', 'app')]
import tap                       # noqa: E402
from plant import free_port      # noqa: E402
from stage import Stage          # noqa: E402

BUILD = sys.argv[1]
UNITS = 50
AVERAGED = 22                    # GDP_REASON_AVERAGED
LINKS = 'JOIN point ON point.key = sample.point JOIN unit ON unit.key = point.unit JOIN link ON link.key = unit.link'


def ask(stage, question):
    """Rows of the store, read only."""
    with sqlite3.connect(f'file:{stage.folder}/store.db?mode=ro', uri=True) as store:
        return store.execute(question).fetchall()


def marks(stage):
    """{(serial, stream): number of the last stored record}: no unit restarts, so that these are counts."""
    rows = ask(stage, 'SELECT serial, stream, boot, through FROM stream_mark JOIN link ON link.key = link')
    assert len({(serial, boot) for serial, _, boot, _ in rows}) == len({serial for serial, *_ in rows}), rows
    return {(serial, stream): through for serial, stream, _, through in rows}


def play(stage, *options):
    port = free_port()
    passports, keys, counts = (f'{stage.folder}/{name}' for name in ('passports.json', 'keys', 'counts.json'))
    stage.start('simulator', 'gdp-sim', '--sites', UNITS, '--bbt', '--connect', f'127.0.0.1:{port}', '--seed', 5,
                '--speed', 300, '--wire-faults', 0.04, '--passports', passports, '--keys', keys, '--counts', counts, *options)
    stage.wait('passports', lambda: os.path.exists(passports))
    stage.run('gdpctl', '--store', stage.store, 'import', passports)
    with open(f'{stage.folder}/server.conf', 'w') as file:
        file.write(f'[sessions]\nkeys={keys}\nudp=127.0.0.1:{port}\n')
    server = ('--config', f'{stage.folder}/server.conf', '--sessions-listen', f'127.0.0.1:{port}')
    stage.server(*server)

    def rows(least):
        return lambda: sum(through for (_, stream), through in marks(stage).items() if stream == 1) >= least
    stage.wait('the first rows', rows(UNITS))
    stage.stop('server', signal.SIGKILL)
    stage.server(*server)
    stage.wait('many rows', rows(6 * UNITS), 90)
    assert stage.stop('simulator') == 0
    told = json.load(open(counts))
    stage.stop('server')
    return told


def check(stage, told):
    stored = marks(stage)
    assert told['forgotten'] == 0 and told['acknowledged'] >= 6 * UNITS, told
    for serial, unit in told['each'].items():
        for stream, acknowledged in enumerate(unit['acknowledged'], 1):
            through = stored.get((serial, stream), 0)
            assert acknowledged <= through, f'{serial} was told {acknowledged} of stream {stream}, stored are {through}'
    # Rows stand at whole seconds. A live report does so once in a thousand times: then there is one more.
    assert not ask(stage, '''SELECT point, time, reason FROM sample WHERE time % 1000000 != 0
            GROUP BY 1, 2, 3 HAVING count(*) > 1''')
    for serial, means, rows in ask(stage, f'''SELECT serial, sum(reason = {AVERAGED}),
            sum(sample.time % 1000000 = 0 AND reason != {AVERAGED}) FROM sample {LINKS} WHERE channel = 'ai2' GROUP BY 1'''):
        assert means == stored.get((serial, 3), 0) + stored.get((serial, 4), 0), (serial, means, stored)
        assert stored.get((serial, 1), 0) <= rows <= stored.get((serial, 1), 0) + 1, (serial, rows, stored)
    said = "FROM journal WHERE kind = 'unit-said'"     # what an alarm tells is not among them
    assert not ask(stage, f'SELECT object, occurred, after, text {said} GROUP BY 1, 2, 3, 4 HAVING count(*) > 1')
    started, = ask(stage, f"SELECT count(*) {said} AND after = 'started'")
    assert started[0] == sum(stream == 2 for _, stream in stored), (started, stored)
    stage.run('gdpctl', '--store', stage.store, 'verify')


def over_tcp():
    """over TCP with one frame in 25 spoiled and the server killed, every acknowledged record is stored once"""
    with Stage(BUILD, 'bbt-tcp') as stage:
        check(stage, play(stage))


def over_udp():
    """over UDP with one datagram in 25 lost, doubled, reordered or damaged, likewise"""
    with Stage(BUILD, 'bbt-udp') as stage:
        check(stage, play(stage, '--udp'))


tap.run(over_tcp, over_udp)
