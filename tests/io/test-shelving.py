#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test-shelving.py BUILD [CASE…] — what persons decide of alarms by gdpctl, with a real server and a slave that nobody here
wrote: shelved, out of service, reset, visits; what is suppressed by design; and everything that is refused."""
import json
import os
import signal
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, *folder) for folder in (('..', 'e2e'), ('..', '..', 'app'), ('..',))]
import cluster  # noqa: E402
import plant    # noqa: E402
import room as of_room  # noqa: E402
import tap      # noqa: E402

BUILD = sys.argv[1]
SITE = plant.SITE
MAINS, SLAM, DOOR, LOW = (f'{SITE}/{name}' for name in ('mains.state', 'slam1.state', 'door1.state', 'outlet1.low'))


def latching(point):
    if point['kind'] == 'slam-shut':
        point.update(latches=True, remind_after=3600)


def room(name):
    return of_room.room(BUILD, name, latching)


def shelved():
    """a shelved alarm calls nobody and is listed with its end and reason; at the end it is to be acknowledged again"""
    with room('shelved') as it:
        it.wired.discrete('mains', 0)
        first = it.until(MAINS, 'unacked')
        it.ctl('ack', MAINS)
        it.ctl('shelve', MAINS, '--for', '4s', '--reason', 'substation is repaired', who='Petrov')
        is_ = it.until(MAINS, 'acked', 'shelved')
        assert (is_['suppressed_by'], is_['suppressed_why']) == ('Petrov', 'substation is repaired'), is_
        assert is_['acked_by'] == 'Ivanova' and is_['occurrence'] == first['occurrence'], is_
        shown = it.ctl('alarms')
        assert 'Shelved' in shown and 'Petrov: substation is repaired' in shown, shown
        assert [a['alarm'] for a in it.stage.ctl('alarms', '--state', 'shelved')] == [MAINS]
        over = it.until(MAINS, 'unacked')
        assert over['occurrence'] == first['occurrence'] + 1 and over['occurred'] == first['occurred'], over
        end = is_['suppressed_until'][:19] + 'Z'
        server = it.stage.ctl('servers')[0]['server']
        assert it.journal(MAINS)[2:] == [
            ('alarm-shelved', 'Petrov', 'none', end, 'substation is repaired'),
            ('alarm-shelving-over', server, end, 'none', None),
            ('alarm-reminded', server, 'acked', 'unacked', None)], it.journal(MAINS)
        # by hand it is as it was
        it.ctl('ack', MAINS)
        it.ctl('shelve', MAINS, '--for', '2h', '--reason', 'still')
        it.ctl('unshelve', MAINS, '--comment', 'done')
        assert it.alarm(MAINS)['state'] == 'acked'
        assert it.journal(MAINS)[-1][4] == 'done'
        assert 'chain ok' in it.ctl('verify')


def refused():
    """no shelving for zero, for ever, without a reason, for longer than the role may, or of what is no alarm"""
    with room('refused') as it:
        it.wired.discrete('mains', 0)
        it.until(MAINS, 'unacked')
        for says, words in (('say for how long', ('--reason', 'x')), ('is no length', ('--for', 'ever', '--reason', 'x')),
                            ('no time at all', ('--for', '0m', '--reason', 'x')), ('is no length', ('--for', '-2h', '--reason', 'x')),
                            ('is no length', ('--for', '99999999w', '--reason', 'x')),
                            ('say why', ('--for', '2h')), ('say why', ('--for', '2h', '--reason', ' '))):
            it.refused(says, 'shelve', MAINS, *words, code=2)
        it.refused('say why', 'out-of-service', MAINS, code=2)
        it.refused('for 8 h at the most', 'shelve', MAINS, '--for', '9h', '--reason', 'x')
        it.refused('for 8 h at the most', 'shelve', MAINS, '--for', '9999w', '--reason', 'x')
        it.refused('there is no alarm', 'shelve', f'{SITE}/nothing.high', '--for', '1h', '--reason', 'x')
        it.refused('There is no alarm', 'shelve', f'{SITE}/tgas.high', '--for', '1h', '--reason', 'x')    # it has no limits
        it.refused('is not suppressed', 'unshelve', MAINS)
        it.refused('is not suppressed', 'in-service', MAINS)
        it.refused('cannot be reset: it is unacked', 'reset', MAINS)
        it.ctl('alarms', '--state', 'asleep', code=2)
        assert it.alarm(MAINS)['suppression'] == 'none'
        assert it.events(MAINS) == ['alarm-occurred'] + ['command-refused'] * 5, it.journal(MAINS)
        # beforehand, what has never occurred; more urgent than that it calls all the same
        it.ctl('shelve', LOW, '--for', '1h', '--reason', 'flow test')
        it.wired.analog('outlet1', 10.9)          # 0.25875 MPa: below L
        it.until(LOW, 'unacked', 'shelved')
        it.wired.analog('outlet1', 8)             # 0.15 MPa: below LL
        assert it.until(LOW, 'unacked')['level'] == 'LL'
        assert it.journal(LOW)[-1][4] == 'it is more urgent than what was shelved', it.journal(LOW)


def two():
    """of two who shelve an alarm at once the second is told who was first, and changes nothing"""
    with room('two') as it:
        it.wired.discrete('mains', 0)
        it.until(MAINS, 'unacked')
        server = it.stage.running['server'].pid
        os.killpg(server, signal.SIGSTOP)
        both = [it.begin('shelve', MAINS, '--for', length, '--reason', f'of {who}', who=who)
                for who, length in (('Ivanova', '1h'), ('Petrov', '2h'))]
        it.stage.wait('both commands', lambda: cluster.ask(it.stage.store, "SELECT count(*) FROM command WHERE state = 'posted'")
                      == [(2,)])
        os.killpg(server, signal.SIGCONT)
        said = [command.communicate(timeout=60) for command in both]
        codes = [command.returncode for command in both]
        assert sorted(codes) == [0, 1], (codes, said)
        first, second = ('Ivanova', 'Petrov') if codes[0] == 0 else ('Petrov', 'Ivanova')
        assert f'shelved by {first} since' in said[codes.index(1)][1], said
        assert it.alarm(MAINS)['suppressed_why'] == f'of {first}'
        last = it.journal(MAINS)[-1]
        assert last[:2] == ('command-refused', second), last
        # who has seen it may give it another end
        it.ctl('shelve', MAINS, '--for', '3h', '--reason', 'longer', who=second)
        assert it.alarm(MAINS)['suppressed_by'] == second


def seen():
    """an alarm that came again since it was looked at is not shelved, nor taken out of service"""
    with room('seen') as it:
        it.wired.analog('outlet1', 10.9)
        it.until(LOW, 'unacked')
        server = it.stage.running['server'].pid
        os.killpg(server, signal.SIGSTOP)
        asked = it.begin('out-of-service', LOW, '--reason', 'known')
        it.stage.wait('the command', lambda: cluster.ask(it.stage.store, "SELECT count(*) FROM command WHERE state = 'posted'")
                      == [(1,)])
        cluster.change(it.stage.store, "UPDATE command SET argument = 0 WHERE state = 'posted'")
        os.killpg(server, signal.SIGCONT)
        said = asked.communicate(timeout=60)[1]
        assert asked.returncode == 1 and 'occurrence 0 was seen, it is at 1 now; look again' in said, said
        assert it.alarm(LOW)['suppression'] == 'none'


def latched():
    """what latches is listed until it was acknowledged and then reset, and by whom"""
    with room('latched') as it:
        it.wired.discrete('slam1', 1)
        it.until(SLAM, 'unacked')
        it.wired.discrete('slam1', 0)
        it.until(SLAM, 'latched-unacked')
        it.refused('before it is acknowledged', 'reset', SLAM)
        it.ctl('ack', SLAM)
        it.until(SLAM, 'latched')
        assert 'Latched' in it.ctl('alarms', '--state', 'latched')
        it.stage.stop('server')                    # and it outlasts the server
        it.server()
        it.stage.wait('good points', lambda: sum(v['quality'] == 'good' for v in it.stage.ctl('live')) == 16, 60)
        assert it.alarm(SLAM)['state'] == 'latched'
        it.ctl('reset', SLAM, '--comment', 'valve opened by hand', who='Petrov')
        it.until(SLAM, 'normal')
        it.refused('has been reset by Petrov', 'reset', SLAM)
        assert it.journal(SLAM)[-2] == ('alarm-reset', 'Petrov', 'latched', 'normal', 'valve opened by hand'), it.journal(SLAM)
        exported = json.loads(it.ctl('export'))
        point = next(p for p in exported['sites'][0]['points'] if p['id'] == 'slam1')
        assert (point['latches'], point['remind_after']) == (True, 3600), point
        with open(f'{it.stage.folder}/again.json', 'w', encoding='utf-8') as file:
            json.dump(exported, file)
        it.ctl('import', f'{it.stage.folder}/again.json')
        assert json.loads(it.ctl('export')) == exported
        point['remind_after'] = 5
        with open(f'{it.stage.folder}/again.json', 'w', encoding='utf-8') as file:
            json.dump(exported, file)
        it.refused('remind_after', 'import', f'{it.stage.folder}/again.json')


def out_of_service():
    """out of service has no end, outlasts the server, and who puts it back has to look at what is still active"""
    with room('out') as it:
        it.wired.discrete('mains', 0)
        it.until(MAINS, 'unacked')
        it.ctl('ack', MAINS)
        it.ctl('out-of-service', MAINS, '--reason', 'mains are rebuilt')
        assert it.until(MAINS, 'acked', 'out-of-service')['suppressed_until'] is None
        it.refused('is out-of-service, by Ivanova', 'shelve', MAINS, '--for', '1h', '--reason', 'x', who='Petrov')
        it.stage.stop('server', signal.SIGKILL)
        it.server()
        it.stage.wait('good points', lambda: sum(v['quality'] == 'good' for v in it.stage.ctl('live')) == 16, 60)
        assert it.alarm(MAINS)['suppression'] == 'out-of-service'
        it.ctl('in-service', MAINS, who='Petrov')
        it.until(MAINS, 'unacked')
        it.refused('Petrov was first', 'in-service', MAINS)
        # all alarms of a point at once
        point = f'{SITE}/outlet1'
        it.ctl('out-of-service', point, '--reason', 'transmitter is calibrated')
        assert sorted(a['alarm'] for a in it.stage.ctl('alarms', '--state', 'out-of-service')) == [
            f'{point}.{condition}' for condition in ('fault', 'high', 'low', 'stale')]
        it.wired.analog('outlet1', 8)
        it.until(LOW, 'unacked', 'out-of-service')
        it.ctl('in-service', point)
        it.until(LOW, 'unacked')
        assert it.stage.ctl('alarms', '--state', 'suppressed') == []
        it.refused(f'no alarm of “{point}” is “Out of service”', 'in-service', point)


def by_design():
    """below a lost line alarms are suppressed by design, because of the line, and come back exactly as they were"""
    with room('design') as it:
        it.wired.discrete('mains', 0)
        it.wired.discrete('slam1', 1)
        it.until(MAINS, 'unacked')
        it.until(SLAM, 'unacked')
        it.ctl('ack', SLAM)
        was = {alarm: it.alarm(alarm) for alarm in (MAINS, SLAM)}
        it.wired.unplug()
        it.until(it.wired.lost, 'unacked', within=60)
        for alarm, state in ((MAINS, 'unacked'), (SLAM, 'acked')):
            assert it.until(alarm, state, 'by-design')['suppressed_why'] == it.wired.lost
        assert 'Suppressed by design' in it.ctl('alarms')
        called = [a['alarm'] for a in it.stage.ctl('alarms', '--state', 'unacked') if a['suppression'] == 'none']
        assert called == [it.wired.lost], called
        it.wired.plug()
        it.wired.discrete('mains', 0)
        it.wired.discrete('slam1', 1)
        for number in range(8):
            it.wired.slave.set('ir', plant.UNIT, number, 12000)
        for alarm in (MAINS, SLAM):
            is_ = it.until(alarm, was[alarm]['state'], within=60)
            same = ('occurrence', 'occurred', 'learned', 'acked_by', 'acked_at', 'priority')
            assert [is_[key] for key in same] == [was[alarm][key] for key in same], (is_, was[alarm])
        assert it.events(MAINS) == ['alarm-occurred', 'alarm-suppressed', 'alarm-restored'], it.journal(MAINS)


def visit():
    """during a visit doors are events; what is open at its end is an alarm; a visit is listed, and has an end"""
    with room('visit') as it:
        it.refused('for 72 h at the most', 'visit', SITE, '--for', '73h', '--reason', 'filters')
        it.ctl('visit', SITE, '--reason', 'filters', code=2)
        it.ctl('visit', SITE, '--for', '4h', '--reason', 'filters')
        name = f'{SITE}/upmp.visit'
        listed = it.alarm(name)
        assert (listed['suppression'], listed['suppressed_why']) == ('shelved', 'filters'), listed
        assert 'Maintenance visit' in it.ctl('alarms')
        it.wired.discrete('door1', 1)
        it.stage.wait('the door', lambda: 'state-changed' in it.events(f'{SITE}/door1'))
        it.wired.discrete('slam1', 1)
        it.until(SLAM, 'unacked')                  # what the process does is another matter
        assert it.alarm(DOOR) is None
        it.ctl('visit', SITE, '--end', who='Petrov')
        it.until(DOOR, 'unacked')
        assert [record[:2] for record in it.journal(name)] == [
            ('command-refused', 'Ivanova'), ('visit-began', 'Ivanova'), ('visit-ended', 'Petrov')], it.journal(name)
        it.refused('Petrov was first', 'visit', SITE, '--end')
        it.refused('there is no site', 'visit', 'GDP-999', '--for', '1h', '--reason', 'x')


def roles():
    """a dispatcher shelves for a shorter time than a senior dispatcher, and takes nothing out of service; a viewer may nothing"""
    with room('roles') as it:
        for name, role in (('Sidorov', 'administrator'), ('Ivanova', 'dispatcher'), ('Petrov', 'viewer'),
                           ('Smirnova', 'senior-dispatcher')):
            it.ctl('operator', name, role, who='Sidorov')
        shelve = ('shelve', MAINS, '--reason', 'x', '--for')
        it.refused('may not shelve alarms', *shelve, '1h', who='Petrov')
        it.refused('may be shelved by role dispatcher for 2 h', *shelve, '3h')
        it.ctl(*shelve, '2h')
        it.ctl(*shelve, '8h', who='Smirnova')
        it.refused('may not take alarms out of service; it takes the role senior-dispatcher', 'out-of-service', MAINS, '--reason', 'x')
        it.ctl('out-of-service', MAINS, '--reason', 'x', who='Smirnova')
        it.refused('may not reset alarms', 'reset', MAINS, who='Petrov')
        it.refused('may not take', 'in-service', MAINS)
        it.ctl('in-service', MAINS, who='Smirnova')


CASES = [shelved, refused, two, seen, latched, out_of_service, by_design, visit, roles]
tap.run(*[case for case in CASES if not sys.argv[2:] or case.__name__ in sys.argv[2:]])
