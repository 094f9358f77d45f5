#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test-gdpctl-passwords.py GDPCTL — gdpctl where operators have passwords: typed on a terminal, or in a file; never seen."""
import json
import os
import pty
import select
import subprocess
import sys
import tempfile
import termios

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, '..'), os.path.join(HERE, '..', '..', 'app')]
import cluster  # noqa: E402
import tap  # noqa: E402
from patience import PATIENCE  # noqa: E402

GDPCTL = sys.argv[1]
FOLDER = tempfile.TemporaryDirectory()
ENVIRONMENT = {**{k: v for k, v in os.environ.items() if k != 'GDP_PASSWORD_FILE'}, 'LC_ALL': 'C.UTF-8', 'LANGUAGE': ''}
HIS, HERS = 'Сидоров и ключ', 'Иванова и ключ'
PASSPORT = {'format': 'gdp-passport', 'version': 1,
            'links': [{'id': 'tcp', 'kind': 'modbus-tcp', 'host': '127.0.0.1', 'port': 502}],
            'sites': [{'id': 'GDP-1', 'units': [{'id': 'upmp', 'link': 'tcp', 'address': 1, 'profile': 'upmp-12.4-a8-8'}],
                       'points': [{'id': 'p', 'kind': 'inlet-pressure', 'source': 'upmp:ai1', 'range': [0, 1]}]}]}


class Store:
    """A store of its own for each test; an administrator and a dispatcher, if wanted with passwords."""

    number = 0

    def __init__(self, passwords=True):
        Store.number += 1
        self.uri = cluster.store() or f'sqlite:{FOLDER.name}/{Store.number}.db'
        self.passport = self.file('passport.json', json.dumps(PASSPORT))
        self.his, self.hers = self.file('his', HIS + '\n'), self.file('hers', HERS)
        for name, role in ('Sidorov', 'administrator'), ('Ivanova', 'dispatcher'):
            self.ctl('--user', 'Sidorov', 'operator', name, role)
        if passwords:
            self.ctl('--user', 'Sidorov', 'operator', 'password', 'Sidorov', '--new-password-file', self.his)
            self.ctl('--user', 'Sidorov', '--password-file', self.his, 'operator', 'password', 'Ivanova',
                     '--new-password-file', self.hers)

    def file(self, name, text, mode=0o600):
        path = f'{FOLDER.name}/{Store.number}-{name}'
        with open(path, 'w', encoding='utf-8') as file:
            file.write(text)
        os.chmod(path, mode)
        return path

    def command(self, words):
        return [GDPCTL, '--store', self.uri, *words]

    def ctl(self, *words, code=0, **environment):
        """What it says, in a session without a terminal."""
        done = subprocess.run(self.command(words), capture_output=True, text=True, timeout=PATIENCE, stdin=subprocess.DEVNULL,
                              start_new_session=True, env={**ENVIRONMENT, **environment})
        assert done.returncode == code, f'{words}: exit {done.returncode}: {done.stdout}{done.stderr}'
        return done.stdout + done.stderr

    def records(self, *words):
        return [json.loads(line) for line in self.ctl('--json', *words).splitlines()]

    def typed(self, *words, answers):
        """The same on a terminal: each of @answers is typed when it is asked. What the terminal shows, and the exit code."""
        child, terminal = pty.fork()
        if child == 0:
            os.execve(GDPCTL, self.command(words), ENVIRONMENT)
        shown, waiting = b'', list(answers)
        while select.select([terminal], [], [], PATIENCE)[0]:
            try:
                shown += os.read(terminal, 1000)
            except OSError:                       # it has ended
                break
            # Who answers as fast as the question comes is neither shown nor overheard.
            if waiting and shown.endswith(b': '):
                os.write(terminal, waiting.pop(0).encode() + b'\n')
                shown += b'\n'
        os.close(terminal)
        return shown.decode(), os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def asked(terminal):
    """Waits for a question, and what is typed is not shown then."""
    shown = b''
    while not shown.endswith(b': '):
        assert select.select([terminal], [], [], PATIENCE)[0], shown
        shown += os.read(terminal, 1000)
    assert not termios.tcgetattr(terminal)[3] & termios.ECHO


def trusted():
    """without passwords nobody is asked, and gdpctl operators says who has none"""
    store = Store(passwords=False)
    store.ctl('--user', 'Sidorov', 'import', store.passport)
    assert [o['password'] for o in store.records('operators')] == [False, False]


def from_files():
    """a password in a file is taken, by option or by GDP_PASSWORD_FILE, and the journal says who it was"""
    store = Store()
    assert [o['password'] for o in store.records('operators')] == [True, True]
    store.ctl('--user', 'Sidorov', '--password-file', store.his, 'import', store.passport)
    store.ctl('--user', 'Sidorov', 'import', store.passport, GDP_PASSWORD_FILE=store.his)
    assert {r['who'] for r in store.records('journal') if r['object'] == 'GDP-1'} == {'Sidorov'}


def refused_files():
    """a file that others may read, an empty one and a missing one are refused, and say so"""
    store = Store()
    for path, part in ((store.file('open', HIS, 0o644), 'others may read it (mode 0644)'),
                       (store.file('group', HIS, 0o640), 'others may read it (mode 0640)'),
                       (store.file('empty', '\n'), 'is empty'), (f'{FOLDER.name}/none', 'No such file')):
        said = store.ctl('--user', 'Sidorov', '--password-file', path, 'import', store.passport, code=1)
        assert part in said and HIS not in said, said
    said = store.ctl('--user', 'Sidorov', 'import', store.passport, code=1)
    assert 'no terminal' in said and '--password-file' in said, said


def typed():
    """on a terminal it is asked for and not shown; wrong is wrong"""
    store = Store()
    shown, code = store.typed('--user', 'Sidorov', 'import', store.passport, answers=[HERS])
    assert code == 1 and 'Password of Sidorov: ' in shown and 'wrong password' in shown and HERS not in shown, shown
    shown, code = store.typed('--user', 'Sidorov', 'import', store.passport, answers=[HIS])
    assert code == 0 and HIS not in shown, shown
    refused = [r for r in store.records('journal') if r['event'] == 'command-refused']
    assert [(r['who'], r['before'], r['text']) for r in refused] == [('Sidorov', 'sign-in', 'wrong password')], refused


def new_ones():
    """a new password is typed twice, and holds from then on; two that differ change nothing"""
    store = Store()
    words = '--user', 'Ivanova', 'operator', 'password', 'Ivanova'
    shown, code = store.typed(*words, answers=[HERS, 'another one', 'another two'])
    assert code == 1 and 'not the same twice' in shown, shown
    shown, code = store.typed(*words, answers=[HERS, 'short', 'short'])
    assert code == 1 and 'at least 8' in shown, shown
    shown, code = store.typed(*words, answers=[HERS, 'another one', 'another one'])
    assert code == 0 and 'another' not in shown, shown
    shown, code = store.typed(*words, answers=[HERS])
    assert code == 1 and 'wrong password' in shown, shown


def guesses():
    """after some wrong ones even the right one has to wait, and who guesses is in the journal"""
    store = Store()
    wrong = 0
    while 'gdpctl: wrong password' in (said := store.ctl('--user', 'Sidorov', '--password-file', store.hers, 'import',
                                                 store.passport, code=1)) and wrong < 12:
        wrong += 1                                # where hashing is slow, a short pause is over by then
    assert wrong >= 4 and 'try again in' in said, said
    said = store.ctl('--user', 'Sidorov', '--password-file', store.his, 'import', store.passport, code=1)
    assert 'try again in' in said, said
    told = [r for r in store.records('journal') if r['before'] == 'sign-in']
    assert len(told) == wrong, (wrong, told)


def others():
    """a role is asked for besides: a dispatcher imports nothing and gives nobody a password; watching takes none"""
    store = Store()
    said = store.ctl('--user', 'Ivanova', '--password-file', store.hers, 'import', store.passport, code=1)
    assert 'Ivanova has the role dispatcher and may not change the configuration' in said, said
    said = store.ctl('--user', 'Ivanova', '--password-file', store.hers, 'operator', 'password', 'Sidorov',
                     '--new-password-file', store.hers, code=1)
    assert 'may not give operators their roles' in said, said
    for words in ('sites',), ('alarms',), ('journal',), ('operators',), ('verify',), ('export',):
        said = store.ctl(*words)
        assert '$y$' not in said and HIS not in said and HERS not in said, said
    assert 'mode: 0600\n' in store.ctl('verify') or not store.uri.startswith('sqlite:')


def broken_off():
    """Ctrl+C at the question ends it and gives the terminal back as it was"""
    store = Store()
    child, terminal = pty.fork()
    if child == 0:
        os.execve(GDPCTL, store.command(['--user', 'Sidorov', 'import', store.passport]), ENVIRONMENT)
    asked(terminal)
    os.write(terminal, b'\x03')
    ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert ended == -2, ended
    assert termios.tcgetattr(terminal)[3] & termios.ECHO
    os.close(terminal)
    assert cluster.ask(store.uri, 'SELECT count (*) FROM site') == [(0,)]


def restored():
    """a copy is put back by an administrator who gives the password, and by nobody else; the journal says who it was"""
    store = Store()
    if not store.uri.startswith('sqlite:'):
        return                                    # tests/io/test-backup-postgres.py
    copy = f'{FOLDER.name}/{Store.number}-copy.db'
    store.ctl('backup', copy)
    said = store.ctl('--user', 'Sidorov', 'restore', copy, code=1)
    assert 'no terminal' in said, said
    said = store.ctl('--user', 'Sidorov', '--password-file', store.hers, 'restore', copy, code=1)
    assert 'wrong password' in said, said
    said = store.ctl('--user', 'Ivanova', '--password-file', store.hers, 'restore', copy, code=1)
    assert 'Ivanova has the role dispatcher and may not put a copy of the store back' in said, said
    refused = [(r['who'], r['before']) for r in store.records('journal') if r['event'] == 'command-refused']
    assert ('Ivanova', 'restore') in refused and ('Sidorov', 'sign-in') in refused, refused
    store.ctl('--user', 'Sidorov', '--password-file', store.his, 'restore', copy)
    note = store.records('journal')[0]
    assert note['who'] == 'Sidorov' and f'restored from {copy} by the user ' in note['text'], note
    # of what is damaged there is nobody to ask
    with open(store.uri[7:], 'wb') as file:
        file.write(b'\x5a' * 8192)
    store.ctl('--user', 'Sidorov', 'restore', copy)
    assert [o['operator'] for o in store.records('operators')] == ['Ivanova', 'Sidorov']


tap.run(trusted, from_files, refused_files, typed, new_ones, guesses, others, restored, broken_off)
