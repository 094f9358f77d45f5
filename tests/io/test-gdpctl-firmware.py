#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test-gdpctl-firmware.py GDPCTL — gdpctl firmware as an engineer uses it, right and wrong, while no server runs: what is
wanted stays in the store until there is one."""
import json
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
import cluster  # noqa: E402
import tap  # noqa: E402

GDPCTL = sys.argv[1]
FOLDER = tempfile.TemporaryDirectory()
BBTS = {'a': ('A1', 'BBT-1', 2, '1.4.0'), 'b': ('B1', 'BBT-1', 2, '1.5.0'), 'c': ('C1', 'BBT-2', 1, '1.4.0'),
        'd': ('D1', 'BBT-1', 3, '1.4.0'), 'new': ('N1', None, 0, None)}       # link: serial, model, hardware, firmware


def passport():
    units = [{'id': link, 'link': link, 'address': 0, 'profile': 'bbt-1'} for link in BBTS]
    return {'format': 'gdp-passport', 'version': 1,
            'links': [{'id': link, 'kind': 'bbt', 'serial': of[0], 'keyless': True} for link, of in BBTS.items()]
            + [{'id': 'tcp', 'kind': 'modbus-tcp', 'host': '127.0.0.1', 'port': 502}],
            'sites': [{'id': 'GDP-1', 'units': units + [{'id': 'upmp', 'link': 'tcp', 'address': 1,
                                                        'profile': 'upmp-12.4-a8-8'}],
                       'points': [{'id': 'p', 'kind': 'inlet-pressure', 'source': 'a:ai1', 'range': [0, 1]}]}]}


class Store:
    """A store of its own for each test, in which units have called."""

    number = 0

    def __init__(self):
        Store.number += 1
        self.uri = cluster.store() or f'sqlite:{FOLDER.name}/{Store.number}.db'
        self.image = self.file('image.bin', bytes(2000))
        self.ctl('import', self.file('passport.json', json.dumps(passport()).encode()))
        names = "SELECT name FROM pragma_table_info ('device')" if self.uri.startswith('sqlite:') \
            else "SELECT column_name FROM information_schema.columns WHERE table_name = 'device'"
        columns = {name: '0' for name, in cluster.ask(self.uri, names)}
        keys = dict(cluster.ask(self.uri, 'SELECT id, key FROM link'))
        for link, (_, model, hardware, firmware) in BBTS.items():
            if model:
                row = {**columns, 'link': keys[link], 'model': f"'{model}'", 'hardware': hardware, 'firmware': f"'{firmware}'",
                       'clock': "'set'", 'firmware_wanted': 'NULL'}
                cluster.change(self.uri, f'INSERT INTO device ({", ".join(row)}) VALUES ({", ".join(map(str, row.values()))})')

    def file(self, name, data):
        path = f'{FOLDER.name}/{Store.number}-{name}'
        with open(path, 'wb') as file:
            file.write(data)
        return path

    def ctl(self, *words, code=0):
        done = subprocess.run([GDPCTL, '--store', self.uri, *words], capture_output=True, text=True, timeout=60,
                              env=dict(os.environ, LC_ALL='C.UTF-8', LANGUAGE=''))
        assert done.returncode == code, f'{words}: exit {done.returncode}: {done.stdout}{done.stderr}'
        return done

    def rows(self, *words):
        return {row['unit']: row for row in map(json.loads, self.ctl('--json', 'firmware', *words).stdout.splitlines())}

    def refuses(self, text, *words, code=1):
        said = self.ctl('firmware', *words, code=code).stderr
        assert text in said, said
        assert not self.wanted(), f'{words} changed something'

    def wanted(self):
        return {link: row['wanted'] for link, row in self.rows().items() if row['state'] == 'wanted'}


def ordered():
    """units are named by link, serial or id, and what is wanted waits for a server"""
    store = Store()
    done = store.ctl('firmware', store.image, '--version', '1.6', 'A1', 'b', 'GDP-1/a')
    assert 'no server is running' in done.stderr, done.stderr
    assert store.wanted() == {'a': '1.6.0', 'b': '1.6.0'}
    row = store.rows('--show', 'a')['a']
    assert (row['firmware'], row['blocks_done'], row['blocks'], row['percent'], row['reason']) == ('1.4.0', 0, 3, 0, None), row
    table = store.ctl('firmware').stdout.splitlines()
    assert len(table) == 1 + len(BBTS) and '0/3' in table[1], table
    store.ctl('firmware', '--abort', 'a')
    assert store.rows('--show', 'a')['a']['state'] == 'giving-up'
    store.ctl('firmware', '--abort', '--all')
    assert not store.wanted()
    journal = [json.loads(line) for line in store.ctl('--json', 'journal').stdout.splitlines()]
    kinds = [event['event'] for event in journal if event['event'].startswith('firmware')]
    assert sorted(kinds) == ['firmware-given-up'] * 2 + ['firmware-ordered'] * 2, kinds
    assert {event['site'] for event in journal if event['event'].startswith('firmware')} == {'GDP-1'}
    assert 'chain ok' in store.ctl('verify').stdout


def server_is_silent():
    """a server that has died is not said to be none"""
    store = Store()
    cluster.change(store.uri, "INSERT INTO server (name, pid, started, heartbeat, seq, queue, samples) "
                              "VALUES ('west', 1, 1, 1, 1, 0, 0)")
    said = store.ctl('firmware', store.image, '--version', '1.6', 'a').stderr
    assert 'server “west” was not heard of since' in said and 'carried out when one is there again' in said, said


def all_of_a_model():
    """a model's units get it that do not have it; of two revisions of hardware one has to be said"""
    store = Store()
    store.refuses('hardware is of another revision', store.image, '--version', '1.5.0', '--model', 'BBT-1')
    store.refuses('no unit of model', store.image, '--version', '1.5.0', '--model', 'BBT-9')
    store.ctl('firmware', store.image, '--version', '1.5.0', '--model', 'BBT-1', '--hardware', '2')
    assert store.wanted() == {'a': '1.5.0'}, 'b has it, d is of another hardware'


def wrong_files():
    """a file that is not there, empty, too large or none is refused by what is wrong with it"""
    store = Store()
    large = store.file('large', b'')
    os.truncate(large, 17 << 20)
    for file, text in (('/nowhere/x', 'No such file'), (store.file('empty', b''), 'is empty'), (FOLDER.name, 'not a file'),
                       (large, '17.0 MiB, a firmware image at most 16')):
        store.refuses(text, file, '--version', '1.6.0', 'a')


def wrong_units():
    """a unit that is not there, no BBT, of another model, has never called or has the version is refused, and nothing done"""
    store = Store()
    for names, text in ((['a', 'zz'], 'there is no unit “zz”'), (['tcp'], 'not a BBT'), (['GDP-1/upmp'], 'not a BBT'),
                        (['a', 'c'], 'another model'), (['a', 'new'], 'never called'), (['a', 'd'], 'another revision')):
        store.refuses(text, store.image, '--version', '1.6.0', *names)
    store.refuses('runs this version already', store.image, '--version', '1.5', 'b')
    store.refuses('no firmware is under way', '--abort', 'a')
    store.ctl('firmware', store.image, '--version', '1.6.0', '--model', 'BBT-1', '--hardware', '2', 'new')
    assert store.wanted() == {'new': '1.6.0'}, 'whoever says what it is, is believed'


def wrong_words():
    """what is not understood ends with 2 and the usage"""
    store = Store()
    for words in ([store.image, 'a'], [store.image, '--version', '1.6.0'], ['--abort'], ['--abort', '--all', 'a'],
                  ['--show', '--abort', 'a'], [store.image, '--version', 'new', 'a'], [store.image, '--version', '1.300', 'a']):
        store.refuses('', *words, code=2)


def roles():
    """it takes an engineer; who may not is refused and journaled"""
    store = Store()
    for name, role in (('Chief', 'administrator'), ('Ivanova', 'dispatcher'), ('Petrov', 'engineer')):
        store.ctl('--user', 'Chief', 'operator', name, role)
    store.refuses('it takes the role engineer', '--user', 'Ivanova', store.image, '--version', '1.6.0', 'a')
    store.ctl('firmware', '--user', 'Petrov', store.image, '--version', '1.6.0', 'a')
    assert store.rows()['a']['who'] == 'Petrov'
    assert 'may not change firmware' in store.ctl('firmware', '--user', 'Ivanova', '--abort', 'a', code=1).stderr
    assert store.wanted() == {'a': '1.6.0'}
    refused = [event for event in map(json.loads, store.ctl('--json', 'journal').stdout.splitlines())
               if event['event'] == 'command-refused']
    assert {event['who'] for event in refused} == {'Ivanova'} and len(refused) == 2, refused


tap.run(ordered, server_is_silent, all_of_a_model, wrong_files, wrong_units, wrong_words, roles)
