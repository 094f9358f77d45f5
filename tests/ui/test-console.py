#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test-console.py GDP-CONSOLE UI-FIELD — the program itself, driven as people and screen readers do.

Every test starts a console of its own on a living store; hands are AT-SPI actions, real keys
(xdotool) and actions over D-Bus. TAP on stdout."""
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'app'))
from stage import Screen  # noqa: E402

CONSOLE, FIELD = map(os.path.abspath, sys.argv[1:3])


class Failed(Exception):
    pass


def wait(what, condition, within=60):
    deadline = time.monotonic() + within
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > deadline:
            raise Failed(f'not within {within} s: {what}')
        time.sleep(0.05)


class Desk:
    """A store, who serves it, and a console."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix='gdp-console-')
        self.path = f'{self.folder}/store.db'
        self.uri = f'sqlite:{self.path}'
        self.processes = []
        self.screen = None
        self.environment = dict(os.environ, XDG_DATA_HOME=f'{self.folder}/data', XDG_CONFIG_HOME=f'{self.folder}/config',
                                LC_ALL='C.UTF-8', LANGUAGE='')

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind is not None:
            if self.screen is not None:
                print('# on the screen:', self.screen.texts()[:50], flush=True)
            with open(f'{self.folder}/log', errors='replace') as log:
                print('# said:', *log.read().splitlines()[-25:], sep='\n# ', flush=True)
        for process in self.processes[::-1]:
            if process.poll() is None:
                process.terminate()
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self, *arguments, **environment):
        process = subprocess.Popen(list(map(str, arguments)), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=open(f'{self.folder}/log', 'ab'), env=dict(self.environment, **environment))
        self.processes.append(process)
        return process

    def field(self, sites, *settings):
        self.served = self.start(FIELD, self.uri, sites, *settings)
        self.served.stdout.readline()   # "serving …"

    def console(self, *arguments, **environment):
        console = self.start(CONSOLE, '--store', self.uri, '--user', 'Иванова', *arguments, **environment)
        self.screen = Screen(console)
        return console, self.screen

    def rows(self, sql, *values):
        connection = sqlite3.connect(f'file:{self.path}?mode=ro', uri=True, timeout=5)
        try:
            return connection.execute(sql, values).fetchall()
        finally:
            connection.close()

    def acknowledged(self, alarm):
        """Who acknowledged it, by the store."""
        found = self.rows('SELECT acked, acked_by FROM alarm WHERE id = ?', alarm)
        return found and found[0][0] and found[0][1]

    def command(self, alarm):
        return self.rows('SELECT argument, who, comment FROM command WHERE object = ?', alarm)


def keys(*names):
    subprocess.run(['xdotool', 'key', *names], check=True)


def focus(console):
    """Without a window manager nobody gives the keyboard to a new window."""
    window = wait('a window', lambda: subprocess.run(['xdotool', 'search', '--pid', str(console.pid), '--onlyvisible', '--name', '.'],
                                                     capture_output=True, text=True).stdout.split())[-1]
    subprocess.run(['xdotool', 'windowfocus', '--sync', window], check=True)


# ---- tests ---------------------------------------------------------------------------------

def value_of_the_field_is_on_the_screen():
    with Desk() as desk:
        desk.field(3, 'GDP-002/outlet1=0.2765')
        _, screen = desk.console('--site', 'GDP-002')
        wait('the value', lambda: screen.shows('0.2765'))
        wait('the heart', lambda: screen.shows('live'))


def acknowledge_by_mouse():
    with Desk() as desk:
        desk.field(3, 'GDP-002/slam1=1')
        _, screen = desk.console('--page', 'alarms')
        wait('the alarm in the list', lambda: screen.shows('Slam-shut'))
        wait('a click on its button', lambda: [
            node.queryAction().doAction(0) for node in screen.walk()
            if node.getRoleName() == 'push button' and node.name == 'Acknowledge'][1:])
        wait('the acknowledgement', lambda: desk.acknowledged('GDP-002/slam1.state') == 'Иванова')
        if desk.command('GDP-002/slam1.state')[0][0] != 1:
            raise Failed(f'the occurrence seen was not posted: {desk.command("GDP-002/slam1.state")}')


def acknowledge_by_space():
    with Desk() as desk:
        desk.field(3, 'GDP-002/slam1=1', 'GDP-003/door1=1')
        console, screen = desk.console('--page', 'alarms')
        wait('both alarms in the list', lambda: screen.shows('2 alarms'))
        focus(console)
        keys('Home')
        keys('space')
        wait('the first one acknowledged', lambda: desk.acknowledged('GDP-002/slam1.state') == 'Иванова')
        if desk.acknowledged('GDP-003/door1.state'):
            raise Failed('one Space acknowledged two alarms')


def acknowledge_all_on_the_screen():
    with Desk() as desk:
        desk.field(3, 'GDP-001/door1=1', 'GDP-002/slam1=1', 'GDP-003/door1=1')
        console, screen = desk.console('--page', 'alarms')
        wait('three alarms in the list', lambda: screen.shows('3 alarms') and screen.shows('Slam-shut'))
        focus(console)
        keys('ctrl+space')
        for alarm in 'GDP-001/door1.state', 'GDP-002/slam1.state', 'GDP-003/door1.state':
            wait(f'{alarm} acknowledged', lambda: desk.acknowledged(alarm) == 'Иванова')


def pages_and_search_by_keys():
    with Desk() as desk:
        desk.field(30)
        console, screen = desk.console()
        wait('the picture', lambda: screen.shows('live'))
        focus(console)
        keys('ctrl+3')
        wait('the journal', lambda: screen.shows('Configuration changed'))
        keys('ctrl+f')
        subprocess.run(['xdotool', 'type', '--delay', '30', '017'], check=True)
        keys('Return')
        wait('the site found', lambda: screen.shows('upmp on rs485-1') and screen.shows('GDP-017'))
        keys('Escape')


def actions_over_dbus():
    with Desk() as desk:
        desk.field(3)
        console, screen = desk.console()
        wait('the picture', lambda: screen.shows('live'))
        names = subprocess.run(['gdbus', 'call', '--session', '--dest', 'org.freedesktop.DBus', '--object-path', '/org/freedesktop/DBus',
                                '--method', 'org.freedesktop.DBus.ListNames'], capture_output=True, text=True).stdout
        mine = [name for name in names.replace("'", ' ').replace(',', ' ').split() if name.startswith(':') and subprocess.run(
            ['gdbus', 'call', '--session', '--dest', 'org.freedesktop.DBus', '--object-path', '/org/freedesktop/DBus', '--method',
             'org.freedesktop.DBus.GetConnectionUnixProcessID', name], capture_output=True, text=True
        ).stdout.strip() == f'(uint32 {console.pid},)']
        done = [name for name in mine if subprocess.run(
            ['gdbus', 'call', '--session', '--dest', name, '--object-path', '/io/github/gdp/Console/window/1', '--method',
             'org.gtk.Actions.Activate', 'page', "[<'alarms'>]", '{}'], capture_output=True).returncode == 0]
        if not done:
            raise Failed('no actions on the bus')
        wait('the alarms page', lambda: screen.shows('No alarms'))


def russian_words_and_decimal_comma():
    """Any locale can be made without rights: localedef writes it into a folder that LOCPATH names.
    LANGUAGE alone does nothing where the locale is C."""
    with Desk() as desk:
        subprocess.run(['localedef', '-i', 'ru_RU', '-f', 'UTF-8', '--no-archive', f'{desk.folder}/ru_RU.UTF-8'], check=True)
        desk.field(3, 'GDP-002/outlet1=0.2765', 'GDP-002/door1=1')
        _, screen = desk.console('--site', 'GDP-002', LOCPATH=desk.folder, LC_ALL='ru_RU.UTF-8', LANGUAGE='ru')
        wait('the value with a comma', lambda: screen.shows('0,2765'))
        wait('Russian words', lambda: screen.shows('Тревоги этого ГРП') and screen.shows('Входное давление'))


def no_session_bus():
    with Desk() as desk:
        desk.field(3)
        picture = f'{desk.folder}/page.png'
        console, _ = desk.console('--screenshot', picture, DBUS_SESSION_BUS_ADDRESS='unix:path=/nonexistent', GTK_A11Y='none')
        if console.wait(60) != 0 or os.path.getsize(picture) < 20000:
            raise Failed('no picture without a bus')


def newer_store_is_refused_in_words():
    with Desk() as desk:
        desk.field(1)
        desk.served.kill()
        desk.served.wait()
        connection = sqlite3.connect(desk.path)
        connection.execute('PRAGMA user_version = 9999')
        connection.commit()
        connection.close()
        console, screen = desk.console()
        wait('what is wrong with it', lambda: screen.shows('NO STORE', desk.path, 'newer'))
        if console.poll() is not None:
            raise Failed('the console ended')


def screenshot_without_server_says_what_is_missing():
    with Desk() as desk:
        desk.field(1)
        desk.served.kill()
        desk.served.wait()
        with sqlite3.connect(desk.path) as store:     # long ago
            store.execute('UPDATE server SET heartbeat = heartbeat - 60000000')
        console, _ = desk.console('--screenshot', f'{desk.folder}/page.png')
        code = console.wait(60)
        said = open(f'{desk.folder}/log').read()
        if code != 1 or 'gdp-console: no picture' not in said or 'SERVER SILENT' not in said:
            raise Failed(f'exit {code}: {said}')


def wrong_usage_is_exit_2():
    for arguments in ['--page', 'nowhere'], ['--theme', 'pink'], ['--size', 'big'], ['--nonsense'], ['stray']:
        done = subprocess.run([CONSOLE, *arguments], capture_output=True, text=True)
        if done.returncode != 2 or not done.stderr.startswith('gdp-console: '):
            raise Failed(f'{arguments}: exit {done.returncode}, {done.stderr!r}')


def ends_cleanly_on_sigterm():
    with Desk() as desk:
        desk.field(2)
        console, screen = desk.console()
        wait('the picture', lambda: screen.shows('live'))
        console.send_signal(signal.SIGTERM)
        if console.wait(60) != 0:
            raise Failed(f'exit {console.returncode}')


TESTS = [value_of_the_field_is_on_the_screen, acknowledge_by_mouse, acknowledge_by_space, acknowledge_all_on_the_screen,
         pages_and_search_by_keys, actions_over_dbus, russian_words_and_decimal_comma, no_session_bus, newer_store_is_refused_in_words,
         screenshot_without_server_says_what_is_missing, wrong_usage_is_exit_2, ends_cleanly_on_sigterm]


def run(test):
    """One test in this process."""
    try:
        test()
    except Exception as error:
        print(f'# {type(error).__name__}: {error}', flush=True)
        return 1
    return 0


def main():
    if len(sys.argv) > 3:
        return run(next(test for test in TESTS if test.__name__ == sys.argv[3]))
    print(f'1..{len(TESTS)}', flush=True)
    failed = 0
    for number, test in enumerate(TESTS, 1):
        # each in a process of its own: pyatspi remembers programs that are long gone
        code = subprocess.run([sys.executable, __file__, CONSOLE, FIELD, test.__name__]).returncode
        failed += code != 0
        print(f'{"not ok" if code else "ok"} {number} console/{test.__name__.replace("_", "-")}', flush=True)
    return failed != 0


sys.exit(main())
