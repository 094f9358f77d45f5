# SPDX-License-Identifier: GPL-3.0-or-later
"""A stage: the four programs on a store of their own, started, watched and always stopped.

Used by the demo and by the end-to-end tests. Waiting is for a condition, with a deadline that
tells what was waited for; when it is missed, the end of every program's log is printed."""
import contextlib
import json
import os
import shutil
import signal
import subprocess
import tempfile

from patience import PATIENCE, Missed, wait_for


class Stage:
    def __init__(self, build, name='stage', store=None):
        """store: a URI; without one a file of its own."""
        self.build = os.path.abspath(build)
        self.folder = tempfile.mkdtemp(prefix=f'gdp-{name}-')
        self.store = store or f'sqlite:{self.folder}/store.db'
        self.running = {}
        self.after = contextlib.ExitStack()      # what else is to be undone at the end
        self.environment = dict(os.environ, GDP_LOCALEDIR=f'{self.build}/po',
                                XDG_DATA_HOME=f'{self.folder}/data', XDG_CONFIG_HOME=f'{self.folder}/config')

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        for name in list(self.running)[::-1]:
            self.stop(name)
        self.after.close()
        if kind is None:
            shutil.rmtree(self.folder, ignore_errors=True)
        else:
            for log in sorted(os.listdir(self.folder)):
                if log.endswith('.log'):
                    text = open(os.path.join(self.folder, log), errors='replace').read()
                    print(f'# ---- {log}', *text.splitlines()[-25:], sep='\n# ', flush=True)

    def path(self, program):
        """Where the build has put gdp-server, gdp-sim, gdp-console or gdpctl."""
        folder = {'gdp-server': 'server', 'gdp-sim': 'sim', 'gdp-console': 'console', 'gdpctl': 'ctl'}.get(program)
        return f'{self.build}/app/{folder}/{program}' if folder else program

    # -- programs ------------------------------------------------------------------------------

    def start(self, name, program, *arguments, stdin=subprocess.DEVNULL, **environment):
        log = open(f'{self.folder}/{name}.log', 'ab')
        self.running[name] = subprocess.Popen(
            [self.path(program), *map(str, arguments)], stdin=stdin, stdout=log, stderr=log,
            env=dict(self.environment, **environment), start_new_session=True)
        log.close()
        return self.running[name]

    def log(self, name):
        return open(f'{self.folder}/{name}.log', errors='replace').read()

    def stop(self, name, how=signal.SIGTERM, within=10):
        process = self.running.pop(name)
        for signal_ in (how, signal.SIGKILL):
            if process.poll() is None:
                os.killpg(process.pid, signal_)
            try:
                return process.wait(within)
            except subprocess.TimeoutExpired:
                continue
        return process.wait()

    def run(self, program, *arguments, check=True, within=PATIENCE, **environment):
        done = subprocess.run([self.path(program), *map(str, arguments)], capture_output=True, text=True,
                              timeout=within, env=dict(self.environment, **environment))
        if check and done.returncode != 0:
            raise Missed(f'{program} {" ".join(map(str, arguments))}: exit {done.returncode}: {done.stderr.strip()}')
        return done

    # -- the store as gdpctl shows it ----------------------------------------------------------

    def ctl(self, *arguments, check=True):
        """What gdpctl answers, one object a line."""
        done = self.run('gdpctl', '--store', self.store, '--json', *arguments, check=check)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def server(self, *arguments, name='server'):
        return self.start(name, 'gdp-server', '--store', self.store, *arguments)

    # -- waiting -------------------------------------------------------------------------------

    def wait(self, what, condition, within=PATIENCE):
        """Until condition() is true; returns what it returned. Dead programs end the waiting."""
        def look():
            for name, process in self.running.items():
                if process.poll() not in (None, 0):
                    raise Missed(f'{name} ended with {process.returncode} while waiting for: {what}')

        return wait_for(what, condition, within, look)


class Screen:
    """A program's windows as a screen reader finds them (AT-SPI)."""

    def __init__(self, process):
        import pyatspi
        self.atspi = pyatspi
        self.pid = process.pid

    def application(self):
        desktop = self.atspi.Registry.getDesktop(0)
        for i in range(desktop.childCount):
            child = desktop.getChildAtIndex(i)
            try:
                if child is not None and child.get_process_id() == self.pid:
                    return child
            except Exception:        # gone between two calls
                continue
        return None

    def walk(self, node=None):
        """Every accessible that shows on the screen now."""
        node = node or self.application()
        if node is None:
            return
        yield node
        for i in range(node.childCount):
            try:
                child = node.getChildAtIndex(i)
                if child is not None and child.getState().contains(self.atspi.STATE_VISIBLE):
                    yield from self.walk(child)
            except Exception:
                continue

    @staticmethod
    def words(node):
        """Name, description and text of an accessible."""
        found = [node.name or '', node.description or '']
        try:
            text = node.queryText()
            found.append(text.getText(0, text.characterCount))
        except NotImplementedError:
            pass
        return ' '.join(word for word in found if word)

    def texts(self):
        return [words for words in map(self.words, self.walk()) if words]

    def box(self, node):
        """Where @node lies in its window; without an area it is on a page that does not show."""
        return node.queryComponent().getExtents(self.atspi.WINDOW_COORDS)

    def click(self, node):
        """Clicks the middle of @node with the pointer; with no window manager the window lies at 0, 0."""
        box = self.box(node)
        subprocess.run(['xdotool', 'mousemove', str(box.x + box.width // 2), str(box.y + box.height // 2),
                        'click', '1'], check=True)

    def button_of_row(self, name, text):
        """The button @name in the row of a list that shows @text."""
        texts = [self.box(n) for n in self.walk() if text in self.words(n) and n.childCount == 0]
        for button in self.walk():
            if button.getRoleName() == 'push button' and button.name == name:
                box = self.box(button)
                if box.width > 0 and any(box.y <= t.y + t.height // 2 <= box.y + box.height for t in texts):
                    return button
        return None

    def part(self, kind):
        """The first accessible that is called so; what is itself a part, the list of sites too, is not looked through."""
        waiting = [self.application()]
        while waiting and waiting[0] is not None:
            node = waiting.pop(0)
            if node.name == kind:
                return node
            if not (node.name or '').startswith('Ui') or node.name == 'UiWindow':
                waiting += [node.getChildAtIndex(i) for i in range(node.childCount)]
        return None

    def shows(self, *parts, among=None):
        """One accessible on the screen that has all @parts in what it says. @among: only it, and what it consists of."""
        for node in self.walk(among):
            try:
                said = self.words(node)
                if all(part in said for part in parts) and self.box(node).width > 0:
                    return node
            except Exception:        # gone between two calls, or nothing that is drawn
                continue
        return None
