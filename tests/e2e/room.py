# SPDX-License-Identifier: GPL-3.0-or-later
"""A plant on Modbus TCP, a server that reads it, and persons who decide by gdpctl."""
import contextlib
import json
import subprocess

import cluster
import plant
from patience import PATIENCE
from stage import Stage

SITE = plant.SITE


class Room:
    """@change is called with each point of the passport, which it may change."""

    def __init__(self, stage, change=lambda point: None):
        self.stage, self.wired = stage, plant.Tcp(stage)
        self.wired.plug()
        document = plant.passport(self.wired.link)
        for point in document['sites'][0]['points']:
            change(point)
        path = f'{stage.folder}/passport.json'
        with open(path, 'w', encoding='utf-8') as file:
            json.dump(document, file)
        stage.run('gdpctl', '--store', stage.store, 'import', path)
        self.server()
        self.good()

    def server(self):
        self.stage.server('--sessions-listen', f'127.0.0.1:{self.wired.sessions}')

    def good(self):
        self.wired.discrete('mains', 1)
        self.wired.discrete('slam1', 0)
        for number in range(8):
            self.wired.slave.set('ir', plant.UNIT, number, 12000)
        self.stage.wait('good points', lambda: sum(v['quality'] == 'good' for v in self.stage.ctl('live')) == 16)

    def alarm(self, alarm):
        return next((a for a in self.stage.ctl('alarms', '--state', 'all') if a['alarm'] == alarm), None)

    def until(self, alarm, state, suppression='none', within=PATIENCE):
        """The alarm, when it is so."""
        def look():
            found = self.alarm(alarm)
            return found if found and (found['state'], found['suppression']) == (state, suppression) else None
        return self.stage.wait(f'{alarm} {state} {suppression}', look, within)

    def begin(self, *words, who='Ivanova'):
        return subprocess.Popen([self.stage.path('gdpctl'), '--store', self.stage.store, '--user', who, *words],
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=self.stage.environment)

    def ctl(self, *words, who='Ivanova', code=0):
        """What gdpctl printed, or the reason that it gave."""
        done = self.stage.run('gdpctl', '--store', self.stage.store, '--user', who, *words, check=False, within=120)
        assert done.returncode == code, (words, done.returncode, done.stdout, done.stderr)
        return done.stdout if code == 0 else done.stderr.strip()

    def refused(self, says, *words, code=1, who='Ivanova'):
        said = self.ctl(*words, who=who, code=code)
        assert says in said, (says, said)

    def journal(self, alarm):
        """(event, who, before, after, text) of the alarm, oldest first."""
        records = [r for r in self.stage.ctl('journal', '--limit', '500') if r['object'] == alarm][::-1]
        return [(r['event'], r['who'], r['before'], r['after'], r['text']) for r in records]

    def events(self, alarm):
        return [record[0] for record in self.journal(alarm)]


@contextlib.contextmanager
def room(build, name, change=lambda point: None):
    with Stage(build, name, store=cluster.store()) as stage:
        yield Room(stage, change)
