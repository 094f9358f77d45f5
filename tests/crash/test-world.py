#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test-world.py BUILD WORLD — the disk fills up, becomes read-only, the clock is set, while units deliver: the server
says so, keeps the units waiting, goes on by itself, and every record that was acknowledged is in the store, once.

WORLD is world.c as a library to be preloaded. The small disk is a tmpfs in a mount namespace of this test's own."""
import datetime
import os
import struct
import sys

if 'GDP_OWN_MOUNTS' not in os.environ:
    how = ['-m'] if os.geteuid() == 0 else ['-rm']
    os.execvpe('unshare', ['unshare', *how, sys.executable, *sys.argv], dict(os.environ, GDP_OWN_MOUNTS='1'))

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, '..', 'e2e'), os.path.join(HERE, '..'), os.path.join(HERE, '..', '..', 'app')]
import tap                              # noqa: E402
from played import UNITS, Played, ask, stored_rows     # noqa: E402
from stage import Stage                 # noqa: E402

BUILD, WORLD = sys.argv[1:]
HOUR = 3600 * 10**6


class World(Stage):
    """A stage whose store is on a disk of its own, with a clock of its own; the simulator lives outside."""

    def __init__(self, name):
        super().__init__(BUILD, name)
        self.disk = f'{self.folder}/disk'
        os.mkdir(self.disk)
        self.store = f'sqlite:{self.disk}/store.db'
        self.set()
        self.inside = {'LD_PRELOAD': WORLD, 'GDP_WORLD': f'{self.folder}/world', 'GDP_WORLD_DISK': self.disk}

    def set(self, clock=0, read_only=0):
        with open(f'{self.folder}/world', 'r+b' if os.path.exists(f'{self.folder}/world') else 'wb') as file:
            file.write(struct.pack('qq', clock, read_only))

    def run(self, program, *arguments, **more):
        return super().run(program, *arguments, **dict(self.inside, **more))

    def mount(self, size):
        self.run('mount', '-t', 'tmpfs', '-o', f'size={size}', 'none', self.disk)
        self.after.callback(self.run, 'umount', '-l', self.disk)

    def wait_trouble(self, text):
        """The store cannot say that it is in trouble; the log can, and that no heartbeat comes any more."""
        self.wait(text, lambda: text in self.log('server'))
        self.wait('no heartbeat', lambda: 'was not heard of since' in self.run('gdpctl', '--store', self.store, 'live').stderr)

    def wait_journal(self, text, times=1):
        self.wait(f'{times} times in the journal: {text}', lambda: len(
            [event for event in self.ctl('journal') if text in (event.get('text') or '')]) >= times)


class Small(Played):
    """On a disk on which little is enough."""

    def more(self, name):
        return '[store]\ndisk-least=1\n'


def goes_on(stage, played, pid):
    """By itself: the same process, which tells what was."""
    before = stored_rows(stage)
    played.wait_rows(max(before + UNITS, 6 * UNITS))
    stage.wait_journal('store: works again')
    assert stage.running['server'].pid == pid and stage.running['server'].poll() is None
    stage.wait('no trouble', lambda: not stage.ctl('servers')[0].get('trouble'))
    played.prove()


def full():
    """a disk that is full keeps units waiting, and is gone on with when there is space"""
    with World('full') as stage:
        stage.mount('24m')
        played = Small(stage, **stage.inside)
        pid = stage.running['server'].pid
        with open(f'{stage.disk}/ballast', 'wb', buffering=0) as ballast:
            try:
                while ballast.write(bytes(4096)):
                    pass
            except OSError:
                pass
        stage.wait_trouble('no space left')
        os.remove(f'{stage.disk}/ballast')
        goes_on(stage, played, pid)


def read_only():
    """a disk that has become read-only, likewise"""
    with World('read-only') as stage:
        played = Played(stage, **stage.inside)
        pid = stage.running['server'].pid
        stage.set(read_only=1)
        stage.wait_trouble('store: ')
        stage.set()
        goes_on(stage, played, pid)


def newest_age(stage, offset):
    """How far the value nearest to now is from it, by the clock set off by @offset, of all that are shown. (A unit whose
    session began before the clock was set goes on by that time until it calls again.)"""
    now = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(microseconds=offset)
    times = [datetime.datetime.fromisoformat(row['time']) for row in stage.ctl('live') if row.get('time')]
    return min(abs((now - time).total_seconds()) for time in times)


def clock():
    """a clock that is set by an hour forth, back and back again: numbers order what happened, nobody falls silent"""
    with World('clock') as stage:
        played = Played(stage, '--stay', **stage.inside)
        for times, offset in enumerate((HOUR, 0, -HOUR), 1):
            stage.set(clock=offset)
            stage.wait_journal('the clock was set', times)
            before = stored_rows(stage)
            played.wait_rows(before + UNITS)
            stage.wait('a heartbeat by the new clock', lambda: 'was not heard of since' not in stage.run(
                'gdpctl', '--store', stage.store, 'live').stderr)
            stage.wait('values that are of now by it', lambda: newest_age(stage, offset) < 600)
        silent = ask(stage, "SELECT id, first FROM alarm WHERE condition IN ('silent', 'lost', 'stale')")
        assert not silent, silent
        numbers = [seq for seq, in ask(stage, 'SELECT seq FROM journal ORDER BY rowid')]
        assert numbers == sorted(set(numbers))
        played.prove(whole_seconds=False)


tap.run(full, read_only, clock)
