# SPDX-License-Identifier: GPL-3.0-or-later
"""test-backup.py BUILD — gdpctl backup, restore, migrate and verify, with a server on the store and without."""
import contextlib
import os
import sqlite3
import stat
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, '..'), os.path.join(HERE, '..', '..', 'app'), os.path.join(HERE, '..', 'e2e')]
import tap                     # noqa: E402
from patience import PATIENCE  # noqa: E402
from plant import free_port    # noqa: E402
from stage import Stage        # noqa: E402

BUILD = sys.argv[1]


class Store(Stage):
    """With two sites of a simulator behind a server, that tell something all the time."""

    def __init__(self):
        super().__init__(BUILD, 'backup')
        self.file, self.copy = self.store.split(':', 1)[1], f'{self.folder}/copy.db'

    def play(self):
        port, passports = free_port(), f'{self.folder}/passports.json'
        self.start('simulator', 'gdp-sim', '--sites', 2, '--modbus-tcp', port, '--passports', passports)
        self.wait('passports', lambda: os.path.exists(passports))
        self.command('import', passports)
        self.server()
        self.wait('values', self.has_values)

    def has_values(self):
        return [row for row in self.ctl('live') if row['quality'] == 'good']

    def command(self, *words, code=0, store=None):
        done = self.run('gdpctl', '--store', store or self.store, '--user', 'petrov', *words, check=False)
        assert done.returncode == code, (words, done)
        return done.stdout + done.stderr

    def aside(self, mark):
        return [name for name in os.listdir(self.folder) if mark in name and not name.endswith(('-wal', '-shm', '-feed'))]

    def texts(self):
        return [event.get('text') or '' for event in self.ctl('journal')]


@contextlib.contextmanager
def opened(name):
    """sqlite3's own context does not close."""
    with contextlib.closing(sqlite3.connect(name, uri=name.startswith('file:'))) as store, store:
        yield store


def mode(path):
    return stat.S_IMODE(os.stat(path).st_mode)


def copied_while_running():
    """a copy is made while a server commits: whole, one file, for its owner alone; nothing is overwritten"""
    with Store() as stage:
        stage.play()
        stage.command('backup', stage.copy)
        assert mode(stage.copy) == 0o600
        assert 'chain ok' in stage.command('verify', store=f'sqlite:{stage.copy}')
        assert not [name for name in os.listdir(stage.folder) if name.startswith('copy.db') and name != 'copy.db']
        before = os.stat(stage.copy)
        assert 'nothing is overwritten' in stage.command('backup', stage.copy, code=1)
        assert os.stat(stage.copy) == before
        assert 'cannot' in stage.command('backup', f'{stage.folder}/none/copy.db', code=1)
        with opened(stage.copy) as copy, opened(stage.file) as store:
            question = 'SELECT hash FROM journal ORDER BY seq'
            was, now = copy.execute(question).fetchall(), store.execute(question).fetchall()
            assert was and now[:len(was)] == was
        stage.stop('server')


def restored_when_nobody_uses_it():
    """a copy is put back when nobody uses the store, which is kept; the journal tells, and a server goes on"""
    with Store() as stage:
        stage.play()
        stage.command('backup', stage.copy)
        refusal = stage.command('restore', stage.copy, code=1)
        assert f'process {stage.running["server"].pid} uses it' in refusal, refusal
        stage.stop('server')
        later = len(stage.texts())
        stage.command('restore', stage.copy)
        texts = stage.texts()
        assert texts[0].startswith(f'restored from {stage.copy} by the user ') and stage.ctl('journal')[0]['who'] == 'petrov', texts
        assert len(texts) < later + 1                  # what came after the copy is not in it
        kept, = stage.aside('.before-')
        assert mode(stage.file) == mode(f'{stage.folder}/{kept}') == 0o600
        assert 'chain ok' in stage.command('verify', store=f'sqlite:{stage.folder}/{kept}')
        stage.server()
        stage.wait('values', stage.has_values)
        stage.stop('server')
        assert 'chain ok' in stage.command('verify')


def what_is_no_copy_is_not_restored():
    """what is missing, foreign or damaged is not restored, and the store stays as it is"""
    with Store() as stage:
        stage.play()
        stage.command('backup', stage.copy)
        stage.stop('server')
        was = stage.command('verify')
        damaged, foreign = f'{stage.folder}/damaged', f'{stage.folder}/foreign'
        data = bytearray(open(stage.copy, 'rb').read())
        at = len(data) // 2 // 4096 * 4096
        data[at:at + 4096] = b'\x5a' * 4096
        open(damaged, 'wb').write(data)
        with opened(foreign) as other:
            other.execute('CREATE TABLE t (x)')
        for path, says in ((damaged, 'this copy is damaged, or none: file: '), (foreign, 'another program'), (f'{stage.folder}/none', 'none')):
            said = stage.command('restore', path, code=1)
            assert says in said and 'Nothing was changed' in said and 'stop gdp-server' not in said, said
        assert stage.command('verify') == was and not stage.aside('.before-')


def an_older_store_is_kept_before_it_is_changed():
    """a store of an older program is brought up to date by gdpctl migrate, or a server, after a copy of it"""
    with Store() as stage:
        stage.play()
        stage.stop('server')
        assert 'up to date' in stage.command('migrate')
        with opened(stage.file) as store:
            for name in ('sample_hour', 'sample_month', 'sample_year', 'sample_damaged', 'sealing', 'commit_mark',
                         'sample_aside', 'journal_run', 'journal_shelf', 'site_card'):
                store.execute(f'DROP TABLE {name}')
            for column in ('schedule DROP COLUMN title', 'operator DROP COLUMN password', 'operator DROP COLUMN failures',
                           'operator DROP COLUMN failed', 'server DROP COLUMN machine', 'server DROP COLUMN clock',
                           'server DROP COLUMN spooled', 'server DROP COLUMN spooled_since', 'point DROP COLUMN remind_after',
                           'point DROP COLUMN latches', 'alarm DROP COLUMN suppressed_priority', 'alarm DROP COLUMN times',
                           *(f'point DROP COLUMN {column}' for column in (
                               'deviation_priority', 'deviation_value', 'deviation_deadband', 'deviation_on_delay',
                               'deviation_off_delay', 'set_point', 'rate_priority', 'rate_value', 'rate_deadband',
                               'rate_on_delay', 'rate_off_delay', 'rate_window', 'frozen_priority', 'frozen_after'))):
                store.execute(f'ALTER TABLE {column}')
            store.execute('PRAGMA user_version = 10')
        assert 'gdpctl migrate' in stage.command('live', code=1)
        said = stage.command('migrate')
        kept, = stage.aside('.schema-10-')
        assert kept in said and 'brought up to date' in said, said
        with opened(f'file:{stage.folder}/{kept}?mode=ro') as copy:
            assert copy.execute('PRAGMA user_version').fetchone() == (10,)
            assert copy.execute('PRAGMA integrity_check').fetchone() == ('ok',)
        assert mode(f'{stage.folder}/{kept}') == 0o600
        assert 'chain ok' in stage.command('verify')
        # the copy of the older program can be put back, and a server brings it up to date
        stage.command('restore', f'{stage.folder}/{kept}')
        assert 'chain ok' in stage.command('verify') and len(stage.aside('.schema-10-')) >= 1


def damage_is_told():
    """a damaged store: what is damaged, what can still be read, and what to do"""
    with Store() as stage:
        stage.play()
        stage.stop('server')
        with opened(stage.file) as store:
            store.execute('PRAGMA wal_checkpoint (TRUNCATE)')
            page, = store.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'alarm'").fetchone()
        with open(stage.file, 'r+b') as file:
            file.seek((page - 1) * 4096)
            file.write(b'\x5a' * 4096)
        said = stage.command('verify', code=1)
        assert 'table alarm: cannot be read' in said and 'table journal: reads' in said, said
        assert 'gdpctl restore' in said, said
        said = stage.command('backup', stage.copy, code=1)
        assert f'no copy was made, for it is damaged as {stage.file} itself' in said and not os.path.exists(stage.copy), said


def newer_while_it_is_served():
    """a server whose store a newer program has brought up to date says so and ends; so does gdpctl watch"""
    with Store() as stage:
        stage.play()
        server, watch = stage.running.pop('server'), stage.start('watch', 'gdpctl', '--store', stage.store, 'watch')
        stage.running.pop('watch')
        with opened(stage.file) as store:
            store.execute('PRAGMA user_version = 99')
        for name, process in ('server', server), ('watch', watch):
            assert process.wait(PATIENCE) == 1, name
            assert 'newer program (schema 99, this one knows up to' in stage.log(name).splitlines()[-1], stage.log(name)


tap.run(copied_while_running, restored_when_nobody_uses_it, what_is_no_copy_is_not_restored,
        an_older_store_is_kept_before_it_is_changed, damage_is_told,
        newer_while_it_is_served)
