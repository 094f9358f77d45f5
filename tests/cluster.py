# SPDX-License-Identifier: GPL-3.0-or-later
"""A PostgreSQL cluster for tests: one's own, or the one that tests/with-postgres keeps for a whole run."""
import contextlib
import itertools
import json
import os
import sqlite3
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))


PATIENCE = 60   # seconds
numbers = itertools.count(1)


class Failed(Exception):
    pass


def sql(uri, text):
    """Runs @text, all in one transaction if it is several; gives what it answers, a row a line, columns with | between."""
    done = subprocess.run(['psql', '-XAtqd', uri, '-v', 'ON_ERROR_STOP=1', '-c', text], capture_output=True, text=True,
                          check=False, stdin=subprocess.DEVNULL, timeout=PATIENCE)
    if done.returncode != 0:
        raise Failed(done.stderr.strip())
    return done.stdout.strip()


def database(uri):
    """The URI of a fresh, empty database in the cluster @uri."""
    name = f'gdp_{os.getpid()}_{next(numbers)}'
    sql(uri, f'CREATE DATABASE {name}')
    return uri.replace('/?', f'/{name}?')


def store():
    """Of a test that is run with either engine: the URI of a fresh database, or None for a file of its own."""
    if os.environ.get('GDP_TEST_ENGINE') != 'postgresql':
        return None
    if 'GDP_TEST_POSTGRES' not in os.environ:
        raise Failed('GDP_TEST_POSTGRES names no cluster; run this under tests/with-postgres')
    return database(os.environ['GDP_TEST_POSTGRES'])


def ask(uri, question):
    """Rows of a store in either engine, read only, a tuple each."""
    if uri.startswith('sqlite:'):
        with contextlib.closing(sqlite3.connect(f'file:{uri[7:]}?mode=ro', uri=True)) as store:
            return store.execute(question).fetchall()
    rows = sql(uri, f"SELECT coalesce (json_agg (row_to_json (r)), '[]') FROM ({question}) r")
    return json.loads(rows, object_pairs_hook=lambda pairs: tuple(value for _, value in pairs))


def change(uri, text):
    """Runs statements in a store of either engine, all in one transaction."""
    if uri.startswith('sqlite:'):
        with contextlib.closing(sqlite3.connect(uri[7:])) as store:
            store.executescript(f'BEGIN IMMEDIATE; {text}; COMMIT')
        return
    done = subprocess.run(['psql', '-XAtq1d', uri, '-v', 'ON_ERROR_STOP=1', '-f', '-'], input=text, capture_output=True,
                          text=True, check=False, timeout=PATIENCE)
    if done.returncode != 0:
        raise Failed(done.stderr.strip())


class Cluster:
    """A cluster of its own, stopped and removed at the end, even if this process is killed."""

    def __init__(self):
        self.keeper = subprocess.Popen(['/usr/bin/python3', f'{HERE}/postgres-keeper'], stdin=subprocess.PIPE,
                                       stdout=subprocess.PIPE, text=True, start_new_session=True)
        self.uri, self.folder = self.hear().split()

    def hear(self):
        words = self.keeper.stdout.readline().strip().split(' ', 1)
        if words[0] != 'ok':
            raise Failed(words[1] if len(words) > 1 else 'postgres-keeper ended')
        return words[1] if len(words) > 1 else ''

    def order(self, *words):
        """stop, kill, start, standby, promote: see postgres-keeper."""
        self.keeper.stdin.write(' '.join(words) + '\n')
        self.keeper.stdin.flush()
        return self.hear()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.keeper.stdin.close()
        self.keeper.wait()
