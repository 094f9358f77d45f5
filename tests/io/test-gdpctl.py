#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test-gdpctl.py GDPCTL CTL-SERVER CORPUS [CASE…] — the command line as a person and a script use it, on a real store."""
import copy
import csv
import datetime
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import xml.etree.ElementTree
import zipfile
import zoneinfo

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
import cluster  # noqa: E402
import tap      # noqa: E402
from patience import PATIENCE       # noqa: E402

gdpctl, ctl_server, corpus = sys.argv[1:4]
folder = tempfile.TemporaryDirectory()
number = 0
with open(os.path.join(corpus, 'full.json'), encoding='utf-8') as file:
    FULL = json.load(file)


class Store:
    """A store of its own for each test, and gdpctl on it."""

    def __init__(self):
        global number
        number += 1
        self.uri = cluster.store() or f'sqlite:{folder.name}/{number}.db'
        self.environment = dict(os.environ, LC_ALL='C.UTF-8', LANGUAGE='', TZ='Europe/Moscow', HOME=folder.name)

    def ctl(self, *arguments, code=0):
        done = subprocess.run([gdpctl, '--store', self.uri, *arguments], capture_output=True, text=True, timeout=PATIENCE,
                              env=self.environment)
        assert done.returncode == code, f'{arguments}: exit {done.returncode}: {done.stdout}{done.stderr}'
        if code:
            last = done.stderr.splitlines()[-1]
            assert last.startswith('gdpctl: '), last
        return done

    def json(self, *arguments, code=0):
        return [json.loads(line) for line in self.ctl('--json', *arguments, code=code).stdout.splitlines()]

    def is_there(self):
        """Somebody has made it."""
        if self.uri.startswith('sqlite:'):
            return os.path.exists(self.uri[7:])
        return cluster.sql(self.uri, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") != '0'

    def file(self, document, name='passport.json'):
        path = f'{folder.name}/{name}'
        data = document if isinstance(document, bytes) else json.dumps(document, indent=1).encode()
        with open(path, 'wb') as f:
            f.write(data)
        return path

    def filled(self):
        self.ctl('import', self.file(FULL))
        return self

    def serve(self, how, point='GDP-003/outlet1'):
        process = subprocess.Popen([ctl_server, self.uri, point, how], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   text=True)
        assert process.stdout.readline() == 'ready\n'
        return process


def end(process):
    process.stdin.close()
    assert process.wait(10) == 0


def with_point(**changes):
    document = copy.deepcopy(FULL)
    point = document['sites'][0]['points'][0]
    for path, value in changes.items():
        holder, *rest = point, *path.split('__')
        for key in rest[:-1]:
            holder = holder[key]
        holder[rest[-1]] = value
    return document


def export_gives_back_what_was_imported():
    store = Store().filled()
    first = store.ctl('export').stdout
    other = Store()
    other.ctl('import', other.file(first.encode()))
    assert other.ctl('export').stdout == first
    other.ctl('import', other.file(first.encode()))
    assert other.ctl('export').stdout == first, 'importing again changed something'
    site = store.ctl('export', 'GDP-003').stdout
    assert json.loads(site)['sites'] == json.loads(first)['sites']
    assert {link['id'] for link in json.loads(site)['links']} == {'rs485-1', 'gsm'}


def bad_passports_are_refused_whole_and_named():
    doubled = copy.deepcopy(FULL)
    doubled['sites'][0]['points'].append(copy.deepcopy(doubled['sites'][0]['points'][0]))
    cases = [
        (with_point(kind='pressure'), 'kind', 'none of'),
        (doubled, 'id', 'twice'),
        (with_point(limits__L__value=0.34), 'limits', 'above'),
        (with_point(range=[0.6, 0]), 'range', 'reversed'),
        (b'{"format": "gdp-passport"', '', 'ends'),
        (b'{"format": "gdp-passport", "version": 1, "sites": [NaN]}', '', 'NaN'),
        (b'{"a": 1, "a": 2}', '', 'twice'),
        (b'[' * 100000, '', 'nested'),
        (b'{"a": 1e999}', '', 'too large'),
        (b'{"a": "\xff"}', '', 'UTF-8'),
        (b'{"a": "\x00"}', '', 'NUL'),
        (b'', '', 'empty'),
    ]
    for document, path, says in cases:
        store = Store().filled()
        before = store.ctl('export').stdout, store.ctl('--json', 'journal').stdout
        file = store.file(document)
        for arguments in ['import', '--check', file], ['import', file]:
            done = store.ctl(*arguments, code=1)
            lines = done.stderr.splitlines()
            assert file + ':' in lines[0] and path in lines[0] and says in done.stderr, done.stderr
            assert 'nothing was imported' in lines[-1]
            problems = store.json(*arguments, code=1)
            assert problems[0]['line'] >= 1 and problems[0]['file'] == file, problems
        assert (store.ctl('export').stdout, store.ctl('--json', 'journal').stdout) == before


def a_thousand_errors_stay_readable():
    store = Store()
    done = store.ctl('import', store.file({'format': 'gdp-passport', 'version': 1, 'sites': [{'id': '?'}] * 1000}), code=1)
    lines = done.stderr.splitlines()
    assert len(lines) < 40, len(lines)
    assert '1000 problems' in lines[-1]
    assert not store.is_there(), 'a refused import made a store'


def an_oversized_file_is_refused():
    store = Store()
    path = f'{folder.name}/huge.json'
    with open(path, 'wb') as f:
        f.truncate(200 << 20)
    assert 'larger than 192 MiB' in store.ctl('import', path, code=1).stderr
    os.remove(path)
    assert 'larger than 192 MiB' in store.ctl('import', '/dev/zero', code=1).stderr
    assert 'No such file' in store.ctl('import', '/no/such/file', code=1).stderr
    assert 'directory' in store.ctl('import', folder.name, code=1).stderr


def several_files_are_one_import():
    store = Store()
    second = copy.deepcopy(FULL)
    second['sites'][0]['id'] = 'GDP-004'
    for unit, address in zip(second['sites'][0]['units'], (10, 11)):
        unit['address'] = address
    files = store.file(FULL, 'a.json'), store.file(second, 'b.json')
    store.ctl('import', *files)
    assert {site['site'] for site in store.json('sites')} == {'GDP-003', 'GDP-004'}
    second['links'][0]['baud'] = 19200
    other = Store()
    done = other.ctl('import', files[0], other.file(second, 'b.json'), code=1)
    assert 'rs485-1' in done.stderr and 'a.json' in done.stderr, done.stderr
    assert not other.is_there()


def what_is_shown_is_what_was_imported():
    store = Store().filled()
    points = {point['point']: point for point in store.json('points', 'GDP-003')}
    outlet = points['GDP-003/outlet1']
    assert (outlet['HH'], outlet['H'], outlet['L'], outlet['LL']) == (0.345, 0.33, 0.1, 0.05)
    assert (outlet['source'], outlet['unit'], outlet['low'], outlet['high']) == ('upmp:ai2', 'MPa', 0, 0.6)
    assert points['GDP-003/door1']['alarm_state'] == 1
    assert {link['link']: link['kind'] for link in store.json('links')} == {
        'rs485-1': 'modbus-rtu', 'tcp': 'modbus-tcp', 'gsm': 'modem'}
    assert [unit['unit'] for unit in store.json('units')] == ['GDP-003/upmp', 'GDP-003/upmp2']
    live = store.json('live')
    assert all(value['quality'] == 'bad' and value['reason'] == 'waiting' and value['value'] is None for value in live)
    assert 'no server is running' in store.ctl('live').stderr
    text = store.ctl('points').stdout.splitlines()
    source = text[0].index('Source')
    assert all(line[source - 1] == ' ' and line[source] != ' ' for line in text[1:]), 'columns with Cyrillic do not align'
    assert store.json('alarms') == [] and store.json('servers') == []
    assert store.json('journal')[0]['event'] == 'configuration-changed'


def readings_alarms_and_acknowledgement():
    store = Store().filled()
    server = store.serve('ack')
    live = {value['point']: value for value in store.json('live')}['GDP-003/outlet1']
    assert live['value'] is None and live['last'] == 0.35 and live['reason'] == 'open-circuit', live
    assert live['time'].endswith('Z') and len(live['time']) == 27, live
    history = store.json('history', 'GDP-003/outlet1', '--since', '1m', '--raw')
    assert [(h['value'], h['quality']) for h in history] == [(0.25, 'good'), (None, 'bad')], history
    assert store.json('history', 'GDP-003/outlet1', '--since', '2h', '--until', '1h') == []
    [alarm] = store.json('alarms', '--state', 'unacked')
    assert (alarm['alarm'], alarm['state'], alarm['level'], alarm['acked']) == ('GDP-003/outlet1.high', 'unacked', 'HH', False)
    assert store.json('sites')[0]['unacked'] == 1
    assert store.json('servers')[0]['state'] == 'running'
    watch = subprocess.Popen([gdpctl, '--json', '--store', store.uri, 'watch'], stdout=subprocess.PIPE, text=True,
                             env=store.environment)
    assert json.loads(watch.stdout.readline())['type'], 'the feed shows nothing'
    [result] = store.json('ack', alarm['alarm'], '--comment', 'crew sent', '--user', 'Petrova')
    assert result['result'] == 'done', result
    [alarm] = store.json('alarms')
    assert (alarm['state'], alarm['acked_by'], alarm['comment']) == ('acked', 'Petrova', 'crew sent'), alarm
    seen = set()
    while not {'alarm', 'command'} <= seen:
        seen.add(json.loads(watch.stdout.readline())['type'])
    watch.send_signal(signal.SIGINT)
    assert watch.wait(5) == -signal.SIGINT
    assert 'nothing to acknowledge' in store.ctl('ack', 'GDP-003/outlet1.high', code=1).stderr
    end(server)
    assert store.json('servers')[0]['state'] == 'stopped'


def figures_are_shown_and_exported():
    store = Store().filled()
    server = store.serve('ack')
    [alarm] = store.json('alarms', '--state', 'unacked')
    store.ctl('ack', alarm['alarm'], '--user', 'Petrova')
    end(server)
    figures = {row['figure']: row for row in store.json('figures') if 'figure' in row}
    assert figures['per-hour']['verdict'] == 'insufficient-data' and figures['unreasoned']['value'] == 0, figures
    assert figures['acknowledge-median'] == {'figure': 'acknowledge-median', 'value': None, 'unit': 's', 'reference': None,
                                             'verdict': 'none'}, figures
    said = store.ctl('figures').stdout
    assert 'Insufficient data' in said and 'up to 6; at most 12 (ISA-18.2)' in said, said
    for name in ('figures.csv', 'figures.xlsx'):
        path = f'{folder.name}/{name}'
        assert store.ctl('figures', '--days', '7', '--export', path).stdout == ''
        assert os.path.getsize(path) > 0
    with open(f'{folder.name}/figures.csv', encoding='utf-8', newline='') as file:
        rows = list(csv.DictReader(file))
    assert {row['name'] for row in rows if row['section'] == 'figure'} == set(figures), rows
    with zipfile.ZipFile(f'{folder.name}/figures.xlsx') as book:
        assert book.testzip() is None
        for part in book.namelist():
            if part.endswith(('.xml', '.rels')):
                xml.etree.ElementTree.fromstring(book.read(part))
        names = re.findall('<sheet name="([^"]*)"', book.read('xl/workbook.xml').decode())
        assert names == ['Figures', 'Most frequent', 'Periods'] and 'xl/charts/chart1.xml' in book.namelist(), names
        assert 'insufficient data' in book.read('xl/sharedStrings.xml').decode()
    for words, code, says in ((('--days', '0x'), 2, '0x'), (('--days', '-1'), 2, '1 to 3660'),
                              (('--days', '3', '--since', '1d'), 2, 'either'),
                              (('--since', '1h', '--until', '2h'), 2, 'later'), (('--since', 'now'), 2, 'later'),
                              (('--export', f'{folder.name}/figures.doc'), 1, '.xlsx'),
                              (('--export', f'{folder.name}/no/figures.xlsx'), 1, 'no/figures.xlsx')):
        said = store.ctl('figures', *words, code=code).stderr
        assert says in said, (words, said)


def of_a_command_that_the_store_does_not_answer_nothing_is_claimed():
    store = Store().filled()
    server = store.serve('ignore')
    ack = subprocess.Popen([gdpctl, '--store', store.uri, 'ack', 'GDP-003/outlet1.high'], stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE, text=True, env=store.environment)
    until = time.monotonic() + PATIENCE
    while cluster.ask(store.uri, 'SELECT count(*) FROM command') == [(0,)] and time.monotonic() < until:
        time.sleep(0.02)
    server.kill()
    server.wait()
    cluster.change(store.uri, 'ALTER TABLE meta RENAME TO meta_away')
    said = ack.communicate(timeout=PATIENCE)[1]
    assert ack.returncode == 1 and 'it is not known whether it was done; look at gdpctl alarms' in said, said
    assert 'meta' in said and len(said.splitlines()) == 1, said


def a_server_that_fell_silent_is_told_from_none():
    store = Store().filled()
    server = store.serve('ack')
    server.kill()
    server.wait()
    until = time.monotonic() + PATIENCE
    while not (said := store.ctl('live').stderr) and time.monotonic() < until:
        time.sleep(0.1)
    [row] = store.json('servers')
    beat = datetime.datetime.fromisoformat(row['heartbeat']).astimezone(zoneinfo.ZoneInfo('Europe/Moscow'))
    heard = f'server “fake” was not heard of since {beat:%Y-%m-%d %H:%M:%S}'
    assert row['state'] == 'silent' and heard in said, (row, said)
    assert row['spooled'] is None and row['queue'] is None, row      # it may have spooled since
    said = store.ctl('ack', 'GDP-003/outlet1.high', code=1).stderr
    assert heard in said and 'gdp-server on here' in said, said


def an_acknowledgement_that_fails_says_why():
    store = Store().filled()
    server = store.serve('refuse')
    assert 'it recurred since' in store.ctl('ack', 'GDP-003/outlet1.high', code=1).stderr
    assert 'there is no alarm' in store.ctl('ack', 'GDP-003/outlet1.high', 'GDP-003/nothing.high', code=1).stderr
    assert cluster.ask(store.uri, 'SELECT count(*) FROM command') == [(1,)], 'a misspelt alarm posted a command'
    end(server)
    assert 'no server is running' in store.ctl('ack', 'GDP-003/outlet1.high', code=1).stderr
    server = store.serve('lose')
    said = store.ctl('ack', 'GDP-003/outlet1.high', code=1).stderr
    assert 'it is not known whether this was done to “GDP-003/outlet1.high”; look at gdpctl alarms' in said, said
    assert 'was not acknowledged' not in said, said
    end(server)
    server = store.serve('ignore')
    started = time.monotonic()
    assert 'in time' in store.ctl('ack', 'GDP-003/outlet1.high', code=1).stderr
    assert 9 < time.monotonic() - started < 20
    end(server)


def usage_and_exit_codes():
    store = Store().filled()
    for arguments in [], ['nonsense'], ['sites', 'GDP-003'], ['import'], ['ack'], ['history'], ['--nonsense', 'sites'], \
            ['alarms', '--state', 'loud'], ['journal', '--since', 'yesterday-ish'], ['journal', '--about', 'weather'], \
            ['journal', '--since', '1h', '--until', '2h'], ['passport', 'agdp-1.31', '--outlet', 'high']:
        done = store.ctl(*arguments, code=2)
        assert len(done.stderr.splitlines()) == 1, done.stderr
    for arguments in ['points', 'GDP-999'], ['export', 'GDP-999'], ['history', 'GDP-003/none'], ['passport', 'agdp-9'], \
            ['--store', f'sqlite:{folder.name}/none.db', 'sites'], ['--store', 'mysql:x', 'sites']:
        done = store.ctl(*arguments, code=1)
        assert len(done.stderr.splitlines()) == 1, done.stderr
    missing = Store()
    assert 'start gdp-server or import passports first' in missing.ctl('ack', 'GDP-003/outlet1.low', code=1).stderr
    assert not missing.is_there(), 'an acknowledgement made a store'
    assert store.ctl('--version').stdout.startswith('gdpctl ')
    assert 'import FILE' in store.ctl('--help').stdout
    assert '--comment' in store.ctl('ack', '--help').stdout
    done = subprocess.run(f'"{gdpctl}" --store "{store.uri}" points | head -1', shell=True, capture_output=True, text=True)
    assert done.stderr == '', done.stderr
    with open('/dev/full', 'w') as full:
        done = subprocess.run([gdpctl, '--store', store.uri, 'points'], stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 1 and 'cannot be written' in done.stderr, done.stderr


def times_are_taken_as_people_write_them():
    store = Store().filled()
    now = time.time()
    moscow = time.strftime('%Y-%m-%d %H:%M', time.gmtime(now + 3 * 3600 - 120))
    utc = time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(now - 120))
    later = time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(now + 3600))
    for since in moscow, utc, '5m', '1h', '2d':
        assert len(store.json('journal', '--since', since)) == 5, since
    assert store.json('journal', '--since', later) == []
    assert len(store.json('journal', '--limit', '2')) == 2
    assert store.json('journal', '--site', 'GDP-999') == []
    about = {topic: store.json('journal', '--about', topic) for topic in ('any', 'system', 'states', 'actions')}
    assert about['states'] == [] and len(about['any']) == 5, about
    assert about['system'] and {row['event'] for row in about['system']} == {'configuration-changed'}, about
    assert store.json('journal', '--text', 'CONFIGURATION-ch') == about['system']
    shown = store.ctl('journal').stdout.splitlines()[1][:13]
    assert shown in [time.strftime('%Y-%m-%d %H', time.gmtime(now + 3 * 3600 + d)) for d in (-60, 0, 60)], shown


def every_cabinet_gives_a_passport_that_can_be_imported():
    store = Store()
    variants = [variant['variant'] for variant in store.json('variants')]
    assert len(variants) == 12
    for i, variant in enumerate(variants):
        text = store.ctl('passport', variant, '--site', f'GDP-{i}', '--link', f'line-{i}', '--address', '7',
                         '--outlet', 'low' if i % 2 else 'medium').stdout
        document = json.loads(text)
        document['links'][0]['device'] = f'/dev/ttyS{i}'
        store.ctl('import', store.file(document))
    assert len(store.json('sites')) == 12


def a_broken_profile_costs_only_itself():
    catalogue = f'{folder.name}/catalogue'
    shutil.copytree(os.path.join(os.path.dirname(__file__), '../../data/catalogue'), catalogue)
    with open(f'{catalogue}/profiles/mine.json', 'w') as f:
        f.write('{"title": "x",\n')
    store = Store()
    store.environment['GDP_CATALOGUE'] = catalogue
    done = store.ctl('import', store.file(FULL))
    assert done.stderr.count('gdpctl: ') == 1 and 'mine.json:2' in done.stderr, done.stderr
    ours = copy.deepcopy(FULL)
    ours['sites'][0]['units'][0]['profile'] = 'mine'
    done = store.ctl('import', store.file(ours), code=1)
    assert '/sites/0/units/0/profile: the register profile “mine” is broken: ' in done.stderr, done.stderr
    os.rename(f'{catalogue}/profiles/mine.json', f'{catalogue}/profiles/upmp-12.4-a8-8.json')
    assert 'no usable register profile' in store.ctl('passport', 'agdp-1.31', code=1).stderr


def a_follower_far_behind_prints_every_record_once():
    store = Store().filled()
    follower = subprocess.Popen([gdpctl, '--json', '--store', store.uri, 'journal', '--follow', '--limit', '2'],
                                stdout=subprocess.PIPE, text=True, env=store.environment)
    deadline = threading.Timer(PATIENCE, follower.kill)
    deadline.start()
    shown = [json.loads(follower.stdout.readline())['seq'] for _ in range(2)]
    follower.send_signal(signal.SIGSTOP)
    for n in range(5):
        store.ctl('import', store.file(with_point(name=f'Выход {n}')))
    cluster.change(store.uri, 'UPDATE meta SET seq = seq + 2000000, trimmed_seq = seq')   # as after a day of samples
    store.ctl('import', store.file(with_point(name='Выход')))
    follower.send_signal(signal.SIGCONT)
    wanted = [record['seq'] for record in reversed(store.json('journal'))]
    while shown[-1] < wanted[-1]:
        shown.append(json.loads(follower.stdout.readline())['seq'])
    assert len(wanted) >= 10 and shown == wanted[-len(shown):] and shown[0] == wanted[3], (shown, wanted)
    store.ctl('import', store.file(with_point(name='Выход 1')))   # and it goes on
    assert json.loads(follower.stdout.readline())['seq'] > wanted[-1]
    follower.send_signal(signal.SIGINT)
    assert follower.wait(PATIENCE) == -signal.SIGINT
    deadline.cancel()


def a_tampered_journal_is_found():
    store = Store().filled()
    assert 'ok' in store.ctl('verify').stdout
    guard = 'journal_no_update' if store.uri.startswith('sqlite:') else 'journal_only_grows ON journal'
    cluster.change(store.uri, f"""DROP TRIGGER {guard};
        UPDATE journal SET who = 'nobody' WHERE seq = (SELECT min(seq) FROM journal)""")
    store.ctl('verify', code=1)


def figures_are_repaired_by_an_administrator():
    store = Store().filled()
    bytes_ = "x'00'" if store.uri.startswith('sqlite:') else r"'\x00'::bytea"
    cluster.change(store.uri, f'INSERT INTO sample_month (point, month, block) VALUES (1, 24300, {bytes_})')
    assert 'a month on cannot be read' in store.ctl('verify', code=1).stderr
    store.ctl('operator', 'anna', 'administrator')
    store.ctl('operator', 'boris', 'engineer', '--user', 'anna')
    assert 'boris' in store.ctl('verify', '--repair', '--user', 'boris', code=1).stderr
    said = store.ctl('verify', '--repair', '--user', 'anna', code=1)
    assert re.search('not repaired: .* 2025-01-01 00:00 UTC and a month on: nothing that it is of is kept any more', said.stdout), said
    assert 'chain ok' in said.stdout and 'cannot be read' in said.stderr, said


BBT = {
    'format': 'gdp-passport', 'version': 1,
    'schedules': [{'name': 'households', 'zone': '+03:00', 'window': 3600, 'entries': ['daily 06:30']}],
    'links': [{'id': 'bbt-1', 'kind': 'bbt', 'serial': 'BBT-000001', 'guaranteed_sessions': 10000,
               'category': 'households', 'settings': {'confirmation': 720}}],
    'sites': [{'id': 'GDP-1', 'units': [{'id': 'bbt', 'link': 'bbt-1', 'address': 0, 'profile': 'bbt-1'}],
               'points': [{'id': 'outlet', 'kind': 'outlet-pressure', 'source': 'bbt:ai1', 'range': [0, 0.6]}]}]}


def settings_are_shown_changed_and_journaled():
    store = Store()
    store.ctl('import', store.file(BBT))
    shown, = store.json('settings')
    assert shown['state'] == 'never-called' and shown['confirmation_min'] == 720, shown
    changed, = store.json('settings', 'bbt-1', 'confirmation=0.5h', 'ai1=0.2..0.4', '--user', 'ivan')
    assert changed['confirmation_min'] == 30 and 'ai1=0.2..0.4' in changed['settings'], changed
    assert changed['revision_wanted'] != shown['revision_wanted']
    days = (time.mktime(time.strptime(changed['guarantee_lasts_until'][:10], '%Y-%m-%d')) - time.time()) / 86400
    assert 206 < days < 210, days                    # the brochure's 10,000 sessions at half an hour
    event, = [e for e in store.json('journal') if e['text'] == 'settings']
    assert (event['who'], event['object'], event['before'], event['after']) == \
        ('ivan', 'bbt-1', 'confirmation=12h', 'confirmation=30min ai1=0.2..0.4'), event
    for bad, says in (('polling=4', '5s to 10min'), ('ai2=1..2', 'no point'), ('ai9=1..2', 'no such channel'),
                      ('ai1=0..9', 'beyond'), ('poling=5', 'MIN..MAX')):
        assert says in store.ctl('settings', 'bbt-1', bad, code=1).stderr, bad
    assert 'bbt-9' in store.ctl('settings', 'bbt-9', code=1).stderr
    assert store.json('settings')[0]['settings'] == changed['settings']
    assert store.json('settings', 'bbt-1', 'none')[0]['state'] == 'not-set'


def schedules_are_shown_changed_and_journaled():
    store = Store()
    store.ctl('import', store.file(BBT))
    category, = store.json('schedule')
    assert (category['links'], category['window_s'], category['calls']) == (1, 3600, 'daily 06:30'), category
    spread, = store.json('schedule', 'bbt-1')
    assert spread['calls'].startswith('daily 0') and spread['zone'] == '+03:00', spread
    own, = store.json('schedule', 'bbt-1', 'weekly mon,fri 08:00', 'once 2099-12-01T06:00:00Z')
    assert own['calls'].endswith('weekly mon,fri 08:00; once 2099-12-01T06:00:00Z'), own
    store.json('schedule', 'households', 'daily 05:00', 'window=600', 'zone=+05:00')
    event = [e for e in store.json('journal') if e['object'] == 'households'][0]
    assert (event['before'], event['after']) == ('daily 06:30 +03:00 window=3600s', 'daily 05:00 +05:00 window=600s')
    assert 'midnight' in store.ctl('schedule', 'households', 'daily 23:55', code=1).stderr
    assert 'weekly mon,thu' in store.ctl('schedule', 'bbt-1', 'weekly someday 08:00', code=1).stderr
    assert 'zone' in store.ctl('schedule', 'bbt-1', 'zone=+02:00', code=1).stderr
    alone, = store.json('schedule', 'bbt-1', 'category=', 'zone=+02:00', 'none')
    assert (alone['category'], alone['calls'], alone['next_call'], alone['state']) == (None, '', None, 'not-set'), alone
    exported = store.ctl('export').stdout
    store.ctl('import', store.file(exported.encode()))
    assert store.ctl('export').stdout == exported


TESTS = [export_gives_back_what_was_imported, bad_passports_are_refused_whole_and_named, a_thousand_errors_stay_readable,
         an_oversized_file_is_refused, several_files_are_one_import, what_is_shown_is_what_was_imported,
         readings_alarms_and_acknowledgement, figures_are_shown_and_exported, an_acknowledgement_that_fails_says_why,
         of_a_command_that_the_store_does_not_answer_nothing_is_claimed, a_server_that_fell_silent_is_told_from_none, usage_and_exit_codes,
         times_are_taken_as_people_write_them, every_cabinet_gives_a_passport_that_can_be_imported,
         a_broken_profile_costs_only_itself, a_follower_far_behind_prints_every_record_once,
         settings_are_shown_changed_and_journaled, schedules_are_shown_changed_and_journaled, a_tampered_journal_is_found,
         figures_are_repaired_by_an_administrator]
try:
    tap.run(*[case for case in TESTS if len(sys.argv) < 5 or case.__name__ in sys.argv[4:]], name=lambda case: case.__name__.replace('_', ' '))
finally:
    folder.cleanup()
