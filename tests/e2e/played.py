# SPDX-License-Identifier: GPL-3.0-or-later
"""A town of BBT-1 units that gdp-sim plays, and the proof: what a unit was told to be stored is in the store, once."""
import datetime
import json
import os
import sys

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
import cluster
from plant import free_port

UNITS = 50
SPEED = 300
ROW_EVERY = 600 // SPEED    # seconds on the wall: units of the simulator keep a row every 10 minutes
BROKEN = 'at +1m GDP-002 sensor outlet1 breaks\n'   # what is measured there, and its means, have a reason of their own from then on
WATCHED = '''SELECT link.serial, point.id FROM point JOIN unit ON unit.key = point.unit JOIN link ON link.key = unit.link
             WHERE point.channel = 'ai2' ORDER BY 1'''


def ask(stage, question):
    """Rows of the store, read only."""
    return cluster.ask(stage.store, question)


def marks(stage):
    """{(serial, stream): number of the last stored record}: no unit restarts, so that these are counts."""
    rows = ask(stage, 'SELECT serial, stream, boot, through FROM stream_mark JOIN link ON link.key = link')
    assert len({(serial, boot) for serial, _, boot, _ in rows}) == len({serial for serial, *_ in rows}), rows
    return {(serial, stream): through for serial, stream, _, through in rows}


def stored_rows(stage):
    return sum(through for (_, stream), through in marks(stage).items() if stream == 1)


def at_row(time):
    """Whether a row could be of @time, "2026-11-23T08:50:39.000000Z"."""
    return time.endswith('.000000Z') and datetime.datetime.fromisoformat(time).timestamp() % ROW_EVERY == 0


def readings(stage, point):
    """All there are, hot or sealed."""
    return stage.ctl('history', point, '--since', '2000-01-01T00:00:00Z', '--until', '2100-01-01T00:00:00Z', '--raw')


class Played:
    """The simulator and a server that it dials; @environment is the server's alone."""
    servers = ('server',)

    def __init__(self, stage, *options, **environment):
        port = free_port()
        passports, keys, self.counts, scenario = (
            f'{stage.folder}/{name}' for name in ('passports.json', 'keys', 'counts.json', 'scenario'))
        with open(scenario, 'w') as file:
            file.write(BROKEN)
        self.stage, self.environment = stage, environment
        stage.start('simulator', 'gdp-sim', '--sites', UNITS, '--bbt', '--connect', f'127.0.0.1:{port}', '--seed', 5,
                    '--speed', SPEED, '--wire-faults', 0.04, '--passports', passports, '--keys', keys,
                    '--counts', self.counts, '--scenario', scenario, *options)
        stage.wait('passports', lambda: os.path.exists(passports))
        stage.run('gdpctl', '--store', stage.store, 'import', passports)
        for number, name in enumerate(self.servers, 1):
            with open(f'{stage.folder}/{name}.conf', 'w') as file:
                file.write(f'[server]\nname={name}\n[sessions]\nkeys={keys}\nudp=127.0.0.1:{port}\n'
                           f'listen=127.0.0.1:{port}\nshare={number}/{len(self.servers)}\n{self.more(name)}')
        self.start_server()
        self.wait_rows(UNITS)

    def more(self, name):
        """Further lines of the configuration of server @name."""
        return ''

    def settle(self):
        """Until what was acknowledged is where it belongs; nothing more comes."""

    def start_server(self):
        for name in self.servers:
            self.stage.start(name, 'gdp-server', '--store', self.stage.store, '--config', f'{self.stage.folder}/{name}.conf',
                             **self.environment)

    def wait_rows(self, least):
        self.stage.wait(f'{least} rows', lambda: stored_rows(self.stage) >= least, 90)

    def prove(self, whole_seconds=True, least=6):
        """Ends both, then compares their lists. @whole_seconds: no clock was set, so that rows stand at them. @least: rows of
        each unit, taken all together."""
        stage = self.stage
        assert stage.stop('simulator') == 0
        self.settle()
        for name in self.servers:
            stage.stop(name)
        told, stored = json.load(open(self.counts)), marks(stage)
        assert told['forgotten'] == 0 and told['acknowledged'] >= least * UNITS, told
        for serial, unit in told['each'].items():
            for stream, acknowledged in enumerate(unit['acknowledged'], 1):
                through = stored.get((serial, stream), 0)
                assert acknowledged <= through, f'{serial} was told {acknowledged} of stream {stream}, stored are {through}'
        # Rows stand at whole seconds unless a clock was set: then the units' are off it by a part of one, and records of
        # one moment (a live report and a row, the means of the last hour and of the day) cannot be told from one doubled.
        # A live report of a whole millisecond stands where a row does once in two thousand times: then there is one more.
        # That a sensor broke is told by an event and by a live report of that moment.
        doubled = whole_seconds and ask(stage, '''SELECT id, sample.time, reason, count(*) FROM sample
                JOIN point ON point.key = point
                WHERE time % 1000000 != 0 AND value IS NOT NULL GROUP BY 1, 2, 3 HAVING count(*) > 1''')
        assert not doubled, doubled
        for serial, point in ask(stage, WATCHED):
            found = readings(stage, point)
            means = sum(row.get('reason') == 'averaged' for row in found)
            # The mean of a sensor that was broken says that it was, like the row of the same time.
            broken = stored.get((serial, 3), 0) + stored.get((serial, 4), 0) - means
            assert 0 <= broken <= sum(row['quality'] == 'bad' for row in found), (serial, means, stored)
            rows = sum(at_row(row['time']) and row.get('reason') != 'averaged' for row in found)
            known = stored.get((serial, 1), 0) + broken
            assert (known if whole_seconds else 0) <= rows <= known + 3, (serial, rows, stored)
        said = "FROM journal WHERE kind = 'unit-said'"     # what an alarm tells is not among them
        assert not ask(stage, f'SELECT object, occurred, after, text {said} GROUP BY 1, 2, 3, 4 HAVING count(*) > 1')
        started, = ask(stage, f"SELECT count(*) {said} AND after = 'started'")
        assert started[0] == sum(stream == 2 for _, stream in stored), (started, stored)
        stage.run('gdpctl', '--store', stage.store, 'verify')
