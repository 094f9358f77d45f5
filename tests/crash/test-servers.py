#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test-servers.py BUILD WORLD [CASE…] — two servers on one PostgreSQL: one is killed, one has the other's name, clocks are an
hour off; links have one server, commands are carried out once and in time or not at all. WORLD: world.c to be preloaded."""
import contextlib
import json
import os
import re
import signal
import struct
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, '..', 'e2e'), os.path.join(HERE, '..'), os.path.join(HERE, '..', '..', 'app'), os.path.join(HERE, '..', 'peer')]
import bbt_link                    # noqa: E402
import cluster                     # noqa: E402
import plant                       # noqa: E402
import tap                         # noqa: E402
from bbt_device import Clock, Device    # noqa: E402
from bbt_unit import Unit          # noqa: E402
from stage import Screen, Stage    # noqa: E402

BUILD, WORLD = sys.argv[1:3]
# Process ids of its own: to all others it is on another machine, of which heartbeats alone tell whether it lives.
ELSEWHERE = 'unshare', *([] if os.geteuid() == 0 else ['-r']), '-p', '-f', '--kill-child'
HOUR = 3600
DEAD, RETRY, RESERVE = 5, 5, 16    # DATA_SERVER_DEAD; how often a server looks for links; from when on for others', too
PLACES = {'east': ('GDP-001', 'lan-1'), 'west': ('GDP-002', 'lan-2')}


class Room:
    """Two plants, and a server for each that may take the other's link when nobody else does."""

    def __init__(self, stage):
        self.stage = stage
        self.plants = {name: plant.Tcp(stage) for name in PLACES}
        self.clocks = 0
        documents = []
        for name, (site, link) in PLACES.items():
            self.plants[name].plug()
            document = plant.passport({**self.plants[name].link, 'id': link})
            document['sites'][0].update(id=site, name=site)
            document['sites'][0]['points'].append({'id': 'fan', 'kind': 'output', 'source': 'upmp:do2'})
            documents.append(f'{stage.folder}/{site}.json')
            with open(documents[-1], 'w', encoding='utf-8') as file:
                json.dump(document, file)
        stage.run('gdpctl', '--store', stage.store, 'import', *documents)

    def configure(self, name, reserve='none'):
        with open(f'{self.stage.folder}/{name}.conf', 'w', encoding='utf-8') as file:
            file.write(f'[server]\nname={name}\nlinks={PLACES[name][1]}\nreserve={reserve}\n[sessions]\nlisten=off\n')

    def start(self, name, elsewhere=(), **environment):
        self.started = time.monotonic()
        command = *elsewhere, self.stage.path('gdp-server')
        self.stage.start(name, *command, '--store', self.stage.store, '--config', f'{self.stage.folder}/{name}.conf', **environment)

    def both(self, **environment):
        """Each has its own link. More: of east."""
        self.configure('east')
        self.configure('west', 'lan-*')
        self.start('west')
        self.start('east', **environment)
        self.stage.wait('each has its own', lambda: self.owners() == {'lan-1': 'east', 'lan-2': 'west'})
        for name in PLACES:
            self.reads(name)

    def ripen(self):
        """A server takes nothing of its reserve at its start, when the owner may be starting as well."""
        self.stage.wait('the reserve', lambda: time.monotonic() - self.started > RESERVE)

    def owners(self):
        return dict(cluster.ask(self.stage.store, 'SELECT id, server FROM link_claim JOIN link ON key = link ORDER BY 1'))

    def reads(self, name):
        """What happens in the plant is known: another value each time."""
        self.plants[name].analog('outlet1', level := 11.6 + time.monotonic() % 0.5)   # and no alarm
        wanted = (level - 4) / 16 * 0.6
        self.stage.wait(f'what happens in the plant {name}', lambda: any(
            row['point'] == f'{PLACES[name][0]}/outlet1' and row['quality'] == 'good' and abs(row['value'] - wanted) < 0.001
            for row in self.stage.ctl('live', PLACES[name][0])))

    def kill(self, name):
        self.stage.stop(name, signal.SIGKILL)

    def server(self, name):
        return next((row for row in self.stage.ctl('servers') if row['server'] == name), {})

    def trouble(self, name):
        return self.server(name).get('trouble') or ''

    def gdpctl(self, *words, who='Ivanova', **environment):
        """As a process of its own: what it is told comes later."""
        return subprocess.Popen([self.stage.path('gdpctl'), '--store', self.stage.store, '--user', who, *words], text=True,
                                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=dict(self.stage.environment, **environment))

    def fan(self, name):
        return f'{PLACES[name][0]}/fan'

    def writes(self, name):
        return self.plants[name].slave.ask('writes', plant.UNIT)

    def alarm(self, point, state):
        return self.stage.wait(f'{point} {state}', lambda: next(
            (row for row in self.stage.ctl('alarms', '--state', 'all') if row['alarm'] == f'{point}.state' and row['state'] == state),
            None))

    def journal(self, *events):
        return [row for row in self.stage.ctl('journal', '--limit', '500')[::-1] if row['event'] in events]

    def sound(self):
        assert 'chain ok' in self.stage.run('gdpctl', '--store', self.stage.store, 'verify').stdout

    def clock(self, seconds):
        """An environment in which the clock is off by so much; and what sets it: call it with other seconds."""
        self.clocks += 1
        path = f'{self.stage.folder}/clock-{self.clocks}'

        def set_it(off):
            with open(path, 'r+b' if os.path.exists(path) else 'wb') as file:
                file.write(struct.pack('qq', off * 10**6, 0))
        set_it(seconds)
        return {'LD_PRELOAD': WORLD, 'GDP_WORLD': path}, set_it


@contextlib.contextmanager
def room(name):
    with cluster.Cluster() as own, Stage(BUILD, name, store=cluster.database(own.uri)) as stage:
        yield Room(stage)


def taken_over():
    """a killed server's links are another's within ten seconds, who keeps them until it ends"""
    with room('taken') as it:
        it.both(elsewhere=ELSEWHERE)
        it.ripen()
        assert it.owners() == {'lan-1': 'east', 'lan-2': 'west'} and not it.trouble('west'), it.trouble('west')
        it.kill('east')
        killed = time.monotonic()
        it.stage.wait('west has both', lambda: it.owners() == {'lan-1': 'west', 'lan-2': 'west'})
        took = time.monotonic() - killed
        print(f'# taken over {took:.1f} s after the kill')
        assert 2 < took < DEAD + RETRY + 5, took                 # and some for the machine
        for name in PLACES:
            it.reads(name)
        it.start('east')
        it.stage.wait('east says who has it', lambda: 'held by server "west"' in it.trouble('east'))
        it.plants['east'].discrete('door1', 1)
        it.alarm('GDP-001/door1', 'unacked')
        assert it.owners() == {'lan-1': 'west', 'lan-2': 'west'}
        assert it.stage.stop('west') == 0
        it.stage.wait('east has its link again', lambda: it.owners() == {'lan-1': 'east'})
        it.reads('east')
        assert len([r for r in it.journal('alarm-occurred') if r['object'] == 'GDP-001/door1.state']) == 1
        it.sound()


def stood_still():
    """a server that stood still finds its link another's, and does not overwrite what that one and a person did meanwhile"""
    with room('still') as it:
        it.both(elsewhere=ELSEWHERE)
        it.ripen()
        east = it.stage.running['east'].pid
        os.killpg(east, signal.SIGSTOP)
        it.stage.wait('west has both', lambda: it.owners() == {'lan-1': 'west', 'lan-2': 'west'})
        it.plants['east'].discrete('door1', 1)
        it.alarm('GDP-001/door1', 'unacked')
        assert it.gdpctl('ack', 'GDP-001/door1.state').wait(60) == 0
        it.plants['east'].discrete('door2', 1)
        it.alarm('GDP-001/door2', 'unacked')
        os.killpg(east, signal.SIGCONT)
        it.stage.wait('east knows', lambda: 'held by server "west"' in it.trouble('east'))
        it.reads('east')
        told = [(r['object'], r['event'], r['who']) for r in it.journal('alarm-occurred', 'alarm-acknowledged', 'alarm-cleared')]
        assert told == [('GDP-001/door1.state', 'alarm-occurred', 'west'), ('GDP-001/door1.state', 'alarm-acknowledged', 'Ivanova'),
                        ('GDP-001/door2.state', 'alarm-occurred', 'west')], told
        it.alarm('GDP-001/door1', 'acked')
        it.sound()


def stood_still_with_alarms():
    """alarms of a server that stood still are as the one that took over has them: not cleared, nor their shelving ended"""
    with room('shelved') as it:
        it.both(elsewhere=ELSEWHERE)
        it.ripen()
        it.plants['east'].discrete('door1', 1)
        it.plants['east'].discrete('slam1', 1)
        it.alarm('GDP-001/door1', 'unacked')
        it.alarm('GDP-001/slam1', 'unacked')
        assert it.gdpctl('shelve', 'GDP-001/door1.state', '--for', '1h', '--reason', 'painted').wait(60) == 0
        east = it.stage.running['east'].pid
        os.killpg(east, signal.SIGSTOP)
        it.stage.wait('west has both', lambda: it.owners() == {'lan-1': 'west', 'lan-2': 'west'})
        it.reads('east')
        assert it.gdpctl('out-of-service', 'GDP-001/slam1.state', '--reason', 'rebuilt').wait(60) == 0
        os.killpg(east, signal.SIGCONT)
        it.stage.wait('east knows', lambda: 'held by server "west"' in it.trouble('east'))
        it.reads('east')
        assert it.alarm('GDP-001/door1', 'unacked')['suppression'] == 'shelved'
        assert it.alarm('GDP-001/slam1', 'unacked')['suppression'] == 'out-of-service'
        told = [(r['object'], r['event'], r['who']) for r in it.journal('alarm-cleared', 'alarm-unshelved', 'alarm-put-back',
                                                                        'alarm-shelved', 'alarm-taken-out')]
        assert told == [('GDP-001/door1.state', 'alarm-shelved', 'Ivanova'),
                        ('GDP-001/slam1.state', 'alarm-taken-out', 'Ivanova')], told
        it.sound()


def in_time_or_not_at_all():
    """what is asked of a dead server's unit is done once by whoever takes over within the command's time, or never"""
    with room('late') as it:
        it.both()
        for after in (0, 4):                        # the first may be too old when somebody takes over, the second is not
            it.ripen()
            it.kill('east')
            time.sleep(after)                       # the moment is what is tried
            before = it.writes('east')
            asking = it.gdpctl('output', it.fan('east'), 'on' if after else 'off', '--yes')
            it.stage.wait('west has it', lambda: it.owners()['lan-1'] == 'west')
            _, told = asking.communicate(timeout=60)
            it.stage.wait('nothing is open', lambda: cluster.ask(
                it.stage.store, "SELECT count(*) FROM command WHERE state IN ('posted', 'taken')") == [(0,)])
            it.reads('east')
            assert it.writes('east') - before == (asking.returncode == 0), (told, it.writes('east'), before)
            assert asking.returncode == 0 or 'in time' in told, told
            print(f'# asked {after} s after the kill: {told.strip() or "done"}')
            it.stage.stop('west')
            it.start('east')
            it.stage.wait('east has its link', lambda: it.owners().get('lan-1') == 'east')
            it.reads('east')
            it.start('west')
            it.stage.wait('west has its own', lambda: it.owners().get('lan-2') == 'west')
        it.sound()


def left_half_done():
    """an output that a killed server had switched is read back by the one that takes over, not switched again"""
    with room('half') as it:
        it.both()
        it.plants['east'].slave.set('mood', plant.UNIT, 0, 'silent')      # the coil is switched, no answer comes
        asking = it.gdpctl('output', it.fan('east'), 'on', '--yes')
        it.stage.wait('the write', lambda: it.writes('east') == 1)
        it.kill('east')
        _, told = asking.communicate(timeout=120)
        assert asking.returncode == 1 and 'state read back says On' in told, told
        assert it.owners()['lan-1'] == 'west' and it.writes('east') == 1
        assert 'read back says On' in it.journal('output-failed')[-1]['text']
        # What is no output nobody can read back.
        cluster.change(it.stage.store, f"""UPDATE meta SET seq = seq + 1;
            INSERT INTO command (id, seq, state, kind, object, who, posted, expires, taker, argument)
            SELECT seq, seq, 'taken', 'live', 'lan-1', 'Petrov', {time.time_ns() // 1000}, {time.time_ns() // 1000}, 'east', 0
            FROM meta""")
        it.stage.wait('it is given up', lambda: [r for r in it.journal('command-refused') if r['who'] == 'Petrov'])
        assert 'its server is lost' in it.journal('command-refused')[-1]['text']
        it.sound()


def dialled_in():
    """a unit that dials into the server that has not its link is told to call later; when the other is killed it is let in"""
    with cluster.Cluster() as own, Stage(BUILD, 'dialled', store=cluster.database(own.uri)) as stage:
        document = {'format': 'gdp-passport', 'version': 1,
                    'links': [{'id': 'bbt', 'kind': 'bbt', 'serial': 'U1', 'keyless': True}],
                    'sites': [{'id': 'S1', 'units': [{'id': 'bbt', 'link': 'bbt', 'address': 0, 'profile': 'bbt-1'}],
                               'points': [{'id': 'one', 'kind': 'analog', 'source': 'bbt:ext1', 'signal': 'number',
                                           'resolution': 0.1, 'unit': ''}]}]}
        with open(f'{stage.folder}/passport.json', 'w', encoding='utf-8') as file:
            json.dump(document, file)
        stage.run('gdpctl', '--store', stage.store, 'import', f'{stage.folder}/passport.json')
        ports = {'east': plant.free_port(), 'west': plant.free_port()}
        for name, link in (('east', 'links=bbt'), ('west', 'links=none\nreserve=bbt')):
            with open(f'{stage.folder}/{name}.conf', 'w', encoding='utf-8') as file:
                file.write(f'[server]\nname={name}\n{link}\n[sessions]\nlisten=127.0.0.1:{ports[name]}\n')
            stage.server('--config', f'{stage.folder}/{name}.conf', name=name)
            stage.wait('it listens', lambda name=name: f'on port {ports[name]}' in stage.log(name))
        device, minute = Device('U1', Clock()), int(time.time()) // 60 * 60

        def call(name, row=0):
            if row:
                device.row(1, {17: 0x3F800000}, minute - 600 + 60 * row)
            return Unit(device).call(bbt_link.dial(('127.0.0.1', ports[name]), False))

        def stored():
            return cluster.ask(stage.store, "SELECT through FROM stream_mark WHERE stream = 1")
        assert call('east', 1) == 'bye' and stored() == [(1,)]
        assert call('west', 2) == 'fault' and stored() == [(1,)] and not stage.ctl('strangers')
        refused = [r for r in stage.ctl('journal') if r['event'] == 'session-refused']
        assert 'another server answers for it' in refused[0]['text'], refused
        stage.stop('east', signal.SIGKILL)
        stage.wait('west lets it in', lambda: call('west') == 'bye')
        now = time.strftime('%Y-%m-%dT%H:%M', time.gmtime(minute))   # reports are of then, rows of before
        rows = [r['time'] for r in stage.ctl('history', 'S1/one', '--since', '3h', '--raw') if r['time'] < now]
        assert stored() == [(2,)] and len(rows) == len(set(rows)) == 2, rows


def both_acknowledge():
    """of two who acknowledge one alarm at the same moment, with two servers there, both learn who was first"""
    people = ('Ivanova', 'Petrov')
    with room('both') as it:
        it.both()
        it.plants['east'].discrete('slam1', 1)
        it.alarm('GDP-001/slam1', 'unacked')
        for name in PLACES:
            it.stage.running[name].send_signal(signal.SIGSTOP)   # both have posted before either is carried out
        try:
            asking = {who: it.gdpctl('ack', 'GDP-001/slam1.state', who=who) for who in people}
            it.stage.wait('both have posted', lambda: cluster.ask(
                it.stage.store, "SELECT count(*) FROM command WHERE state = 'posted'") == [(2,)])
        finally:
            for name in PLACES:
                it.stage.running[name].send_signal(signal.SIGCONT)
        told = {who: (process.communicate()[1], process.returncode) for who, process in asking.items()}
        first = it.alarm('GDP-001/slam1', 'acked')['acked_by']
        second = next(who for who in people if who != first)
        assert told[first] == ('', 0), told
        assert told[second][1] == 1 and first in told[second][0] and len(told[second][0].splitlines()) == 1, told
        takers = cluster.ask(it.stage.store, 'SELECT DISTINCT taker FROM command')
        assert takers == [('east',)], takers
        assert [r['who'] for r in it.journal('alarm-acknowledged')] == [first]
        it.sound()


def same_name():
    """of two servers with one name only one runs; the other says so and ends, on another machine of that name, too"""
    with room('name') as it:
        it.configure('east')
        command = [it.stage.path('gdp-server'), '--store', it.stage.store, '--config', f'{it.stage.folder}/east.conf']

        def contend(*before):
            return subprocess.Popen([*before, *command], stderr=subprocess.PIPE, text=True, env=it.stage.environment)
        pair = [contend(), contend()]
        it.stage.wait('one has ended', lambda: None in (codes := [p.poll() for p in pair]) and codes != [None, None])
        loser, winner = sorted(pair, key=lambda process: process.poll() is None)
        told = loser.stderr.read().splitlines()
        assert loser.returncode == 1 and len(told) == 1, told
        assert 'server "east" already runs' in told[0] and f'process {winner.pid}' in told[0], told
        it.reads('east')
        elsewhere = contend(*ELSEWHERE)
        told = elsewhere.communicate(timeout=60)[1]
        assert elsewhere.returncode == 1 and 'already runs' in told, told
        time.sleep(2)                               # two heartbeats: nobody has taken its name
        assert winner.poll() is None and it.owners() == {'lan-1': 'east'}
        assert len(it.journal('server-started')) == 1 and not it.journal('server-lost')
        winner.terminate()
        assert winner.wait(20) == 0
        it.sound()


def clock_of_a_server():
    """a server whose clock is an hour off dates by the store's, says so, keeps its links and is not taken for dead"""
    with room('clock') as it:
        began = time.time()
        off, set_clock = it.clock(HOUR)
        it.both(**off)
        told = it.stage.wait('its heartbeat tells', lambda: it.server('east').get('clock_ahead_s'))
        assert abs(told - HOUR) < 2 and it.server('west')['clock_ahead_s'] == 0, told
        assert re.search('clock is 3(600|599) s ahead of the database', it.trouble('east')), it.trouble('east')
        set_clock(-HOUR)                            # while it runs
        it.stage.wait('it is noticed', lambda: (it.server('east').get('clock_ahead_s') or 0) < -HOUR + 5)
        until = time.monotonic() + DEAD + RETRY + 1
        it.stage.wait('nobody takes its link for so long', lambda: time.monotonic() > until)
        assert it.owners() == {'lan-1': 'east', 'lan-2': 'west'}
        it.reads('east')
        set_clock(0)
        it.stage.wait('all is well', lambda: 'clock' not in it.trouble('east') and it.server('east')['clock_ahead_s'] == 0)
        it.kill('east')                             # a heartbeat of the future would keep it alive for an hour
        it.stage.wait('west has both', lambda: it.owners() == {'lan-1': 'west', 'lan-2': 'west'})
        for what in ('time FROM sample', 'occurred FROM journal', 'learned FROM journal', 'heartbeat FROM server',
                     'started FROM server'):
            ask = cluster.ask(it.stage.store, f'SELECT min({what.split()[0]}), max({what.split()[0]}) FROM {what.split()[2]}')
            [(first, last)] = ask
            assert began - 5 < first / 1e6 and last / 1e6 < time.time() + 1, (what, first, last)
        assert not [r for r in it.journal('note') if 'clock was set' in r['text']]
        it.sound()


def clock_of_a_person():
    """whoever asks with a clock that is an hour off is neither too late nor early, and sees what is there"""
    with room('person') as it:
        it.both()
        for seconds, words in ((HOUR, 's ahead of the store'), (-HOUR, 's behind the store')):
            off, _ = it.clock(seconds)
            asking = it.gdpctl('output', it.fan('east'), 'on' if seconds > 0 else 'off', '--yes', **off)
            _, told = asking.communicate(timeout=60)
            assert asking.returncode == 0 and words in told and 'no server' not in told, told
            rows = it.stage.run('gdpctl', '--store', it.stage.store, '--json', 'servers', **off).stdout
            assert [json.loads(row)['state'] for row in rows.splitlines()] == ['running'] * 2, rows
            recent = it.stage.run('gdpctl', '--store', it.stage.store, '--json', 'journal', '--since', '5m', **off).stdout
            assert 'output-operated' in recent, recent
        assert it.writes('east') == 2
        it.kill('east')
        it.stage.stop('west')
        fields = 'posted, expires, state'           # nobody is there: it takes its ten seconds, no hour and not none
        asking, began = it.gdpctl('output', it.fan('east'), 'on', **it.clock(HOUR)[0]), time.time()
        _, told = asking.communicate(timeout=60)
        [(posted, expires, state)] = cluster.ask(it.stage.store, f'SELECT {fields} FROM command ORDER BY id DESC LIMIT 1')
        assert asking.returncode == 1 and 'in time' in told and 9 < time.time() - began < 20, (told, time.time() - began)
        assert began - 1 < posted / 1e6 < time.time() and expires == posted + 10_000_000 and state == 'expired'
        it.sound()


def clock_of_a_console():
    """a console whose clock is an hour off tells so, also in a small window, shows the store's time, and what is pressed there is done"""
    with room('console') as it:
        it.both()
        off, _ = it.clock(HOUR)
        screen = Screen(it.stage.start('console', 'gdp-console', '--store', it.stage.store, '--page', 'alarms', '--user',
                                       'Ivanova', '--size', '1280x720', **off))
        it.stage.wait('it is live', lambda: screen.shows('live'))
        it.stage.wait('it tells of its clock', lambda: screen.shows("not this PC's"))
        it.stage.wait('the store\'s time', lambda: screen.shows(time.strftime('%H:%M:', time.localtime(time.time() - 0.5))))
        it.plants['east'].discrete('door1', 1)
        it.alarm('GDP-001/door1', 'unacked')
        screen.click(it.stage.wait('the button', lambda: screen.button_of_row('Acknowledge', 'Door')))
        assert it.alarm('GDP-001/door1', 'acked')['acked_by'] == 'Ivanova'
        it.kill('east')
        it.kill('west')
        it.stage.wait('it says that nobody is there', lambda: screen.shows('silent'))
        beat = it.server('west')['heartbeat']
        local = time.strftime('%H:%M', time.localtime(time.time()))
        assert it.stage.wait('since when', lambda: screen.shows('Last sign of life', local[:2])), (beat, local)


ALL = (taken_over, stood_still, stood_still_with_alarms, in_time_or_not_at_all, left_half_done, dialled_in, both_acknowledge, same_name, clock_of_a_server, clock_of_a_person,
       clock_of_a_console)
tap.run(*[case for case in ALL if len(sys.argv) < 4 or case.__name__ in sys.argv[3:]])
