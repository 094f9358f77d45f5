#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test-with-postgres.py — clusters for tests: they come, take orders, and are gone whatever happens."""
import os
import signal
import subprocess
import sys
import tempfile

TESTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..')
sys.path[:0] = [TESTS, os.path.join(TESTS, '..', 'app')]
import cluster   # noqa: E402
import tap       # noqa: E402
from patience import wait_for   # noqa: E402

WRAPPER = os.path.join(TESTS, 'with-postgres')
ECHO = 'echo "$GDP_TEST_POSTGRES"; psql -XAtqd "$GDP_TEST_POSTGRES" -c "SHOW fsync"'
NOBODY = {'user': 'nobody', 'group': 'nogroup', 'extra_groups': []}
os.environ.pop('GDP_TEST_POSTGRES', None)


def start(folder, *command, **options):
    environment = dict(os.environ, TMPDIR=folder, **options.pop('environment', {}))
    return subprocess.Popen([WRAPPER, *command], env=environment, text=True, stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True, **options)


def clusters(folder):
    """What is left of clusters: their folders, and processes that work in one."""
    return os.listdir(folder) + subprocess.run(['pgrep', '-f', f'postgres.*{folder}/'], capture_output=True, text=True,
                                               check=False).stdout.split()


def folder_for_all():
    """A folder that another user may walk through."""
    folder = tempfile.TemporaryDirectory(prefix='gdp-')
    os.chmod(folder.name, 0o777)
    return folder


def two_at_once():
    """two at once have a cluster each, pass on how the command ended, and leave nothing"""
    with folder_for_all() as folder:
        both = [start(folder, 'sh', '-c', ECHO + '; exit 7', cwd='/') for _ in range(2)]
        said = [one.communicate()[0].split() for one in both]
        assert [one.returncode for one in both] == [7, 7], said
        assert said[0][0] != said[1][0] and [words[1] for words in said] == ['on', 'on'], said
        assert clusters(folder) == []


def one_for_all():
    """a command inside gets the cluster of the outermost"""
    with folder_for_all() as folder:
        said = start(folder, 'sh', '-c', f'echo "$GDP_TEST_POSTGRES"; {WRAPPER} sh -c \'{ECHO}\'').communicate()[0].split()
        assert said[0] == said[1] and said[2] == 'on', said


def as_user():
    """an ordinary user needs nothing else"""
    with folder_for_all() as folder:
        out, error = start(folder, 'sh', '-c', ECHO, **NOBODY, environment={'HOME': '/nonexistent'}).communicate()
        assert out.split()[1:] == ['on'], error
        assert clusters(folder) == []


def killed():
    """killed at any moment, or told to end, it leaves neither processes nor files"""
    for signal_, when in ((signal.SIGKILL, 'made'), (signal.SIGKILL, 'used'), (signal.SIGTERM, 'used')):
        with folder_for_all() as folder:
            one = start(folder, 'sh', '-c', 'echo ready; exec sleep 1000')
            if when == 'made':
                wait_for('a folder', lambda folder=folder: os.listdir(folder))
            else:
                assert one.stdout.readline() == 'ready\n'
            os.killpg(one.pid, signal_)
            one.communicate()
            wait_for(f'nothing left after {signal_.name}', lambda folder=folder: clusters(folder) == [])


def errors():
    """what it cannot do it says in a line"""
    with folder_for_all() as folder:
        deep = os.path.join(folder, 'x' * 90)
        os.mkdir(deep)
        for where, command, code, word in ((folder, [], 2, 'usage'), (folder, ['/nonexistent/x'], 1, '/nonexistent/x'),
                                           ('/nonexistent', ['true'], 0, ''), (deep, ['true'], 1, 'TMPDIR')):
            done = start(where, *command)
            error = done.communicate()[1]
            assert done.returncode == code and word in error and len(error.splitlines()) <= 1, (command, error)


def orders():
    """committed rows outlive kill -9, a standby follows and takes over"""
    with cluster.Cluster() as own:
        database = cluster.database(own.uri)
        cluster.sql(database, 'CREATE TABLE t (x int); INSERT INTO t VALUES (1)')
        own.order('kill')
        own.order('start')
        assert cluster.sql(database, 'SELECT x FROM t') == '1'
        standby = own.order('standby').replace('/?', database[database.rindex('/gdp_'):database.index('?')] + '?')
        cluster.sql(database, 'INSERT INTO t VALUES (2)')
        wait_for('the row on the standby', lambda: cluster.sql(standby, 'SELECT max(x) FROM t') == '2')
        own.order('stop')
        own.order('promote')
        cluster.sql(standby, 'INSERT INTO t VALUES (3)')
        for wrong in (['kill'], ['fly']):
            try:
                own.order(*wrong)
            except cluster.Failed:
                continue
            raise AssertionError(f'{wrong} was done')


cases = [two_at_once, one_for_all, killed, errors, orders]
# Run by root, there is another user to try, if this folder is one that others may look into.
if os.geteuid() == 0 and subprocess.run(['test', '-x', WRAPPER], check=False, **NOBODY).returncode == 0:
    cases.append(as_user)
tap.run(*cases)
