# SPDX-License-Identifier: GPL-3.0-or-later
"""The console itself on a living store, for tests that drive it as people and screen readers do: started as
TEST.py GDP-CONSOLE UI-FIELD, every test with a console of its own; hands are AT-SPI actions and real keys (xdotool)."""
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'app'))
from patience import Missed as Failed, wait_for as wait  # noqa: E402
from stage import Screen  # noqa: E402

CONSOLE, FIELD = map(os.path.abspath, sys.argv[1:3])


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

    @staticmethod
    def act(console, path, action, target=''):
        """Activates an action of the program, or of a window of its, over D-Bus."""
        def call(name, at, method, *arguments):
            return subprocess.run(['gdbus', 'call', '--session', '--dest', name, '--object-path', at, '--method', method, *arguments],
                                  capture_output=True, text=True)

        bus = 'org.freedesktop.DBus', '/org/freedesktop/DBus'
        names = call(*bus, 'org.freedesktop.DBus.ListNames').stdout.replace("'", ' ').replace(',', ' ').split()
        mine = [name for name in names if name.startswith(':') and call(
            *bus, 'org.freedesktop.DBus.GetConnectionUnixProcessID', name).stdout.strip() == f'(uint32 {console.pid},)']
        if not [name for name in mine if call(name, path, 'org.gtk.Actions.Activate', action, f'[{target}]', '{}').returncode == 0]:
            raise Failed(f'no action {action} on the bus')


def keys(*names):
    subprocess.run(['xdotool', 'key', *names], check=True)


def focus(console):
    """Without a window manager nobody gives the keyboard to a new window."""
    window = wait('a window', lambda: subprocess.run(['xdotool', 'search', '--pid', str(console.pid), '--onlyvisible', '--name', '.'],
                                                     capture_output=True, text=True).stdout.split())[-1]
    subprocess.run(['xdotool', 'windowfocus', '--sync', window], check=True)


def run(test):
    """One test in this process."""
    try:
        test()
    except Exception as error:
        print(f'# {type(error).__name__}: {error}', flush=True)
        return 1
    return 0


def main(name, tests):
    """Runs the functions @tests; their names, after @name, tell the behaviours. TAP on stdout."""
    if len(sys.argv) > 3:
        return run(next(test for test in tests if test.__name__ == sys.argv[3]))
    print(f'1..{len(tests)}', flush=True)
    failed = 0
    for number, test in enumerate(tests, 1):
        # each in a process of its own: pyatspi remembers programs that are long gone
        code = subprocess.run([sys.executable, sys.argv[0], CONSOLE, FIELD, test.__name__]).returncode
        failed += code != 0
        print(f'{"not ok" if code else "ok"} {number} {name}/{test.__name__.replace("_", "-")}', flush=True)
    return failed != 0

