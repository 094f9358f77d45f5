#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test-outputs.py BUILD — outputs switched by real programs in a slave that nobody here wrote: what the slave has
then, what the journal says, and everything that must not happen."""
import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, *folder) for folder in (('..', 'e2e'), ('..', '..', 'app'), ('..', 'peer'), ('..',))]
import bbt_link  # noqa: E402
import cluster  # noqa: E402
import plant  # noqa: E402
import tap    # noqa: E402
from bbt_device import Clock, Device, SerialPort  # noqa: E402
from bbt_unit import Unit  # noqa: E402
from stage import Stage  # noqa: E402

BUILD = sys.argv[1]
SITE, UNIT = plant.SITE, plant.UNIT
FAN, VALVE = f'{SITE}/fan', f'{SITE}/valve'
OUTPUTS = [
    {'id': 'fan', 'kind': 'output', 'name': 'Вентилятор', 'source': 'upmp:do2'},
    {'id': 'valve', 'kind': 'valve', 'source': 'upmp:do3', 'contact': 'normally-closed'},
]


class Room:
    """A plant with outputs, and a server that reads it."""

    def __init__(self, stage, kind=plant.Tcp):
        self.stage, self.wired = stage, kind(stage)
        self.wired.plug()
        document = plant.passport(self.wired.link)
        document['sites'][0]['points'] += OUTPUTS
        path = f'{stage.folder}/outputs.json'
        with open(path, 'w', encoding='utf-8') as file:
            json.dump(document, file)
        stage.run('gdpctl', '--store', stage.store, 'import', path)
        self.start()
        self.stage.wait('the outputs are read', lambda: self.state(FAN) == 0)

    def start(self):
        self.stage.server('--sessions-listen', f'127.0.0.1:{self.wired.sessions}', '--name', 'east')

    def state(self, point):
        value = next(v for v in self.stage.ctl('live', SITE) if v['point'] == point)
        return value['value'] if value['quality'] == 'good' else None

    def coil(self, number):
        return self.wired.slave.ask('coil', UNIT, number - 1)

    def writes(self):
        return self.wired.slave.ask('writes', UNIT)

    def mood(self, word):
        self.wired.slave.set('mood', UNIT, 0, word)

    def output(self, *words, who='Ivanova', code=0):
        """What gdpctl printed, or the reason that it gave."""
        done = self.stage.run('gdpctl', '--store', self.stage.store, '--user', who, '--json', 'output', *words,
                              check=False, within=120)
        assert done.returncode == code, (words, done.returncode, done.stdout, done.stderr)
        return json.loads(done.stdout) if code == 0 else done.stderr.strip()

    def journal(self, *events, point=FAN):
        """Records about the point of these kinds, oldest first."""
        records = [r for r in self.stage.ctl('journal', '--site', SITE) if r['object'] == point][::-1]
        return [r for r in records if not events or r['event'] in events]


@contextlib.contextmanager
def room(name, kind=plant.Tcp):
    with Stage(BUILD, name, store=cluster.store()) as stage:
        yield Room(stage, kind)


def both_steps(kind):
    with room(kind.__name__.lower(), kind) as it:
        told = it.output(FAN, 'on')
        assert (told['point'], told['site'], told['before'], told['after'], told['result']) == (
            FAN, 'ГРП-1 Садовая', 'Off', 'On', 'selected'), told
        assert it.coil(2) == 0 and it.writes() == 0, 'select has switched'
        done = it.output(FAN, 'on', '--confirm', told['confirm'])
        assert done['result'] == 'switched', done
        assert [it.coil(n) for n in range(1, 9)] == [0, 1, 0, 0, 0, 0, 0, 0] and it.writes() == 1
        it.stage.wait('the new state is read', lambda: it.state(FAN) == 1)
        records = [(r['event'], r['who'], r['before'], r['after']) for r in it.journal(
            'output-selected', 'output-operated', 'output-failed')]
        assert records == [('output-selected', 'Ivanova', 'Off', 'On'), ('output-operated', 'Ivanova', 'Off', 'On')], records
        assert it.output(FAN, 'off', '--yes')['result'] == 'switched'
        assert it.coil(2) == 0 and it.writes() == 2
        assert 'chain ok' in it.stage.run('gdpctl', '--store', it.stage.store, 'verify').stdout


def tcp():
    """an output on Modbus TCP is selected, confirmed, switched, read back and journaled with who, before and after"""
    both_steps(plant.Tcp)


def serial():
    """an output on a serial line is selected, confirmed, switched, read back and journaled"""
    both_steps(plant.Serial)


def modem():
    """an output behind a dialling modem is selected, confirmed, switched, read back and journaled"""
    both_steps(plant.Modem)


def inverted():
    """an inverted output is switched by its state's name, not by its coil's"""
    with room('inverted') as it:
        assert it.state(VALVE) == 1, 'coil off reads as state 1'
        assert it.output(VALVE, 'off', '--yes')['after'] == 'Closed'
        assert it.coil(3) == 1
        it.stage.wait('the new state is read', lambda: it.state(VALVE) == 0)


def refused():
    """a slave that refuses, one that only pretends and one that keeps silent are told apart; nothing is written twice"""
    with room('refused') as it:
        it.mood('refuse')
        assert 'exception 2' in it.output(FAN, 'on', '--yes', code=1)
        assert it.coil(2) == 0 and it.writes() == 1
        it.mood('ignore')
        assert 'reads back off' in it.output(FAN, 'on', '--yes', code=1)
        assert it.coil(2) == 0 and it.writes() == 2
        it.mood('silent')
        done = it.output(FAN, 'on', '--yes')
        assert 'not confirmed' in done['remark'] and 'reads back on' in done['remark'], done
        assert it.coil(2) == 1 and it.writes() == 3
        failures = it.journal('output-failed')
        assert [(r['who'], r['before'], r['after']) for r in failures] == [('Ivanova', 'Off', None)] * 2, failures
        assert len(it.journal('output-operated')) == 1


def gone():
    """a slave that is gone: the order fails with the reason and is not carried out when the slave is back"""
    with room('gone') as it:
        token = it.output(FAN, 'on')['confirm']
        it.wired.unplug()
        assert 'was not switched' in it.output(FAN, 'on', '--confirm', token, code=1)
        it.wired.plug()
        it.stage.wait('it is read again', lambda: it.state(FAN) == 0)
        assert it.writes() == 0 and it.coil(2) == 0


def strangers():
    """operate takes the select of the same person, with the token and the state that it gave, once"""
    with room('strangers') as it:
        assert 'it is not selected' in it.output(FAN, 'on', '--confirm', '1234abcd', code=1)
        token = it.output(FAN, 'on')['confirm']
        assert 'Ivanova has selected it' in it.output(FAN, 'on', '--confirm', token, who='Petrov', code=1)
        assert 'Ivanova has selected it, for' in it.output(FAN, 'on', who='Petrov', code=1)
        assert 'not that of this selection' in it.output(FAN, 'on', '--confirm', '1', code=1)
        assert 'the other way' in it.output(FAN, 'off', '--confirm', token, code=1)
        assert it.writes() == 0
        it.output(FAN, 'on', '--confirm', token)
        assert 'it is not selected' in it.output(FAN, 'on', '--confirm', token, code=1)
        assert it.writes() == 1
        refusals = it.journal('command-refused')
        assert ('Petrov', 'output') in [(r['who'], r['before']) for r in refusals], refusals


def no_output():
    """what is no output cannot be switched, and who asks is told why"""
    with room('none') as it:
        assert 'is not an output' in it.output(f'{SITE}/door1', 'on', code=1)
        assert 'is not an output' in it.output(f'{SITE}/outlet1', 'on', code=1)
        assert 'there is no point' in it.output(f'{SITE}/nothing', 'on', code=1)
        it.output(FAN, 'perhaps', code=2)


def roles():
    """with operators named a dispatcher may not switch, a stranger neither; both are journaled"""
    with room('roles') as it:
        for name, role in (('Sidorov', 'administrator'), ('Ivanova', 'senior-dispatcher'), ('Petrov', 'dispatcher')):
            it.stage.run('gdpctl', '--store', it.stage.store, '--user', 'Sidorov', 'operator', name, role)
        assert 'it takes the role senior-dispatcher' in it.output(FAN, 'on', '--yes', who='Petrov', code=1)
        assert 'not among the operators' in it.output(FAN, 'on', '--yes', who='Nobody', code=1)
        assert it.writes() == 0
        assert [r['who'] for r in it.journal('command-refused')] == ['Petrov', 'Nobody']
        it.output(FAN, 'on', '--yes')
        assert it.coil(2) == 1


def late():
    """a command whose time is over is not carried out by a server that comes then"""
    with room('late') as it:
        token = it.output(FAN, 'on')['confirm']
        it.stage.stop('server')
        now = int(time.time() * 1e6)
        cluster.change(it.stage.store, f"""UPDATE meta SET seq = seq + 1;
            INSERT INTO command (id, seq, state, kind, object, argument, who, posted, expires, detail)
            SELECT seq, seq, 'posted', 'output', '{FAN}', 1, 'Ivanova', {now - 20_000_000}, {now - 10_000_000},
                   'operate {token}' FROM meta""")
        it.start()
        it.stage.wait('it expires', lambda: it.journal('command-refused'))
        assert it.journal('command-refused')[-1]['after'] == 'expired'
        assert it.writes() == 0


def killed():
    """a server killed between sending and the result says after its restart what reads back, and repeats nothing"""
    with room('killed') as it:
        it.mood('silent')                       # the coil is switched, and the server is left waiting
        token = it.output(FAN, 'on')['confirm']
        asking = subprocess.Popen([it.stage.path('gdpctl'), '--store', it.stage.store, '--user', 'Ivanova', 'output', FAN,
                                   'on', '--confirm', token], stderr=subprocess.PIPE, text=True, env=it.stage.environment)
        it.stage.wait('the write', lambda: it.writes() == 1)
        it.stage.stop('server', signal.SIGKILL)
        time.sleep(0.1)
        it.start()
        _, told = asking.communicate(timeout=60)
        assert asking.returncode == 1 and 'server restarted; state read back says On' in told, told
        record = it.journal('output-failed')[-1]
        assert record['who'] == 'Ivanova' and 'read back says On' in record['text'], record
        assert it.writes() == 1
        states = cluster.ask(it.stage.store, 'SELECT DISTINCT state FROM command')
        assert sorted(states) == [('done',), ('failed',)], states


class BbtRoom(Room):
    """A BBT by tests/peer, with its own outputs and, behind it, the slave of a plant; it stays in session."""

    def __init__(self, stage, dial_in=True):
        self.stage, self.wired = stage, plant.Serial(stage)
        self.wired.plug()
        link = {'id': 'bbt', 'kind': 'bbt', 'serial': 'S1', 'keyless': True, 'stays_connected': True}
        document = plant.passport(link)
        site = document['sites'][0]
        site['units'].append({'id': 'bbt', 'link': 'bbt', 'address': 0, 'profile': 'bbt-1'})
        site['points'] += OUTPUTS + [{'id': 'siren', 'kind': 'output', 'source': 'bbt:do8'}]
        path = f'{stage.folder}/outputs.json'
        with open(path, 'w', encoding='utf-8') as file:
            json.dump(document, file)
        stage.run('gdpctl', '--store', stage.store, 'import', path)
        self.start()
        self.device = Device('S1', Clock())
        self.device.measure({9: 0, 10: 0})
        self.device.interface = SerialPort(self.wired.near)
        self.unit = Unit(self.device, stays=True)
        self.stage.wait('the server listens', lambda: 'listening' in self.stage.log('server'))
        if dial_in:
            self.dial()

    def dial(self):
        link = bbt_link.dial(('127.0.0.1', self.wired.sessions), False)
        thread = threading.Thread(target=self.unit.call, args=(link,), daemon=True)
        thread.start()
        self.stage.after.callback(thread.join, 10)
        self.stage.after.callback(self.unit.ask, self.unit.leave)
        self.stage.wait('it is read', lambda: self.state(SIREN) == 0)


SIREN = f'{SITE}/siren'


def bbt():
    """a BBT's own output: selected and operated in the unit itself, with who, before and after in the journal"""
    with Stage(BUILD, 'bbt', store=cluster.store()) as stage:
        it = BbtRoom(stage)
        told = it.output(SIREN, 'on')
        assert it.device.selection and it.device.outputs == 0, 'the unit has it selected'
        assert it.output(SIREN, 'on', '--confirm', told['confirm'])['result'] == 'switched'
        assert it.device.outputs == 0x80
        records = [(r['event'], r['who'], r['before'], r['after']) for r in it.journal(point=SIREN)]
        assert records[:2] == [('output-selected', 'Ivanova', 'Off', 'On'), ('output-operated', 'Ivanova', 'Off', 'On')], records
        it.device.stuck = 0x80
        assert 'read-back differs' in it.output(SIREN, 'off', '--yes', code=1)
        assert it.journal('output-failed', point=SIREN)[-1]['who'] == 'Ivanova'


def through():
    """a slave behind a BBT: its coil is switched through mode T"""
    with Stage(BUILD, 'through', store=cluster.store()) as stage:
        it = BbtRoom(stage)
        it.stage.wait('the slave is read', lambda: it.state(FAN) == 0)
        assert it.output(FAN, 'on', '--yes')['result'] == 'switched'
        assert it.coil(2) == 1 and it.writes() == 1


def asleep():
    """an output of a BBT that is not in session fails in time, and is not switched when it calls"""
    with Stage(BUILD, 'asleep', store=cluster.store()) as stage:
        it = BbtRoom(stage, dial_in=False)
        assert 'not in session in time' in it.output(SIREN, 'on', '--yes', code=1)
        assert 'not connected' in it.output(FAN, 'on', '--yes', code=1)
        it.dial()
        assert it.device.outputs == 0 and it.device.selection is None and it.writes() == 0


ALL = (tcp, serial, modem, inverted, refused, gone, strangers, no_output, roles, late, killed, bbt, through, asleep)
tap.run(*[case for case in ALL if len(sys.argv) < 3 or case.__name__ in sys.argv[2:]])
