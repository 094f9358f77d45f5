# SPDX-License-Identifier: GPL-3.0-or-later
"""test-postgres-full.py BUILD — the disk of the database fills up while units deliver, that of its log, too; the database
becomes read-only: the server says so, keeps the units waiting, goes on by itself when that is over, and every record that was
acknowledged is in the store, once.

The disks are two small tmpfs in a mount namespace of this test's own."""
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, '..', 'e2e'), os.path.join(HERE, '..'), os.path.join(HERE, '..', '..', 'app')]
DISKS = ('tables', 'log')


def again_with_disks():
    """Runs this program again, with the disks mounted. PostgreSQL refuses to run as root, even as one of a namespace."""
    folder = tempfile.mkdtemp(prefix='gdp-disks-')
    os.chmod(folder, 0o755)
    for disk in DISKS:
        os.mkdir(f'{folder}/{disk}')
    mount = ''.join(f'mount -t tmpfs -o size=400m,mode=1777 none {folder}/{disk} && ' for disk in DISKS)
    root = os.geteuid() == 0
    nobody = [] if root else ['unshare', '-U', f'--map-user={os.geteuid()}', f'--map-group={os.getegid()}']
    try:
        return subprocess.run(['unshare', '-m' if root else '-rm', 'sh', '-c', mount + 'exec "$@"', 'sh', *nobody, sys.executable,
                               *sys.argv], env=dict(os.environ, GDP_DISKS=folder), check=False).returncode
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if 'GDP_DISKS' not in os.environ:
    sys.exit(again_with_disks())

import cluster                          # noqa: E402
import tap                              # noqa: E402
from patience import wait_for           # noqa: E402
from played import UNITS, Played, stored_rows     # noqa: E402
from stage import Stage                 # noqa: E402

BUILD, FOLDER = sys.argv[1], os.environ['GDP_DISKS']


class Disked(cluster.Cluster):
    """Its tables on the one disk, its log on the other."""

    def __init__(self):
        os.environ['TMPDIR'] = f'{FOLDER}/tables'
        super().__init__()
        del os.environ['TMPDIR']
        self.order('stop')
        log = tempfile.mkdtemp(dir=f'{FOLDER}/log')
        inside = f'{self.folder}/primary/pg_wal'
        about = os.stat(inside)
        shutil.move(inside, f'{log}/pg_wal')
        os.symlink(f'{log}/pg_wal', inside)
        if os.geteuid() == 0:
            subprocess.run(['chown', '-R', f'{about.st_uid}:{about.st_gid}', log], check=True)
        self.order('start')
        self.log = log

    def __exit__(self, *_):
        super().__exit__(*_)
        shutil.rmtree(self.log)


def fill(disk):
    """To the last byte; gives what takes the room."""
    path = f'{FOLDER}/{disk}/ballast'
    with open(path, 'wb', buffering=0) as ballast:
        for size in (1 << 20, 4096):
            try:
                while ballast.write(bytes(size)) == size:
                    pass
            except OSError:
                pass
    return path


def use_up_log(own):
    """What others write into the same log takes the rest of the segment that has its room already: up to 16 MB."""
    def stopped():
        try:
            cluster.sql(own.uri, "SELECT pg_logical_emit_message (false, '', repeat ('x', 4000000))")
        except cluster.Failed:
            return 'PANIC' in open(f'{own.folder}/primary.log').read()
        return False

    wait_for('PostgreSQL has given up', stopped)


def start_again(own):
    """As an administrator does, unless it has come up by itself."""
    def runs():
        try:
            return cluster.sql(own.uri, 'SELECT 1')
        except cluster.Failed:
            pass
        try:
            own.order('start')
        except cluster.Failed:
            pass
        return None

    wait_for('PostgreSQL runs', runs)


def goes_on(stage, played, pid):
    """By itself: the same process, which tells what was."""
    before = stored_rows(stage)
    played.wait_rows(max(before + UNITS, 4 * UNITS))
    stage.wait('the journal tells', lambda: any('store: works again' in (event.get('text') or '') for event in stage.ctl('journal')))
    assert stage.running['server'].pid == pid and stage.running['server'].poll() is None
    stage.wait('no trouble', lambda: not stage.ctl('servers')[0].get('trouble'))
    said = stage.log('server').count('\n')
    assert said < 300, f'the server said {said} lines'
    played.prove(least=4)


def full_tables():
    """no room for tables: said, units wait, and it goes on when there is room"""
    with Disked() as own, Stage(BUILD, 'full-tables', store=cluster.database(own.uri)) as stage:
        played = Played(stage)
        pid = stage.running['server'].pid
        ballast = fill('tables')
        stage.wait('said', lambda: "no space left on the database's disk" in stage.log('server'), 120)
        os.remove(ballast)
        goes_on(stage, played, pid)


def full_log():
    """no room for the log: PostgreSQL stops, is started when there is room, and the server goes on"""
    with Disked() as own, Stage(BUILD, 'full-log', store=cluster.database(own.uri)) as stage:
        played = Played(stage)
        pid = stage.running['server'].pid
        ballast = fill('log')
        use_up_log(own)
        stage.wait('said', lambda: 'store: ' in stage.log('server'), 120)
        os.remove(ballast)
        start_again(own)
        goes_on(stage, played, pid)


def read_only():
    """a database that only reads, as one that was made a standby: likewise"""
    with cluster.Cluster() as own, Stage(BUILD, 'read-only', store=cluster.database(own.uri)) as stage:
        played = Played(stage)
        pid = stage.running['server'].pid
        cluster.sql(own.uri, 'ALTER SYSTEM SET default_transaction_read_only = on')
        cluster.sql(own.uri, 'SELECT pg_reload_conf()')
        stage.wait('said', lambda: 'or promote it when the primary is lost' in stage.log('server'))
        cluster.sql(own.uri, 'ALTER SYSTEM RESET default_transaction_read_only')
        cluster.sql(own.uri, 'SELECT pg_reload_conf()')
        goes_on(stage, played, pid)


tap.run(full_tables, full_log, read_only)
