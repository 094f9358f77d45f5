#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test-conditions.py BUILD [CASE…] — what is judged beside limits, and values set by hand, with a real server and a slave that
nobody here wrote."""
import contextlib
import json
import os
import signal
import sqlite3
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, *folder) for folder in (('..', 'e2e'), ('..', '..', 'app'), ('..',))]
import plant    # noqa: E402
import room as of_room  # noqa: E402
import tap      # noqa: E402

BUILD = sys.argv[1]
SITE = plant.SITE
POINT = f'{SITE}/outlet1'
GOOD = 0.3     # MPa at 12 mA


def moving(point):
    if point['id'] == 'outlet1':
        point.update(deviation={'from': GOOD, 'value': 0.01, 'deadband': 0.002, 'priority': 2},
                     rate={'value': 0.02, 'within': 10}, frozen={'after': 60})


def room(name):
    return of_room.room(BUILD, name, moving)


def milliampere(value):
    return 4 + 16 * value / 0.6


def live(it, point=POINT):
    return next(v for v in it.stage.ctl('live') if v['point'] == point)


def motion():
    """off the set-point, too fast and frozen are alarms with words, numbers and priorities of their own, and clear by themselves"""
    with room('motion') as it:
        it.wired.analog('outlet1', milliampere(0.289))
        off = it.until(f'{POINT}.deviation', 'unacked')
        assert (off['priority'], off['condition']) == (2, 'deviation'), off
        assert abs(off['limit'] - 0.29) < 1e-6 and abs(off['value'] - 0.289) < 1e-3, off
        assert it.alarm(f'{POINT}.rate') is None
        it.wired.analog('outlet1', milliampere(0.312))
        fast = it.until(f'{POINT}.rate', 'unacked')
        assert fast['priority'] == 3 and abs(fast['value'] - 0.023) < 1e-3 and abs(fast['limit'] - 0.02) < 1e-9, fast
        it.until(f'{POINT}.rate', 'rtn-unacked', within=40)
        it.wired.analog('outlet1', 12)
        it.until(f'{POINT}.deviation', 'rtn-unacked')
        texts = [text for event, _, _, _, text in it.journal(f'{POINT}.deviation')]
        assert texts[0].endswith(', 0.3000 MPa ± 0.0100 MPa'), texts
        frozen = it.until(f'{POINT}.frozen', 'unacked', within=120)   # the slave's register does not move
        assert frozen['priority'] == 4, frozen
        shown = it.ctl('alarms')
        assert all(words in shown for words in ('Off the set-point', 'Changes too fast', 'Frozen value')), shown
        it.wired.analog('outlet1', 12.001)
        it.until(f'{POINT}.frozen', 'rtn-unacked')
        exported = json.loads(it.ctl('export'))
        point = next(p for p in exported['sites'][0]['points'] if p['id'] == 'outlet1')
        assert point['rate'] == {'within': 10, 'value': 0.02, 'priority': 3} and point['frozen'] == {'after': 60, 'priority': 4}, point
        told = next(p for p in it.stage.ctl('points') if p['point'] == POINT)
        assert (told['set_point'], told['deviation'], told['rate'], told['frozen_after']) == (GOOD, 0.01, 0.02, 60), told
        for wrong, says in ((dict(deviation={'from': 9, 'value': 0.01}), 'set-point'), (dict(rate={'value': 0.1, 'within': 0.5}), 'within'),
                            (dict(deviation={'from': GOOD, 'value': 0.01, 'deadband': 0.02}), 'deadband'),
                            (dict(frozen={'after': 5}), 'after')):
            document = json.loads(json.dumps(exported))
            next(p for p in document['sites'][0]['points'] if p['id'] == 'outlet1').update(wrong)
            with open(f'{it.stage.folder}/wrong.json', 'w', encoding='utf-8') as file:
                json.dump(document, file)
            it.refused(says, 'import', f'{it.stage.folder}/wrong.json')


def forced():
    """a forced value is shown as such, judged, journaled with who, until when and why, outlasts the server, and ends by hand"""
    with room('forced') as it:
        it.ctl('force', POINT, '0.34', '--for', '2h', '--reason', 'transmitter is replaced', who='Petrov')
        is_ = it.stage.wait('the value', lambda: live(it)['reason'] == 'forced' and live(it))
        assert (is_['value'], is_['quality']) == (0.34, 'good'), is_
        assert it.until(f'{POINT}.high', 'unacked')['value'] == 0.34
        listed = it.alarm(f'{POINT}.forced')
        assert (listed['suppression'], listed['suppressed_by'], listed['value'], listed['active']) == ('shelved', 'Petrov', 0.34, False), listed
        assert 'Forced by hand' in it.ctl('alarms') and [a['alarm'] for a in it.stage.ctl('alarms', '--state', 'suppressed')] == [
            f'{POINT}.forced']
        it.stage.stop('server', signal.SIGKILL)
        it.server()
        it.stage.wait('the others', lambda: live(it, f'{SITE}/inlet')['quality'] == 'good')
        assert (live(it)['value'], live(it)['reason']) == (0.34, 'forced'), live(it)
        it.wired.unplug()
        it.until(it.wired.lost, 'unacked', within=60)
        assert (live(it)['value'], live(it)['reason']) == (0.34, 'forced'), live(it)
        it.wired.plug()
        it.good()
        it.ctl('force', POINT, '0.31', '--for', '1h', '--reason', 'better known', who='Petrov')
        it.until(f'{POINT}.high', 'rtn-unacked')
        it.ctl('unforce', POINT, '--comment', 'calibrated')
        it.stage.wait('measured', lambda: live(it)['reason'] in (None, 'none') and abs(live(it)['value'] - GOOD) < 1e-3)
        end = listed['suppressed_until'][:19] + 'Z'
        told = it.journal(f'{POINT}.forced')
        assert told[0] == ('point-forced', 'Petrov', 'none', f'{end} 0.3400 MPa', 'transmitter is replaced'), told
        assert told[1][0] == 'point-forced' and told[1][3].endswith('Z 0.3100 MPa'), told
        assert told[2][:2] == ('point-released', 'Ivanova') and told[2][4] == 'calibrated', told
        assert 'chain ok' in it.ctl('verify')


def forced_ends():
    """… and by itself; what was measured counts from then on"""
    with room('forced-ends') as it:
        it.wired.analog('outlet1', milliampere(0.34))
        it.until(f'{POINT}.high', 'unacked')
        it.ctl('force', POINT, '0.3', '--for', '4s', '--reason', 'test')
        it.until(f'{POINT}.high', 'rtn-unacked')
        again = it.until(f'{POINT}.high', 'unacked')
        assert again['occurrence'] == 2, again
        server = it.stage.ctl('servers')[0]['server']
        assert it.journal(f'{POINT}.forced')[-1][:2] == ('point-released', server)
        door = f'{SITE}/door1'
        it.ctl('force', door, 'Open', '--for', '1h', '--reason', 'contact is broken')
        it.until(f'{door}.state', 'unacked')
        it.ctl('unforce', door)
        it.until(f'{door}.state', 'rtn-unacked')


def refused():
    """no forcing without reason or end, of what is no point, to what it cannot be, by whom it is not; and it is no alarm"""
    with room('refused') as it:
        words = ('--for', '1h', '--reason', 'x')
        for says, what in (('say for how long', (POINT, '0.3', '--reason', 'x')), ('say why', (POINT, '0.3', '--for', '1h')),
                           ('no time at all', (POINT, '0.3', '--for', '0m', '--reason', 'x')), ('is no number', (POINT, 'high', *words))):
            it.refused(says, 'force', *what, code=2)
        it.refused('there is no point', 'force', f'{SITE}/none', '1', *words)
        it.refused('can be forced to a value of 0 to 0.6', 'force', POINT, '0.7', *words)
        it.refused('can be forced to 0 or 1', 'force', f'{SITE}/door1', '2', *words)
        it.refused('for 744 h at the most', 'force', POINT, '0.3', '--for', '32d', '--reason', 'x')
        it.refused('is not forced', 'unforce', POINT)
        it.ctl('force', POINT, '0.31', *words)
        it.refused('is a forced value, no alarm', 'unshelve', f'{POINT}.forced')
        it.refused('is a forced value, no alarm', 'shelve', f'{POINT}.forced', *words)
        it.refused('is a forced value, no alarm', 'out-of-service', f'{POINT}.forced', '--reason', 'x')
        for name, role in (('Sidorov', 'administrator'), ('Ivanova', 'dispatcher'), ('Petrov', 'senior-dispatcher'), ('Orlov', 'engineer')):
            it.ctl('operator', name, role, who='Sidorov')
        it.refused('may not force values; it takes the role senior-dispatcher', 'unforce', POINT)
        it.refused('for 72 h at the most', 'force', POINT, '0.3', '--for', '73h', '--reason', 'x', who='Petrov')
        it.ctl('force', POINT, '0.3', '--for', '30d', '--reason', 'x', who='Orlov')
        it.ctl('unforce', POINT, who='Petrov')


def disk():
    """a disk that is nearly full is an alarm of the server, of no site; it is acknowledged, outlasts the server, and clears"""
    with room('disk') as it:
        path, ours = f'{it.stage.folder}/server.conf', ('--name', 'a', '--sessions-listen', 'off')

        def least(mebibytes):
            with open(path, 'w', encoding='utf-8') as file:
                file.write(f'[store]\nspool={it.stage.folder}/spool.db\ndisk-least={mebibytes}\n')

        it.stage.stop('server')
        least(1 << 30)
        it.stage.server('--config', path, *ours)
        full = it.until('a.disk', 'unacked', within=60)
        assert (full['priority'], full['site'], full['condition']) == (2, None, 'disk'), full
        assert 'MiB are left; make room there' in it.journal('a.disk')[0][4] and 'Disk nearly full' in it.ctl('alarms'), it.journal('a.disk')
        it.ctl('ack', 'a.disk', '--comment', 'ordered')
        it.stage.stop('server')
        it.stage.server('--config', path, *ours)
        it.good()
        it.stage.wait('its look', lambda: 'disk' in (it.stage.ctl('servers')[-1].get('trouble') or ''), 60)
        assert it.until('a.disk', 'acked')['occurrence'] == 1, it.alarm('a.disk')
        least(0)
        it.stage.running['server'].send_signal(signal.SIGHUP)
        it.until('a.disk', 'normal', within=60)
        assert it.events('a.disk') == ['alarm-occurred', 'alarm-acknowledged', 'alarm-cleared'], it.journal('a.disk')


def down():
    """a server that dies is an alarm that one of the others tells, until it is there again; one that ends in good order is none"""
    with room('down') as it:
        def server(name):
            it.stage.server('--name', name, '--sessions-listen', 'off', name=name)

        it.stage.stop('server')
        for name in ('a', 'b', 'c', 'd'):
            server(name)
        it.stage.wait('four', lambda: {'a', 'b', 'c', 'd'} <= {s['server'] for s in it.stage.ctl('servers')})
        it.stage.stop('d')
        it.stage.stop('c', signal.SIGKILL)
        it.until('c.down', 'unacked', within=90)
        assert it.alarm('d.down') is None and it.alarm('a.down') is None
        assert 'Server silent' in it.ctl('alarms')
        for reason in ('looked at', 'nobody there', 'still'):   # whoever tells it takes what is said to it
            it.ctl('shelve', 'c.down', '--for', '2h', '--reason', reason)
            it.ctl('unshelve', 'c.down')
        it.ctl('ack', 'c.down')
        first = it.journal('c.down')[0][1]
        second = 'b' if first == 'a' else 'a'
        it.stage.stop(first, signal.SIGKILL)
        it.until(f'{first}.down', 'unacked', within=90)
        assert it.until('c.down', 'acked')['occurrence'] == 1, it.journal('c.down')
        server('c')
        it.until('c.down', 'normal', within=90)
        told = [(event, who) for event, who, *_ in it.journal('c.down') if event.startswith('alarm-') and 'shelved' not in event]
        assert told == [('alarm-occurred', first), ('alarm-acknowledged', 'Ivanova'), ('alarm-cleared', second)], told
        it.stage.stop(second)
        it.stage.stop('c')
        server(first)   # there is nobody else who could tell
        it.until(f'{first}.down', 'rtn-unacked', within=90)
        it.ctl('ack', f'{first}.down')


def nobody_down():
    """servers that could not write the store, all of them, are not taken for dead"""
    with room('nobody-down') as it:
        it.stage.stop('server')
        for name in ('a', 'b'):
            it.stage.server('--name', name, '--sessions-listen', 'off', name=name)
        it.stage.wait('both', lambda: {'a', 'b'} <= {s['server'] for s in it.stage.ctl('servers')})
        began = time.time()
        with contextlib.closing(sqlite3.connect(it.stage.store.removeprefix('sqlite:'), isolation_level=None)) as other:
            other.execute('BEGIN IMMEDIATE')
            it.stage.wait('that it lasts', lambda: time.time() - began > 30, 60)
            other.execute('ROLLBACK')
        for name in ('a', 'b'):
            it.until(f'{name}.store', 'rtn-unacked', within=60)
        assert not it.journal('a.down') + it.journal('b.down'), it.journal('a.down') + it.journal('b.down')


def store():
    """a store that could not be written for a while is an alarm when it can again, with the time when it began"""
    with room('store') as it:
        server = it.stage.ctl('servers')[0]['server']
        began = time.time()
        with contextlib.closing(sqlite3.connect(it.stage.store.removeprefix('sqlite:'), isolation_level=None)) as other:
            other.execute('BEGIN IMMEDIATE')
            it.stage.wait('the trouble', lambda: 'store: ' in it.stage.log('server'), 60)
            it.stage.wait('that it lasts', lambda: time.time() - began > 30, 60)
            other.execute('ROLLBACK')
        lost = it.until(f'{server}.store', 'rtn-unacked', within=60)
        assert lost['occurred'] < lost['cleared'] and 'Store lost' in it.ctl('alarms'), lost


CASES = [motion, forced, forced_ends, refused, disk, down, nobody_down, store]
tap.run(*[case for case in CASES if not sys.argv[2:] or case.__name__ in sys.argv[2:]])
