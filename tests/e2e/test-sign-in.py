#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test-sign-in.py BUILD — a shift at a desk with passwords, by real keys: signed in, locked, unlocked, taken over."""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, '..'), os.path.join(HERE, '..', '..', 'app')]
import plant  # noqa: E402
import tap    # noqa: E402
from desk import MAIN, SIGN_IN, UNLOCK, Desk  # noqa: E402
from stage import Stage  # noqa: E402

BUILD = sys.argv[1]
SITE = plant.SITE
PEOPLE = {'Sidorov': ('administrator', 'the chief has one'), 'Ivanova': ('dispatcher', 'her own secret'),
          'Petrov': ('dispatcher', 'his own secret')}


class Room(Desk):
    """A plant, a server, operators with passwords, and a console that was started for Ivanova."""

    def __init__(self, stage):
        self.stage, self.wired = stage, plant.Tcp(stage)   # the desk comes last
        self.wired.plug()
        stage.run('gdpctl', '--store', stage.store, 'import', self.wired.document())
        for name, (role, _) in PEOPLE.items():
            self.ctl('Sidorov', 'operator', name, role)
        for name in PEOPLE:
            self.ctl('Sidorov', 'operator', 'password', name, '--new-password-file', self.secret(name))
        stage.server('--sessions-listen', 'off')
        super().__init__(stage, stage.start('console', 'gdp-console', '--store', stage.store, '--page', 'alarms', '--user', 'Ivanova'))
        stage.wait('the console', lambda: self.screen.shows('No alarms') and self.screen.shows('♥ live'))
        stage.wait('good points', lambda: sum(v['quality'] == 'good' for v in stage.ctl('live')) == 16)

    def secret(self, name):
        path = f'{self.stage.folder}/{name}.secret'
        with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), 'w') as file:
            file.write(PEOPLE[name][1] + '\n')
        return path

    def ctl(self, who, *words, check=True):
        return self.stage.run('gdpctl', '--store', self.stage.store, '--user', who, '--password-file', self.secret(who), *words,
                              check=check)

    def state(self, alarm):
        return next((a['state'] for a in self.stage.ctl('alarms', '--state', 'all') if a['alarm'] == f'{SITE}/{alarm}'), None)

    def until(self, alarm, state):
        self.stage.wait(f'{alarm} {state}', lambda: self.state(alarm) == state)

    def journal(self, *kinds):
        return [(r['event'], r['who'], r['text']) for r in self.stage.ctl('journal', '--limit', '1000')
                if r['event'] in kinds][::-1]


def shift():
    """who signs in, acts; a locked console shows alarms and acknowledges none; the next person takes over; all is journaled"""
    with Stage(BUILD, 'sign-in') as stage:
        room = Room(stage)
        room.type(SIGN_IN, 'not her secret')
        room.says('wrong password')
        room.type(SIGN_IN, PEOPLE['Ivanova'][1])
        room.without(SIGN_IN)
        room.says('Dispatcher')

        room.keys(MAIN, 'ctrl+l')
        room.says('Locked by Ivanova')
        room.wired.discrete('door1', 1)
        room.until('door1.state', 'unacked')
        room.says('Door')
        room.keys(MAIN, 'ctrl+2', 'ctrl+space', 'Down', 'space', 'ctrl+3')   # the journal comes after what does nothing
        room.says('Alarm occurred')
        room.keys(MAIN, 'ctrl+2')
        assert room.state('door1.state') == 'unacked' and not room.journal('alarm-acknowledged')

        room.keys(MAIN, 'ctrl+l')
        room.type(UNLOCK, PEOPLE['Ivanova'][1])
        room.without(UNLOCK)
        room.keys(MAIN, 'ctrl+2', 'ctrl+space')
        room.until('door1.state', 'acked')

        room.keys(MAIN, 'ctrl+shift+l')
        room.keys(SIGN_IN, 'shift+Tab', 'space', 'Down', 'Return', 'Tab')     # from Ivanova to Petrov
        room.type(SIGN_IN, PEOPLE['Petrov'][1])
        room.without(SIGN_IN)
        room.wired.discrete('slam1', 1)
        room.until('slam1.state', 'unacked')
        room.says('Slam-shut')
        room.keys(MAIN, 'ctrl+2', 'ctrl+space')
        room.until('slam1.state', 'acked')
        stage.stop('console')
        assert [who for _, who, _ in room.journal('alarm-acknowledged')] == ['Ivanova', 'Petrov']
        assert room.journal('signed-in', 'signed-out', 'command-refused') == [
            ('command-refused', 'Ivanova', 'wrong password'), ('signed-in', 'Ivanova', None),
            ('signed-out', 'Ivanova', 'locked'), ('signed-in', 'Ivanova', None), ('signed-out', 'Ivanova', None),
            ('signed-in', 'Petrov', None), ('signed-out', 'Petrov', None)], room.journal('signed-in', 'signed-out',
                                                                                        'command-refused')


def revoked():
    """gdpctl acknowledges for who gives the password; who loses the role while signed in is out at once"""
    with Stage(BUILD, 'revoked') as stage:
        room = Room(stage)
        room.type(SIGN_IN, PEOPLE['Ivanova'][1])
        room.without(SIGN_IN)
        room.wired.discrete('door1', 1)
        room.until('door1.state', 'unacked')
        said = stage.run('gdpctl', '--store', stage.store, '--user', 'Ivanova', 'ack', f'{SITE}/door1.state', check=False)
        assert said.returncode == 1 and '--password-file' in said.stderr, said
        room.ctl('Sidorov', 'operator', 'Ivanova', 'none')
        room.says('Nobody is signed in')
        room.keys(MAIN, 'ctrl+2', 'ctrl+space', 'ctrl+3')
        room.says('Alarm occurred')
        assert room.state('door1.state') == 'unacked'
        room.ctl('Petrov', 'ack', f'{SITE}/door1.state')
        room.until('door1.state', 'acked')
        assert [who for _, who, _ in room.journal('alarm-acknowledged')] == ['Petrov']


tap.run(shift, revoked)
