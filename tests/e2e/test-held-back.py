#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test-held-back.py BUILD — what a person decides about alarms at the window, by a real mouse and real keys, on a real server with
a slave that nobody here wrote: shelved and unshelved, out of service, reset, a visit; each as gdpctl and the journal tell it."""
import contextlib
import datetime
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, '..'), os.path.join(HERE, '..', '..', 'app')]
import plant  # noqa: E402
import tap    # noqa: E402
from desk import Desk, MAIN  # noqa: E402
from patience import PATIENCE, Missed  # noqa: E402
from stage import Stage  # noqa: E402

BUILD = sys.argv[1]
SITE = plant.SITE


class Room:
    """A plant whose slam-shuts latch, a server, and one console at @page."""

    def __init__(self, stage, page):
        self.stage, self.wired = stage, plant.Tcp(stage)
        self.wired.plug()
        document = plant.passport(self.wired.link)
        for point in document['sites'][0]['points']:
            if point['kind'] == 'slam-shut':
                point['latches'] = True
        path = f'{stage.folder}/passport.json'
        with open(path, 'w', encoding='utf-8') as file:
            json.dump(document, file)
        stage.run('gdpctl', '--store', stage.store, 'import', path)
        stage.server('--sessions-listen', 'off')
        self.desk = Desk(stage, stage.start('console', 'gdp-console', '--store', stage.store, '--page', page, '--site', SITE,
                                            '--user', 'Ivanova'))
        self.screen = self.desk.screen
        stage.wait('good points', lambda: sum(v['quality'] == 'good' for v in stage.ctl('live')) == 16)

    def until(self, name, state, suppression='none'):
        """The alarm, when it is so."""
        def look():
            found = next((a for a in self.stage.ctl('alarms', '--state', 'all') if a['alarm'] == f'{SITE}/{name}'), None)
            return found if found and (found['state'], found['suppression']) == (state, suppression) else None
        return self.stage.wait(f'{name} {state} {suppression}', look)

    def history(self, name):
        """(event, who) of the alarm, oldest first."""
        return [(r['event'], r['who']) for r in self.stage.ctl('journal', '--site', SITE) if r['object'] == f'{SITE}/{name}'][::-1]

    def place(self, text):
        """Of what says @text: of the least that does, not of what it stands in; None: nothing does."""
        boxes = []
        for node in self.screen.walk():
            with contextlib.suppress(Exception):   # gone between two calls, or nothing that is drawn
                if text in (node.name, self.screen.words(node)) and node.getRoleName() not in ('frame', 'dialog', 'window'):
                    boxes.append(self.screen.box(node))
        return min((box for box in boxes if box.width > 0), key=lambda box: box.width * box.height, default=None)

    def click(self, title, text):
        """What says @text in a window, where the window is."""
        window = self.stage.wait(f'the window {title}', lambda: self.desk.window(title))
        box = self.stage.wait(f'“{text}” in {title}', lambda: self.place(text))
        subprocess.run(['xdotool', 'mousemove', '--window', window, str(box.x + box.width // 2), str(box.y + box.height // 2),
                        'click', '1'], check=True)

    def open(self, title, *keys):
        """The dialog, by keys at the list; what the feed has just brought may come after the first press."""
        for within in (5, 10, 20, PATIENCE):
            self.desk.keys(MAIN, 'ctrl+2', 'Home', *keys)
            with contextlib.suppress(Missed):
                return self.stage.wait(f'the window {title}', lambda: self.desk.window(title), within)
        raise Missed(f'no window {title}')

    def write(self, title, text, *keys):
        """Into the dialog's reason, which has the focus."""
        self.desk.keys(title)
        subprocess.run(['xdotool', 'type', '--delay', '30', text], check=True)
        self.desk.keys(title, *keys)


def by_keys():
    """shelved, unshelved, taken out of service, put back and reset, without a mouse"""
    with Stage(BUILD, 'keys') as stage:
        room = Room(stage, 'alarms')
        room.wired.discrete('slam1', 1)
        room.until('slam1.state', 'unacked')
        room.open('Shelve', 'ctrl+h')
        room.write('Shelve', 'drive is replaced', 'Return')
        shelved = room.until('slam1.state', 'unacked', 'shelved')
        assert (shelved['suppressed_by'], shelved['suppressed_why']) == ('Ivanova', 'drive is replaced'), shelved
        room.desk.without('Shelve')
        room.open('Unshelve', 'ctrl+shift+h')
        room.desk.keys('Unshelve', 'Return')
        room.until('slam1.state', 'unacked')
        room.desk.without('Unshelve')
        room.open('Take out of service', 'ctrl+o')
        room.write('Take out of service', 'waits for a part', 'Return')
        room.until('slam1.state', 'unacked', 'out-of-service')
        room.desk.without('Take out of service')
        room.open('Put back', 'ctrl+shift+o')
        room.desk.keys('Put back', 'Return')
        room.until('slam1.state', 'unacked')
        room.desk.without('Put back')
        room.wired.discrete('slam1', 0)
        room.until('slam1.state', 'latched-unacked')
        room.desk.keys(MAIN, 'ctrl+2', 'Home', 'space')
        room.until('slam1.state', 'latched')
        room.open('Reset', 'ctrl+r')
        room.desk.keys('Reset', 'Return')
        room.until('slam1.state', 'normal')
        theirs = [event for event, who in room.history('slam1.state') if who == 'Ivanova']
        assert theirs == ['alarm-shelved', 'alarm-unshelved', 'alarm-taken-out', 'alarm-put-back', 'alarm-acknowledged',
                          'alarm-reset'], theirs
        assert 'chain ok' in stage.run('gdpctl', '--store', stage.store, 'verify').stdout


def by_mouse():
    """a visit is registered at the site for the time that was clicked, the door opens without an alarm, and calls when it is
    ended by a click"""
    with Stage(BUILD, 'visit') as stage:
        room = Room(stage, 'site')
        room.click(MAIN, 'Visit…')
        room.click('Register a visit', '4 h')
        room.desk.keys('Register a visit', 'Tab')
        room.write('Register a visit', 'filters are cleaned')
        room.click('Register a visit', 'Register a visit')
        visit = room.until('upmp.visit', 'normal', 'shelved')
        assert visit['suppressed_why'] == 'filters are cleaned', visit
        left = datetime.datetime.fromisoformat(visit['suppressed_until']) - datetime.datetime.now(datetime.timezone.utc)
        assert 3.9 < left.total_seconds() / 3600 <= 4.1, visit
        room.desk.says('Visit until ')
        room.wired.discrete('door1', 1)
        stage.wait('the opened door', lambda: next(p for p in stage.ctl('live') if p['point'] == f'{SITE}/door1')['value'] == 1)
        assert not room.history('door1.state')
        room.click(MAIN, 'End the visit…')
        room.click('End the visit', 'End the visit')
        room.until('door1.state', 'unacked')
        assert not [a for a in stage.ctl('alarms', '--state', 'all') if a['suppression'] != 'none']


tap.run(by_keys, by_mouse)
