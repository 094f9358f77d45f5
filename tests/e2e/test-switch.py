#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test-switch.py BUILD — an output switched from the window, in a slave that nobody here wrote."""
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, '..'), os.path.join(HERE, '..', '..', 'app')]
import plant  # noqa: E402
import tap    # noqa: E402
from stage import Screen, Stage  # noqa: E402

BUILD = sys.argv[1]
SITE, UNIT = plant.SITE, plant.UNIT


class Room:
    """A plant with a fan, a server, and a console at its site."""

    def __init__(self, stage, **environment):
        self.stage, self.wired = stage, plant.Tcp(stage)
        self.wired.plug()
        document = plant.passport(self.wired.link)
        document['sites'][0]['points'].append({'id': 'fan', 'kind': 'output', 'name': 'Вентилятор', 'source': 'upmp:do2'})
        path = f'{stage.folder}/outputs.json'
        with open(path, 'w', encoding='utf-8') as file:
            json.dump(document, file)
        stage.run('gdpctl', '--store', stage.store, 'import', path)
        stage.server('--sessions-listen', 'off')
        self.console = stage.start('console', 'gdp-console', '--store', stage.store, '--site', SITE, '--user', 'Ivanova',
                                   **environment)
        self.screen = Screen(self.console)

    def coil(self):
        return self.wired.slave.ask('coil', UNIT, 1)

    def writes(self):
        return self.wired.slave.ask('writes', UNIT)

    def button(self, text):
        """A button that can be pressed; the dialog's own stands after the window's."""
        found = [node for node in self.screen.walk() if node.getRoleName() == 'push button' and text in node.name
                 and node.getState().contains(self.screen.atspi.STATE_SENSITIVE)]
        return found[-1] if found else None

    def press(self, text):
        self.stage.wait(f'the button {text}', lambda: self.button(text)).queryAction().doAction(0)

    def says(self, *parts):
        self.stage.wait(' '.join(parts), lambda: self.screen.shows(*parts))

    def events(self):
        return [(r['event'], r['who']) for r in self.stage.ctl('journal', '--site', SITE)
                if r['object'] == f'{SITE}/fan'][::-1]


def by_buttons():
    """the dialog names site, output, states and person; nothing is switched before its button, then it is, read back"""
    with Stage(BUILD, 'switch') as stage:
        room = Room(stage)
        room.press('Вентилятор: Off')
        room.says('Selected. It can be switched')
        for part in ('ГРП-1 Садовая', 'Вентилятор', 'Ivanova'):
            room.says(part)
        assert room.coil() == 0 and room.writes() == 0
        room.press('Switch')
        room.says('Switched, and read back: On')
        assert room.coil() == 1 and room.writes() == 1
        assert room.events()[:2] == [('output-selected', 'Ivanova'), ('output-operated', 'Ivanova')], room.events()
        room.press('Close')
        stage.wait('the site says so', lambda: room.button('Вентилятор: On'))


def let_go():
    """Escape lets go of what was selected: nothing is switched, and another may select it"""
    with Stage(BUILD, 'let-go') as stage:
        room = Room(stage)
        room.press('Вентилятор: Off')
        room.says('Selected. It can be switched')
        other = stage.run('gdpctl', '--store', stage.store, '--user', 'Petrov', 'output', f'{SITE}/fan', 'on', check=False)
        assert other.returncode == 1 and 'Ivanova has selected it' in other.stderr, other.stderr
        window = subprocess.run(['xdotool', 'search', '--pid', str(room.console.pid), '--onlyvisible', '--name', 'Switch an output'],
                                capture_output=True, text=True).stdout.split()[-1]
        subprocess.run(['xdotool', 'windowfocus', '--sync', window, 'key', 'Escape'], check=True)
        stage.wait('the release', lambda: ('output-released', 'Ivanova') in room.events())
        stage.run('gdpctl', '--store', stage.store, '--user', 'Petrov', 'output', f'{SITE}/fan', 'on', '--yes')
        assert room.coil() == 1 and room.writes() == 1


def refused():
    """a slave that refuses: the dialog says so, and nothing looks switched"""
    with Stage(BUILD, 'refused') as stage:
        room = Room(stage)
        room.wired.slave.set('mood', UNIT, 0, 'refuse')
        room.press('Вентилятор: Off')
        room.says('Selected. It can be switched')
        room.press('Switch')
        room.says('It was not switched', 'exception 2')
        assert room.coil() == 0 and room.button('Select again')
        assert room.events()[-1] == ('output-failed', 'Ivanova')


tap.run(by_buttons, let_go, refused)
