# SPDX-License-Identifier: GPL-3.0-or-later
"""Incidents as a dispatcher lives through them: the scenarios that ship, each moment held until the console tells the one
thing that matters in it. app/play shows them to people, tests/e2e/test-incidents.py sees that they stay so."""
import gettext
import json
import os
import socket
import subprocess
from dataclasses import dataclass

import picture
from stage import Screen

PERSON = 'Ivanova'


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


@dataclass
class Desk:
    """How the console is to look, and where pictures of it go; None = nowhere."""
    language: str = 'en'
    theme: str = 'day'
    size: str = '1920x1080'
    pictures: str = None


class Play:
    """A simulated field that waits for each happening, a server, and a console at which a person sits."""

    def __init__(self, stage, scenario, sites, period, desk):
        self.stage, self.scenario, self.desk, self.moments = stage, scenario, desk, 0
        said = gettext.translation('gdp', f'{stage.build}/po', [desk.language], fallback=desk.language == 'en')
        self._, self.of, self.many = said.gettext, said.pgettext, said.ngettext
        passports, port = f'{stage.folder}/passports.json', free_port()
        self.link = f'tcp-{port}'
        self.field = stage.start('simulator', 'gdp-sim', '--sites', sites, '--modbus-tcp', port, '--seed', 7, '--scenario', scenario,
                                 '--by-hand', '--passports', passports, stdin=subprocess.PIPE)
        stage.after.callback(self.field.stdin.close)
        stage.wait('passports', lambda: os.path.exists(passports))
        self.ask_every(period, passports)
        stage.run('gdpctl', '--store', stage.store, 'import', passports)
        stage.server('--sessions-listen', f'127.0.0.1:{free_port()}')
        stage.wait('every point is good', lambda: {v['quality'] for v in stage.ctl('live')} == {'good'})
        language = {'LC_ALL': 'C.UTF-8', 'LANGUAGE': ''} if desk.language == 'en' else self.locale(desk.language)
        self.screen = Screen(stage.start('console', 'gdp-console', '--store', stage.store, '--page', 'alarms', '--user', PERSON,
                                         '--theme', desk.theme, '--size', desk.size, **language))
        stage.wait('the console', lambda: self.screen.part('UiAlarmsPage'))
        self.list_reads()

    def locale(self, language):
        """One of the stage's own: the system need not have it."""
        name = f'{language}_{language.upper()}'
        self.stage.run('localedef', '-i', name, '-f', 'UTF-8', f'{self.stage.folder}/{name}.UTF-8')
        return {'LC_ALL': f'{name}.UTF-8', 'LANGUAGE': language, 'LOCPATH': self.stage.folder}

    @staticmethod
    def ask_every(period, passports):
        """Seconds between two questions to a unit: what a busy machine plays in time."""
        with open(passports, encoding='utf-8') as file:
            document = json.load(file)
        for site in document['sites']:
            for unit in site['units']:
                unit['period'] = period
        with open(passports, 'w', encoding='utf-8') as file:
            json.dump(document, file, ensure_ascii=False)

    # -- the field and the store -----------------------------------------------------------------

    def happens(self, words):
        """Lets the scenario's next happening happen, which must be this one."""
        self.field.stdin.write(b'\n')
        self.field.stdin.flush()
        self.stage.wait(f'the simulator does: {words}', lambda: f' {words}\n' in self.stage.log('simulator'))

    def alarm(self, name):
        found = next((a for a in self.stage.ctl('alarms', '--state', 'all') if a['alarm'] == name), None)
        # Its row tells of the flood beside it, which is not its own.
        return found and {field: value for field, value in found.items() if not field.startswith('flood')}

    def until(self, name, state, **fields):
        """The alarm, when it is so."""
        def look():
            found = self.alarm(name)
            return found if found and found['state'] == state and all(found[f] == v for f, v in fields.items()) else None
        return self.stage.wait(f'{name} {state} {fields}', look)

    def untold(self):
        """How many points and alarms nobody hears of."""
        return sum(v['quality'] != 'good' for v in self.stage.ctl('live')) + sum(
            a['suppression'] != 'none' for a in self.stage.ctl('alarms', '--state', 'all'))

    def events(self, *objects):
        """(event, who) of these in the journal, oldest first."""
        return [(r['event'], r['who']) for r in self.stage.ctl('journal', '--limit', '2000')[::-1] if r['object'] in objects]

    # -- the screen ------------------------------------------------------------------------------

    def says(self, part, *words):
        """Waits until one thing on that part of the screen says all these words."""
        def look():
            try:
                return any(all(word in node.name for word in words) and self.screen.box(node).width > 0
                           for node in self.screen.walk(self.screen.part(part)))
            except Exception:    # gone between two calls
                return False
        self.stage.wait(f'{part} says {words}', look)

    def rows(self, part='UiAlarmsPage', table='GtkColumnListView'):
        """What each row of the part's first table says, from the top."""
        try:
            within = self.screen.part(part)
            view = next(n for n in self.screen.walk(within) if n.name == table)
            return [' | '.join(node.name for node in self.screen.walk(view.getChildAtIndex(i)) if node.childCount == 0)
                    for i in range(view.childCount)]
        except Exception:        # gone between two calls
            return []

    def list_reads(self, *rows, others=False):
        """Waits until the list of alarms has these rows; of each the words that it must say. @others: there may be more behind
        the first."""
        seen = []

        def fits(said, words):
            return all(word in said for word in words)

        def look():
            seen[:] = self.rows()
            if others:
                return seen and fits(seen[0], rows[0]) and all(any(fits(said, words) for said in seen) for words in rows)
            return len(seen) == len(rows) and all(map(fits, seen, rows))
        try:
            self.stage.wait(f'the list reads {rows}', look)
        except Exception:
            print('# the list reads', *seen, sep='\n#   ', flush=True)
            raise

    def keys(self, *names):
        subprocess.run(['xdotool', 'key', '--delay', '60', *names], check=True)

    def write(self, text):
        subprocess.run(['xdotool', 'type', '--delay', '30', text], check=True)

    def dialog(self):
        """Waits for a window in front of the console's."""
        self.stage.wait('a dialog', lambda: self.screen.application().childCount > 1)

    def dialog_ends(self):
        self.stage.wait('the dialog ends', lambda: self.screen.application().childCount == 1)

    def look(self, moment):
        """A moment to look at."""
        self.moments += 1
        if self.desk.pictures:
            width, height = map(int, self.desk.size.split('x'))
            path = f'{self.desk.pictures}/{self.scenario}-{self.moments}-{moment}-{self.desk.theme}-{self.desk.language}-{height}.png'
            picture.save_still(path, width, height)
            print(f'  {path}', flush=True)

    def acknowledge_all(self):
        self.keys('ctrl+2', 'ctrl+space')


# ---- the incidents -----------------------------------------------------------------------------------

def line_lost(play):
    """a line lost with 200 sites is one alarm over all of them, and all is as it was when it is back"""
    _, lost, door, broken = play._, f'{play.link}.lost', 'GDP-003/door1.state', 'GDP-009/outlet1.fault'
    play.happens('door opens')
    play.list_reads(['GDP-003', _('Door'), _('Open'), _('Unacknowledged')])
    play.keys('Down', 'space')
    play.until(door, 'acked', acked_by=PERSON)
    play.happens('sensor outlet1 breaks')
    play.list_reads(['GDP-009', _('Sensor fault')], ['GDP-003', _('Door'), _('Acknowledged')])
    before = play.alarm(door), play.alarm(broken)
    play.look('before')

    # One row for 200 sites, and the two alarms that stood are below it.
    play.happens('unit falls silent')
    play.until(lost, 'unacked')
    for alarm in door, broken:
        play.until(alarm, play.alarm(alarm)['state'], suppression='by-design', suppressed_why=lost)
    sites = play.many('%u site', '%u sites', 200).replace('%u', '200')
    play.list_reads([sites, _('Link %s') % play.link, _('Line lost'), _('Unacknowledged')])
    play.says('UiBanner', sites)
    # A busy machine may have noticed some units before the line; they are below it then, too.
    held = sum(a['suppression'] == 'by-design' for a in play.stage.ctl('alarms', '--state', 'all'))
    play.says('UiAlarmsPage', _('%u of %u').replace('%u', '{}').format(1, 1 + held))
    play.says('UiBanner', str(play.untold()))
    play.look('lost')
    play.keys('ctrl+1')
    play.says('UiSitePage', _('No communication'))
    play.look('lost-site')
    play.keys('ctrl+2')
    # What happens now nobody can know.
    play.happens('slam-shut line 1 trips')
    play.happens('sensor outlet1 recovers')
    play.list_reads([sites, _('Line lost')])
    assert play.events(lost) == [('alarm-occurred', server(play))], play.events(lost)

    # Back: the worst of what happened meanwhile is on top, and the door stands as it stood.
    play.happens('unit answers again')
    play.until('GDP-021/slam1.state', 'unacked')
    play.until(broken, 'rtn-unacked', suppression='none')
    play.list_reads(['GDP-021', _('Slam-shut valve'), _('Closed'), _('Unacknowledged')],
                    [sites, _('Line lost'), _('Returned, unacknowledged')],
                    ['GDP-009', _('Sensor fault'), _('Returned, unacknowledged')],
                    ['GDP-003', _('Door'), _('Acknowledged')], others=True)
    play.stage.wait('every point is good', lambda: play.untold() == 0)
    assert play.alarm(door) == before[0], (play.alarm(door), before[0])
    assert play.alarm(broken)['occurrence'] == before[1]['occurrence'], (play.alarm(broken), before[1])
    play.look('back')
    play.acknowledge_all()
    play.until(lost, 'normal')
    play.list_reads(['GDP-021', _('Closed'), _('Acknowledged')], ['GDP-003', _('Door'), _('Acknowledged')], others=True)


def slam_shut(play):
    """a slam-shut on one of two lines: which line, what came first, and that the other line feeds the town"""
    _, slam, outlets = play._, 'GDP-003/slam1.state', ('GDP-003/outlet1.high', 'GDP-003/outlet2.high')
    returned = play.of('alarm', 'returned')
    play.happens('regulator line 1 opens')
    play.until(slam, 'unacked')
    for outlet in outlets:
        play.until(outlet, 'rtn-unacked')
    # Nobody is to read that the outlet is high: it was.
    play.list_reads(['GDP-003', _('Slam-shut valve') + '\u00a01', _('Closed'), _('Unacknowledged')],
                    ['GDP-003', _('Outlet pressure'), _('High'), _('Returned, unacknowledged')],
                    ['GDP-003', _('Outlet pressure'), _('High'), _('Returned, unacknowledged')])
    play.keys('Down')
    first = [f"{_('Outlet pressure')}\u00a01 {_('High')} ({returned}) → {_('Slam-shut valve')}\u00a01 {_('Closed')}"]
    play.says('UiAlarmsPage', *first)
    play.look('list')
    play.keys('Return')
    play.says('UiSitePage', *first)
    points = play.stage.wait('the points', lambda: play.rows('UiSitePage'))
    assert [_('Returned, unacknowledged') in row for row in points if _('Outlet pressure') in row] == [True, True], points
    other = next(row for row in points if _('Slam-shut valve') + '\u00a02' in row)
    assert _('Open') in other and _('Good') in other, other
    play.look('site')

    # She tells that a crew is sent, and what has passed she has seen.
    play.keys('ctrl+2', 'ctrl+m')
    play.says('UiAlarmsPage', _('Comment'))
    play.write('crew sent, line 2 feeds')
    play.keys('Return')
    play.until(slam, 'acked', acked_by=PERSON, comment='crew sent, line 2 feeds')
    play.acknowledge_all()
    play.list_reads(['GDP-003', _('Slam-shut valve') + '\u00a01', _('Closed'), _('Acknowledged')])
    play.keys('ctrl+1', 'ctrl+t')
    play.dialog()
    play.write('regulator of line 1')
    play.look('visit')
    play.keys('Return')
    play.dialog_ends()
    play.happens('door opens')
    play.stage.wait('the door is an event', lambda: ('point-changed', server(play)) in play.events('GDP-003/door1') or
                    any(v['point'] == 'GDP-003/door1' and v['value'] == 1 for v in play.stage.ctl('live')))
    assert not (play.alarm('GDP-003/door1.state') or {'active': False})['active'], play.alarm('GDP-003/door1.state')
    play.happens('regulator line 1 recovers')
    play.happens('slam-shut line 1 resets')
    play.until(slam, 'normal')
    play.says('UiBanner', '1')
    play.look('restored')
    play.happens('door closes')


def leak_door(play):
    """gas at an open door: the gas is what matters, the door is what came first"""
    _, gas, door = play._, 'GDP-004/ch4.high', 'GDP-004/door1.state'
    play.happens('door opens')
    play.list_reads(['GDP-004', _('Door'), _('Open'), _('Unacknowledged')])
    play.look('door')
    play.happens('gas leak starts 60')
    play.until(gas, 'unacked', level='HH', priority=1)
    leak = ['GDP-004', _('Gas concentration'), _('High-high'), _('% LEL'), _('Unacknowledged')]
    play.list_reads(leak, ['GDP-004', _('Door'), _('Open')])
    play.says('UiBanner', _('High-high'))
    play.keys('Down')
    told = [f"{_('Door')} {_('Open')}", f"{_('Gas concentration')} {_('High-high')}"]
    play.says('UiAlarmsPage', *told)
    play.look('list')
    play.screen.click(play.screen.shows(_('Grouped'), among=play.screen.part('UiAlarmsPage')))
    play.list_reads(['GDP-004', _('Door')], leak)
    play.look('grouped')
    play.screen.click(play.screen.shows(_('Grouped'), among=play.screen.part('UiAlarmsPage')))
    play.list_reads(leak, ['GDP-004', _('Door')])
    play.keys('ctrl+2', 'Return')   # the pointer had taken the keys away from the list
    play.says('UiSitePage', *told)
    play.look('site')
    play.keys('ctrl+2', 'space')
    play.until(gas, 'acked', acked_by=PERSON)
    play.happens('gas leak stops')
    play.until(gas, 'normal')
    play.happens('door closes')
    play.until(door, 'rtn-unacked')
    play.list_reads(['GDP-004', _('Door'), _('Returned, unacknowledged')])
    play.acknowledge_all()
    play.list_reads()


def door_bangs(play):
    """a door that bangs is one row that counts and can be shelved; what is real beside it is seen"""
    _, door, wire = play._, 'GDP-006/door1.state', 'GDP-002/outlet1.fault'
    chatters = _('%s · chatters ×%u').replace('%s · ', '').replace('%u', '')
    play.happens('door bangs')
    play.list_reads(['GDP-006', _('Door'), chatters])
    play.says('UiBanner', chatters)
    play.look('chatters')
    play.happens('sensor outlet1 breaks')
    play.until(wire, 'unacked')
    play.list_reads(['GDP-006', _('Door'), chatters], ['GDP-002', _('Sensor fault'), _('Unacknowledged')])
    play.look('something-real')
    play.keys('Down', 'ctrl+h')
    play.dialog()
    play.write('bangs, crew in the morning')
    play.look('shelve')
    play.keys('Return')
    play.dialog_ends()
    shelved = play.stage.wait('the door is shelved', lambda: (lambda a: a if a['suppression'] == 'shelved' else None)(play.alarm(door)))
    assert (shelved['suppressed_by'], shelved['suppressed_why']) == (PERSON, 'bangs, crew in the morning'), shelved
    play.list_reads(['GDP-002', _('Sensor fault'), _('Unacknowledged')], ['GDP-006', _('Door'), _('Shelved')])
    play.look('shelved')
    play.keys('ctrl+u')
    play.says('UiBanner', 'bangs, crew in the morning')
    play.look('not-being-told')
    play.keys('Escape')
    play.happens('door is latched')
    assert 'alarm-acknowledged' not in dict(play.events(door)), play.events(door)


def server(play):
    return play.stage.ctl('servers')[0]['server']


INCIDENTS = {                            # scenario → what is lived through, how many sites it takes, how often they are asked
    'line-lost': (line_lost, 200, 5),
    'slam-shut': (slam_shut, 20, 1),
    'leak-door': (leak_door, 20, 1),
    'door-bangs': (door_bangs, 20, 1),
}


def play(stage, scenario, desk):
    live, *field = INCIDENTS[scenario]
    live(Play(stage, scenario, *field, desk))
    assert 'chain ok' in stage.run('gdpctl', '--store', stage.store, 'verify').stdout
