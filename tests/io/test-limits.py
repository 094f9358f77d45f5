#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test-limits.py BUILD [CASE…] — limits of points changed by gdpctl, with a real server and a slave that nobody here wrote: at
once, with who, old, new and why; what makes no sense and who may not; passports and regime cards; what would have been."""
import contextlib
import json
import os
import signal
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, *folder) for folder in (('..', 'e2e'), ('..', '..', 'app'), ('..',))]
import cluster  # noqa: E402
import plant    # noqa: E402
import tap      # noqa: E402
from stage import Stage  # noqa: E402

BUILD = sys.argv[1]
SITE = plant.SITE
OUTLET, MAINS = f'{SITE}/outlet1', f'{SITE}/mains'
HIGH = f'{OUTLET}.high'


class Room:
    """A plant, and a server that reads it: outlet 0.3 MPa, H 0.33, HH 0.345."""

    def __init__(self, stage):
        self.stage, self.wired = stage, plant.Tcp(stage)
        self.wired.plug()
        self.passport = self.wired.document()
        self.ctl('import', self.passport)
        self.server()
        self.wired.discrete('mains', 1)
        for number in range(8):
            self.wired.slave.set('ir', plant.UNIT, number, 12000)
        self.good()

    def server(self):
        self.stage.server('--sessions-listen', f'127.0.0.1:{self.wired.sessions}')

    def good(self):
        self.stage.wait('good points', lambda: sum(v['quality'] == 'good' for v in self.stage.ctl('live')) == 16, 60)

    def begin(self, *words, who='Ivanova'):
        return subprocess.Popen([self.stage.path('gdpctl'), '--store', self.stage.store, '--user', who, *words],
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=self.stage.environment)

    def ctl(self, *words, who='Ivanova', code=0):
        done = self.stage.run('gdpctl', '--store', self.stage.store, '--user', who, *words, check=False, within=120)
        assert done.returncode == code, (words, done.returncode, done.stdout, done.stderr)
        return done.stdout if code == 0 else done.stderr.strip()

    def set(self, *words, who='Ivanova', why='new regulator', code=0):
        return self.ctl('limits', 'set', *words, '--reason', why, who=who, code=code)

    def refused(self, says, *words, code=1, who='Ivanova'):
        said = self.set(*words, who=who, code=code)
        assert says in said, (says, said)

    def limit(self, point, limit):
        return next(r for r in self.stage.ctl('limits', point) if r['limit'] == limit)

    def alarm(self, alarm):
        """What is told of it; how many others there are, is not of it."""
        return next(({name: what for name, what in a.items() if not name.startswith('flood_')}
                     for a in self.stage.ctl('alarms', '--state', 'all') if a['alarm'] == alarm), None)

    def until(self, alarm, state):
        def look():
            found = self.alarm(alarm)
            return found if found and found['state'] == state else None
        return self.stage.wait(f'{alarm} {state}', look)

    def events(self, kind):
        return [r for r in self.stage.ctl('journal', '--limit', '500') if r['event'] == kind][::-1]

    def history(self, point=OUTLET):
        """(who, before, after, why), the newest first."""
        return [(r['who'], r['before'], r['after'], r['why']) for r in self.stage.ctl('limits', point, '--history')]


@contextlib.contextmanager
def room(name):
    with Stage(BUILD, name, store=cluster.store()) as stage:
        yield Room(stage)


def changed():
    """a change counts at once, without a line being restarted or an alarm forgotten; it is journaled and outlasts the server"""
    with room('changed') as it:
        it.wired.discrete('mains', 0)
        it.until(f'{MAINS}.state', 'unacked')
        it.ctl('ack', f'{MAINS}.state')
        before = it.alarm(f'{MAINS}.state')
        accepted = it.stage.ctl('links')[0]
        it.wired.analog('outlet1', 12.5)              # 0.31875 MPa
        it.stage.wait('0.3188', lambda: any(v['value'] == 0.3188 for v in it.stage.ctl('live')))
        assert it.alarm(HIGH) is None
        said = it.set(OUTLET, 'high=0.31', 'high.deadband=0.001', 'H.on-delay=200s', 'L=0.28')
        assert 'H=0.33 H.deadband=0.003 H.on-delay=0s L=0.27' in said, said
        it.set(OUTLET, 'H.on-delay=0')
        found = it.until(HIGH, 'unacked')
        assert (found['level'], found['limit'], found['priority']) == ('H', 0.31, 2), found
        it.set(OUTLET, 'HH=0.315', why='closer', who='Petrov')
        it.stage.wait('HH', lambda: it.alarm(HIGH)['level'] == 'HH')
        it.set(OUTLET, 'HH=off', 'H=0.325', why='too close')
        it.until(HIGH, 'rtn-unacked')
        assert it.history() == [
            ('Ivanova', 'HH=0.315 HH.deadband=0.003 HH.priority=1 H=0.31', 'HH=off H=0.325', 'too close'),
            ('Petrov', 'HH=0.345', 'HH=0.315', 'closer'),
            ('Ivanova', 'H.on-delay=200s', 'H.on-delay=0s', 'new regulator'),
            ('Ivanova', 'H=0.33 H.deadband=0.003 H.on-delay=0s L=0.27', 'H=0.31 H.deadband=0.001 H.on-delay=200s L=0.28',
             'new regulator')], it.history()
        assert [r['object'] for r in it.events('limits-changed')] == [OUTLET] * 4
        # nothing else has moved
        assert it.alarm(f'{MAINS}.state') == before
        after = it.stage.ctl('links')[0]
        assert (after['state'], after['since'], after['reconnects']) == (accepted['state'], accepted['since'], 0), (accepted, after)
        assert it.events('link-lost') == it.events('unit-silent') == []
        it.set(MAINS, 'state.on-delay=30s', 'latches=yes', 'remind-after=10min')
        it.stage.stop('server', signal.SIGKILL)
        it.server()
        it.good()
        assert it.limit(OUTLET, 'H')['value'] == 0.325 and it.alarm(f'{MAINS}.state')['state'] == 'acked'
        point = next(p for p in json.loads(it.ctl('export'))['sites'][0]['points'] if p['id'] == 'mains')
        assert (point['alarm']['on_delay'], point['latches'], point['remind_after']) == (30, True, 600), point
        assert 'chain ok' in it.ctl('verify')


def refused():
    """what makes no sense, is not known or not allowed changes nothing, and says why"""
    with room('refused') as it:
        whole = it.ctl('export')
        it.refused('HH 0.345 must be above H 0.35', OUTLET, 'H=0.35')
        it.refused('deadband 0.2 must be 0 or more and less than the gap of 0.06', OUTLET, 'H.deadband=0.2')
        it.refused('within the range 0 to 0.6', OUTLET, 'HH=0.7')
        it.refused('must be less than the 60 s after which the value is stale', OUTLET, 'stale.after=60s', 'H.on-delay=60')
        it.refused('less than 3600 s', OUTLET, 'H.on-delay=2h')
        it.refused('priority 5 must be 1 to 4', OUTLET, 'H.priority=5')
        it.refused('has no alarm by its state', OUTLET, 'state=1')
        it.refused('has no HH, H, L, LL, deviation or rate', MAINS, 'H=1')
        it.refused('like that already', OUTLET, 'H=0.33')
        it.refused('“HHH” is no limit', OUTLET, 'HHH=1', code=2)
        it.refused('H takes a number (2.75), or off, not “0,33”', OUTLET, 'H=0,33', code=2)
        it.refused('LL is off', f'{SITE}/inlet', 'LL.deadband=0.1', code=2)
        it.refused('there is no point', f'{SITE}/nothing', 'H=1')
        assert 'say why' in it.ctl('limits', 'set', OUTLET, 'H=0.32', code=2)
        assert 'say why' in it.ctl('limits', 'set', OUTLET, 'H=0.32', '--reason', ' ', code=2)
        it.ctl('limits', 'GDP-999', code=1)
        # whoever goes round gdpctl's own look is refused by the store
        server = it.stage.running['server'].pid
        for detail, says in (('H=0.35\nH=0.33', 'must be above'), ('H=x\nH=0.33', 'H takes'), ('H=0.34\nH=0.32', 'look again')):
            os.killpg(server, signal.SIGSTOP)
            asked = it.begin('limits', 'set', OUTLET, 'H=0.32', '--reason', 'x')
            it.stage.wait('the command', lambda: cluster.ask(it.stage.store, "SELECT count(*) FROM command WHERE state = 'posted'")
                          == [(1,)])
            cluster.change(it.stage.store, f"UPDATE command SET detail = '{detail}' WHERE state = 'posted'")
            os.killpg(server, signal.SIGCONT)
            said = asked.communicate(timeout=60)[1]
            assert asked.returncode == 1 and says in said, said
        for name, role in (('Sidorov', 'administrator'), ('Ivanova', 'senior-dispatcher'), ('Petrov', 'engineer')):
            it.ctl('operator', name, role, who='Sidorov')
        it.refused('may not change the configuration; it takes the role engineer', OUTLET, 'H=0.32')
        assert it.ctl('export') == whole and it.history() == []
        assert len(it.events('command-refused')) == 4
        it.set(OUTLET, 'H=0.32', who='Petrov')


def two():
    """of two who change the same limit at once the second is told, and changes nothing"""
    with room('two') as it:
        server = it.stage.running['server'].pid
        os.killpg(server, signal.SIGSTOP)
        both = [it.begin('limits', 'set', OUTLET, f'H={value}', '--reason', f'of {who}', who=who)
                for who, value in (('Ivanova', 0.32), ('Petrov', 0.325))]
        other = it.begin('limits', 'set', OUTLET, 'L=0.28', '--reason', 'another matter', who='Smirnova')
        it.stage.wait('all commands', lambda: cluster.ask(it.stage.store, "SELECT count(*) FROM command WHERE state = 'posted'")
                      == [(3,)])
        os.killpg(server, signal.SIGCONT)
        said = [command.communicate(timeout=60) for command in (*both, other)]
        codes = [command.returncode for command in both]
        assert sorted(codes) == [0, 1] and other.returncode == 0, (codes, said)
        assert 'changed since they were seen: H=0.33 is H=0.32' in said[codes.index(1)][1], said
        assert len(it.history()) == 2 and it.limit(OUTLET, 'L')['value'] == 0.28


def passport():
    """a passport with other limits is a change like any other; the same one again is none"""
    with room('passport') as it:
        it.set(OUTLET, 'H=0.32')
        it.ctl('import', it.passport, who='Petrov')
        assert it.history()[0] == ('Petrov', 'H=0.32', 'H=0.33', 'from a passport'), it.history()
        it.ctl('import', it.passport, who='Petrov')
        it.set(OUTLET, 'H=0.32', 'deviation=0.02', 'deviation.from=0.3', 'rate=0.01', 'rate.within=60')
        exported = f'{it.stage.folder}/exported.json'
        with open(exported, 'w', encoding='utf-8') as file:
            file.write(it.ctl('export'))
        it.ctl('import', exported)
        assert len(it.history()) == 3, it.history()


def card():
    """a regime card goes out and comes in again, as CSV and as JSON; what is wrong in it changes nothing"""
    with room('card') as it:
        def write(text):
            path = f'{it.stage.folder}/card'
            with open(path, 'w', encoding='utf-8') as file:
                file.write(text)
            return path

        csv, lines = it.ctl('limits', 'export', SITE), it.ctl('--json', 'limits', 'export', SITE)
        assert f'{OUTLET},H,0.33,0.003,0,0,2,MPa\n' in csv, csv
        for text in (csv, lines):
            assert 'like that already' in it.ctl('limits', 'import', write(text), '--reason', 'x', code=1)
        changed_ = csv.replace(f'{OUTLET},H,0.33,', f'{OUTLET},H,0.32,').replace(f'{SITE}/troom,LL,-45,', f'{SITE}/troom,LL,-40,')
        path = write(changed_)
        checked = it.stage.ctl('limits', 'import', path, '--check')
        assert [(r['point'], r['before'], r['after']) for r in checked] == [
            (OUTLET, 'H=0.33', 'H=0.32'), (f'{SITE}/troom', 'LL=-45', 'LL=-40')], checked
        assert it.history() == []
        it.ctl('limits', 'import', path, '--reason', 'winter card')
        assert it.limit(OUTLET, 'H')['value'] == 0.32 and it.limit(f'{SITE}/troom', 'LL')['value'] == -40
        assert it.history(SITE)[0][3] == 'winter card' and it.ctl('limits', 'export', SITE) == changed_
        # as a Russian spreadsheet saves it, with a level that is taken away and one that is new
        russian = '\ufeff' + f'point;limit;value;deadband;on_delay;off_delay;priority\r\n{OUTLET};H;0,325;;1,5;;\r\n' \
                  f'{OUTLET};LL;;;;;0\r\n{SITE}/inlet;HH;1,3;;;;1\r\n{SITE}/mains;latches;1;;;;\r\n'
        it.ctl('limits', 'import', write(russian), '--reason', 'from a spreadsheet')
        assert it.history(OUTLET)[0][2] == 'H=0.325 H.on-delay=1.5s LL=off', it.history(OUTLET)
        assert it.history(MAINS)[0][2] == 'latches=yes'
        shown = next(line.split() for line in it.ctl('limits', OUTLET).splitlines() if ' H ' in line)
        assert shown[2:] == ['H', '0.3250', '0.0030', '1.50', '0', '2'], shown
        it.set(OUTLET, 'deviation=0.02', 'deviation.from=0.3', 'rate=0.01', 'rate.within=60', 'frozen.after=2h', 'frozen.priority=4')
        with_motion = it.ctl('limits', 'export', SITE)
        assert f'{OUTLET},deviation.from,0.3,,,,,MPa\n' in with_motion and f'{OUTLET},frozen,7200,,,,4,\n' in with_motion, with_motion
        it.set(OUTLET, 'deviation=off', 'rate=off', 'frozen.priority=off')
        it.ctl('limits', 'import', write(with_motion), '--reason', 'put back')
        assert it.ctl('limits', 'export', SITE) == with_motion
        whole = it.ctl('limits', 'export')
        for wrong, says in ((f'{OUTLET},H,nonsense,,,,\n', 'line 2: H takes a number'), (f'{OUTLET},HHH,1,,,,\n', 'is no limit'),
                            ('GDP-9/x,H,1,,,,\n', 'there is no point'), (f'{OUTLET},H\n', 'has the columns'),
                            (f'{SITE}/inlet,H,1.1,,,,\n{OUTLET},H,0.2,,,,\n', 'must be above')):
            path = write('point,limit,value,deadband,on_delay,off_delay,priority\n' + wrong)
            said = it.ctl('limits', 'import', path, '--reason', 'x', code=1)
            assert says in said, (says, said)
        for heading in ('hello\n', 'point,limit,value\n', 'point,limit,priority,value,deadband,on_delay,off_delay\n'):
            assert 'no regime card' in it.ctl('limits', 'import', write(heading + f'{OUTLET},H,0.3,0.01,1,1,2\n'), '--reason', 'x', code=1)
        assert 'line 1' in it.ctl('limits', 'import', write('{"point":\n'), '--reason', 'x', code=1)
        assert it.ctl('limits', 'export') == whole


def what_if():
    """what would have been is told beside what was, with times; nothing is changed by it"""
    with room('what-if') as it:
        it.wired.analog('outlet1', 12.9)              # 0.33375 MPa
        it.until(HIGH, 'unacked')
        it.wired.analog('outlet1', 12)
        it.until(HIGH, 'rtn-unacked')
        it.wired.analog('outlet1', 12.5)              # 0.31875
        it.stage.wait('0.3188', lambda: any(v['value'] == 0.3188 for v in it.stage.ctl('live')))
        real = it.alarm(HIGH)
        told = it.stage.ctl('what-if', OUTLET, 'H=0.31', '--days', '1')
        counts = {r['limits']: r['alarms'] for r in told if 'alarms' in r}
        assert counts == {'now': 1, 'tried': 2}, told
        alarms = [(r['limits'], r['level'], bool(r['cleared'])) for r in told if 'level' in r]
        assert sorted(alarms) == [('now', 'H', True), ('tried', 'H', False), ('tried', 'H', True)], alarms
        was = next(r for r in told if r.get('level') and r['limits'] == 'now')
        assert (was['occurred'], was['cleared']) == (real['occurred'], real['cleared']), (was, real)
        assert {r['limits']: r['alarms'] for r in it.stage.ctl('what-if', OUTLET, 'H=0.34') if 'alarms' in r} == {'now': 1, 'tried': 0}
        shown = it.ctl('what-if', OUTLET, 'H=0.31', '--since', '1h', '--limit', '2')
        assert 'tried' in shown and 'Hours active' in shown, shown
        assert 'must be above' in it.ctl('what-if', OUTLET, 'H=0.4', code=1)
        normal = it.ctl('what-if', MAINS, 'state=1')    # it is there: the state that is tried is what is named
        assert 'Present' in normal and 'Lost' not in normal, normal
        assert '--days' in it.ctl('what-if', OUTLET, 'H=0.31', '--days', '-1', code=2)
        assert it.limit(OUTLET, 'H')['value'] == 0.33 and it.history() == []


def proposed():
    """the catalogue proposes limits by the outlet's category; a site of no cabinet is told so"""
    with room('proposed') as it:
        passport_ = json.loads(it.ctl('passport', 'agdp-2.120-lfp-dp', '--outlet', 'low', '--site', 'GDP-002', '--link', 'lan2'))
        passport_['links'] = [{'id': 'lan2', 'kind': 'modbus-tcp', 'host': '127.0.0.1', 'port': 1}]
        outlet = next(p for p in passport_['sites'][0]['points'] if p['id'] == 'outlet1')
        outlet['limits']['H']['value'] = 2.7
        path = f'{it.stage.folder}/second.json'
        with open(path, 'w', encoding='utf-8') as file:
            json.dump(passport_, file)
        it.ctl('import', path)
        rows = {r['point']: r for r in it.stage.ctl('limits', 'propose', 'GDP-002')}
        differ = {point: (r['now'], r['proposed']) for point, r in rows.items() if r['proposed']}
        assert differ == {'GDP-002/outlet1': ('H=2.7', 'H=2.75')}, differ
        medium = {r['point']: r for r in it.stage.ctl('limits', 'propose', 'GDP-002', '--outlet', 'medium')}
        assert 'GDP-002/outlet1' not in medium and 'L=0.35' in medium['GDP-002/inlet']['proposed'], medium
        assert 'of no cabinet' in it.ctl('limits', 'propose', SITE, code=1)
        it.ctl('limits', 'propose', 'GDP-002', '--outlet', 'enormous', code=2)


CASES = [changed, refused, two, passport, card, what_if, proposed]
tap.run(*[case for case in CASES if not sys.argv[2:] or case.__name__ in sys.argv[2:]])
