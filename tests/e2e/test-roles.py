#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test-roles.py BUILD — a control room whose database knows its users: what a role may not, its connection cannot; gdpctl and
the console act as whose connection they have; passwords are the database's, and go over TLS."""
import contextlib
import json
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROLES = os.path.join(HERE, '..', '..', 'data', 'postgres', 'roles.sql')
sys.path[:0] = [HERE, os.path.join(HERE, '..'), os.path.join(HERE, '..', '..', 'app')]
import cluster  # noqa: E402
import plant    # noqa: E402
import tap      # noqa: E402
from desk import MAIN, SIGN_IN, UNLOCK, Desk  # noqa: E402
from stage import Stage  # noqa: E402

BUILD = sys.argv[1]
SITE, UNIT = plant.SITE, plant.UNIT
PEOPLE = {'Viktor': 'gdp_viewer', 'Ivanova': 'gdp_dispatcher', 'Petrov': 'gdp_dispatcher', 'Smirnov': 'gdp_senior_dispatcher',
          'Orlov': 'gdp_engineer', 'Sidorov': 'gdp_administrator', 'west': 'gdp_server'}
OWNER = 'builder'


def password(name):
    return f'the secret of {name}'


class Room:
    """A plant with a fan, a database with roles and people, a server of its role. Passwords lie in a file of libpq's."""

    def __init__(self, stage, own):
        self.stage, self.wired = stage, plant.Tcp(stage)
        self.wired.plug()
        self.host = '127.0.0.1'
        self.port = own.uri.partition('port=')[2]
        self.own = own.uri.replace('/?', '/gdp?')
        cluster.sql(own.uri, 'CREATE ROLE gdp')
        cluster.sql(own.uri, "CREATE DATABASE gdp OWNER gdp ENCODING 'UTF8' TEMPLATE template0")
        cluster.sql(own.uri, f"CREATE ROLE {OWNER} LOGIN IN ROLE gdp PASSWORD '{password(OWNER)}'; ALTER ROLE {OWNER} SET role = gdp")
        stage.environment['PGPASSFILE'] = self.secrets()
        self.as_(OWNER, 'import', self.document())
        subprocess.run(['psql', '-Xqd', self.own, '-v', 'ON_ERROR_STOP=1', '-1', '-f', ROLES], check=True)
        for name, role in PEOPLE.items():
            self.sql(f"CREATE ROLE \"{name}\" LOGIN IN ROLE {role} PASSWORD '{password(name)}'")
        stage.store = self.uri('Viktor')
        self.serve()

    def serve(self):
        self.stage.start('server', 'gdp-server', '--store', self.uri('west'), '--sessions-listen', 'off')
        self.stage.wait('good points', lambda: sum(v['quality'] == 'good' for v in self.stage.ctl('live')) == 17)

    def document(self, name='ГРП-1 Садовая'):
        document = plant.passport(self.wired.link)
        document['sites'][0]['name'] = name
        document['sites'][0]['points'].append({'id': 'fan', 'kind': 'output', 'source': 'upmp:do2'})
        path = f'{self.stage.folder}/plant.json'
        with open(path, 'w', encoding='utf-8') as file:
            json.dump(document, file)
        return path

    def secrets(self):
        path = f'{self.stage.folder}/pgpass'
        with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), 'w') as file:
            file.writelines(f'*:*:*:{name}:{password(name)}\n' for name in [*PEOPLE, OWNER])
        return path

    def uri(self, name, options=''):
        return f'postgresql://{name}@{self.host}:{self.port}/gdp{options}'

    def sql(self, text):
        return cluster.sql(self.own, text)

    def as_(self, name, *words, check=True, **environment):
        """gdpctl on that person's connection."""
        return self.stage.run('gdpctl', '--store', self.uri(name), *words, check=check, **environment)

    def refused(self, name, *words, says):
        done = self.as_(name, *words, check=False)
        lines = done.stderr.strip().splitlines()
        assert done.returncode == 1 and len(lines) == 1 and all(word in lines[0] for word in says), (name, words, done)
        assert 'secret' not in done.stderr, done

    def alarm(self, name, state):
        return self.stage.wait(f'{name} is {state}', lambda: next(
            (a for a in self.stage.ctl('alarms', '--state', 'all') if a['alarm'] == f'{SITE}/{name}' and a['state'] == state), None))

    def ring(self, name, tag):
        self.wired.discrete(tag, 1)
        self.alarm(name, 'unacked')

    def journal(self, kind):
        return [(r['object'], r['who']) for r in self.stage.ctl('journal', '--limit', '1000') if r['event'] == kind][::-1]

    def watch(self, name):
        """gdpctl watch on that person's connection, which has begun."""
        process = subprocess.Popen([self.stage.path('gdpctl'), '--store', self.uri(name), 'watch'], stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True, env=self.stage.environment)
        assert process.stdout.readline()
        return process

    def ended(self, name, process):
        """Its program says what, where, who and what to do, and ends."""
        said = process.communicate(timeout=cluster.PATIENCE)[1].strip()
        assert process.returncode == 1 and len(said.splitlines()) == 1, (process.returncode, said)
        assert all(word in said for word in (f'/gdp, user {name}', 'an administrator of the database')), said

    def console(self, name, *options):
        desk = Desk(self.stage, self.stage.start(f'console-{name}', 'gdp-console', '--store', self.uri(name), '--page', 'alarms', *options))
        desk.says('♥ live')
        return desk


@contextlib.contextmanager
def room(name):
    with cluster.Cluster() as own, Stage(BUILD, name) as stage:
        yield Room(stage, own)


def five():
    """each of the five roles may what it may, by gdpctl without a name, and the journal names the database's user"""
    with room('five') as it:
        it.ring('door1.state', 'door1')
        it.refused('Viktor', 'ack', f'{SITE}/door1.state', says=['permission denied', '/gdp, user Viktor'])
        it.as_('Ivanova', 'ack', f'{SITE}/door1.state')
        assert it.alarm('door1.state', 'acked')['acked_by'] == 'Ivanova'
        for who in ('Viktor', 'Ivanova'):
            it.refused(who, 'output', f'{SITE}/fan', 'on', '--yes',
                       says=['senior-dispatcher' if who == 'Ivanova' else 'permission denied'])
        assert it.wired.slave.ask('coil', UNIT, 1) == 0
        it.as_('Smirnov', 'output', f'{SITE}/fan', 'on', '--yes')
        assert it.wired.slave.ask('coil', UNIT, 1) == 1
        for who in ('Viktor', 'Ivanova', 'Smirnov'):
            it.refused(who, 'import', it.document('Another'), says=['it takes the role engineer'])
        it.as_('Orlov', 'import', it.document('Заречная'))
        it.as_('Sidorov', 'import', it.document('Луговая'))
        assert [s['name'] for s in it.stage.ctl('sites')] == ['Луговая']
        for who in PEOPLE:
            it.refused(who, 'operator', 'Ivanova', 'administrator', says=['roles and passwords are the database\'s own'])
        it.refused('Viktor', '--user', 'Ivanova', '--password-file', '/dev/null', 'ack', f'{SITE}/door1.state', says=['password'])
        secret = f'{it.stage.folder}/secret'        # another person for one command
        with open(os.open(secret, os.O_WRONLY | os.O_CREAT, 0o600), 'w') as file:
            file.write(password('Petrov'))
        it.ring('door2.state', 'door2')
        it.refused('Viktor', '--user', 'Ivanova', '--password-file', secret, 'ack', f'{SITE}/door2.state', says=['does not let Ivanova in'])
        it.as_('Viktor', '--user', 'Petrov', '--password-file', secret, 'ack', f'{SITE}/door2.state')
        assert it.alarm('door2.state', 'acked')['acked_by'] == 'Petrov'
        roles = {r['operator']: r['role'] for r in it.stage.ctl('operators')}
        assert roles == {who: role[4:].replace('_', '-') for who, role in PEOPLE.items() if role != 'gdp_server'}, roles
        assert (f'{SITE}/fan', 'Ivanova') in it.journal('command-refused')
        changes = it.journal('configuration-changed')
        assert [who for what, who in changes if what == SITE][-2:] == ['Orlov', 'Sidorov'], changes
        assert 'chain ok' in it.as_('Viktor', 'verify').stdout


HOSTILE = [
    "INSERT INTO command (id, seq, state, kind, who, argument, posted, expires) VALUES (1, 1, 'posted', 'output', 'Smirnov', 1, 1, 9)",
    "UPDATE alarm SET acked = 1", "DELETE FROM journal", "UPDATE live SET value = 0", "UPDATE meta SET seq = seq",
    "SELECT 1 FROM meta FOR UPDATE", "BEGIN; LOCK TABLE meta IN EXCLUSIVE MODE", "SET ROLE gdp_senior_dispatcher", "SET ROLE gdp",
    "SET SESSION AUTHORIZATION \"Smirnov\"", "CREATE TABLE mine ()", "GRANT gdp_engineer TO current_user",
    "ALTER TABLE journal DISABLE TRIGGER ALL", "SELECT gdp_grant ()", "DROP VIEW gdp_operator",
]


def hostile():
    """whatever program a viewer or a dispatcher runs, the database refuses; a transaction left open stops nobody"""
    with room('hostile') as it:
        for who, more in (('Viktor', ["SELECT gdp_post ('ack', 'x', 1, NULL, 'psql', NULL)"]), ('Ivanova', [])):
            for text in HOSTILE + more:
                done = subprocess.run(['psql', '-Xd', it.uri(who), '-v', 'ON_ERROR_STOP=1', '-c', text], capture_output=True, text=True,
                                      env=it.stage.environment)
                assert done.returncode != 0 and any(why in done.stderr for why in ('permission denied', 'must ')), (who, text, done)
        cluster_side = subprocess.Popen(['psql', '-Xqd', it.uri('Ivanova')], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        env=it.stage.environment)
        cluster_side.stdin.write("BEGIN; SELECT gdp_post ('ack', 'x', 1, NULL, 'psql', NULL);\n\\echo posted\n")
        cluster_side.stdin.flush()
        while 'posted' not in cluster_side.stdout.readline():
            assert cluster_side.poll() is None
        it.ring('door1.state', 'door1')             # the server writes
        it.as_('Petrov', 'ack', f'{SITE}/door1.state')
        assert it.alarm('door1.state', 'acked')['acked_by'] == 'Petrov'
        assert [s['trouble'] for s in it.stage.ctl('servers')] == [None]
        assert cluster_side.poll() is None
        cluster_side.stdin.close()
        cluster_side.wait()


def desk():
    """a console acts as whose connection it has, unasked; the database's password unlocks it, and lets another take it over"""
    with room('desk') as it:
        desk = it.console('Ivanova')
        desk.says('Ivanova')
        desk.says('Dispatcher')
        assert not desk.window(SIGN_IN)
        it.ring('door1.state', 'door1')
        desk.says('Door')
        desk.keys(MAIN, 'ctrl+2', 'ctrl+space')
        assert it.alarm('door1.state', 'acked')['acked_by'] == 'Ivanova'

        desk.keys(MAIN, 'ctrl+l')
        desk.says('Locked by Ivanova')
        it.ring('slam1.state', 'slam1')
        desk.says('Slam-shut')                      # alarms stay visible
        desk.keys(MAIN, 'ctrl+2', 'ctrl+space', 'ctrl+l')
        desk.type(UNLOCK, 'not hers')
        desk.says('does not let Ivanova in with this password')
        it.alarm('slam1.state', 'unacked')
        desk.type(UNLOCK, password('Ivanova'))
        desk.without(UNLOCK)
        desk.keys(MAIN, 'ctrl+2', 'ctrl+space')
        assert it.alarm('slam1.state', 'acked')['acked_by'] == 'Ivanova'

        desk.keys(MAIN, 'ctrl+shift+l')
        desk.keys(SIGN_IN, 'shift+Tab', 'space', 'Down', 'Down', 'Return', 'Tab')    # Ivanova, Orlov, Petrov
        desk.type(SIGN_IN, password('Petrov'))
        desk.without(SIGN_IN)
        it.ring('door2.state', 'door2')
        desk.says('Petrov')
        desk.keys(MAIN, 'ctrl+2', 'ctrl+space')
        assert it.alarm('door2.state', 'acked')['acked_by'] == 'Petrov'

        def connected():
            return it.sql("SELECT string_agg (DISTINCT usename, ' ') FROM pg_stat_activity WHERE application_name ILIKE '%console'")
        assert connected() == 'Petrov'
        desk.keys(MAIN, 'ctrl+l')                   # what is left open is the desk's connection, not his
        it.stage.wait('the connection of the desk', lambda: connected() == 'Ivanova')
        desk.says('Locked by Petrov')
        desk.says('♥ live')


def meant():
    """at a console that was started for somebody on the connection of the desk only that person's password is left to type"""
    with room('meant') as it:
        desk = it.console('Viktor', '--user', 'Petrov')
        desk.says('Viewer')
        desk.keys(MAIN, 'ctrl+shift+l')
        desk.type(SIGN_IN, password('Petrov'))
        desk.without(SIGN_IN)
        it.ring('door1.state', 'door1')
        desk.says('Door')
        desk.keys(MAIN, 'ctrl+2', 'ctrl+space')
        assert it.alarm('door1.state', 'acked')['acked_by'] == 'Petrov'


def revoked():
    """rights taken in mid-session: the console and gdpctl say what, where and what to do; the others go on; given back, so does she"""
    with room('revoked') as it:
        desk = it.console('Ivanova')
        it.ring('door1.state', 'door1')
        it.stage.store = it.uri('Petrov')
        it.sql('REVOKE gdp_dispatcher FROM "Ivanova"; GRANT gdp_viewer TO "Ivanova"')
        desk.says('Viewer')
        it.refused('Ivanova', 'ack', f'{SITE}/door1.state', says=['permission denied', 'user Ivanova', 'an administrator of the database'])
        hers, his = it.watch('Ivanova'), it.watch('Viktor')
        it.sql('REVOKE gdp_viewer FROM "Ivanova"; DROP ROLE "Viktor"')
        it.ended('Ivanova', hers)
        it.ended('Viktor', his)
        desk.says('STORE LOST', 'user Ivanova', 'an administrator of the database')
        it.sql('ALTER ROLE "Ivanova" NOLOGIN')
        it.refused('Ivanova', 'alarms', says=['not permitted to log in', 'user Ivanova', 'pg_hba.conf'])
        it.as_('Petrov', 'ack', f'{SITE}/door1.state')
        it.alarm('door1.state', 'acked')
        it.refused('Viktor', 'alarms', says=['user Viktor', 'pg_hba.conf'])
        it.sql('ALTER ROLE "Ivanova" LOGIN; GRANT gdp_dispatcher TO "Ivanova"')
        desk.says('Dispatcher')
        desk.says('♥ live')

        it.sql('REVOKE gdp_server FROM west')
        it.stage.wait('the server says so', lambda: 'user west' in it.stage.log('server'))
        desk.says('SERVER SILENT')
        it.wired.discrete('slam1', 1)
        it.sql('GRANT gdp_server TO west')
        it.alarm('slam1.state', 'unacked')
        desk.says('♥ live')
        assert 'chain ok' in it.as_('Petrov', 'verify').stdout


def encrypted():
    """a certificate that its own authority signed is checked by name; another authority's, or another name, is not taken"""
    with room('tls') as it:
        data = it.sql('SHOW data_directory')

        def openssl(*words):
            subprocess.run(['openssl', *words], cwd=it.stage.folder, check=True, capture_output=True)

        for name in ('ca', 'another'):
            openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', f'/CN={name}',
                    '-keyout', f'{name}.key', '-out', f'{name}.crt')
        openssl('req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=localhost', '-keyout', 'server.key',
                '-out', 'server.csr')
        openssl('x509', '-req', '-in', 'server.csr', '-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-out',
                'server.crt')
        for name in ('server.crt', 'server.key'):
            place = shutil.copy(f'{it.stage.folder}/{name}', data)
            os.chmod(place, 0o600)
            shutil.chown(place, os.stat(data).st_uid, os.stat(data).st_gid)
        with open(f'{data}/pg_hba.conf', 'w') as file:
            file.write('local all all trust\nhostssl gdp +gdp_viewer,+gdp_server 127.0.0.1/32 scram-sha-256\n')
        it.stage.stop('server')
        cluster.sql(it.own, 'ALTER SYSTEM SET ssl = on')
        it.sql('SELECT pg_reload_conf ()')

        def sites(host, options):
            it.host = host
            return it.stage.run('gdpctl', '--store', it.uri('Viktor', options), 'sites', check=False)
        full = f'?hostaddr=127.0.0.1&sslmode=verify-full&sslrootcert={it.stage.folder}/'
        it.stage.wait('the database speaks TLS', lambda: sites('localhost', full + 'ca.crt').returncode == 0)
        for host, options, says in (('localhost', full + 'another.crt', 'certificate'), ('db1', full + 'ca.crt', 'does not match'),
                                    ('localhost', '?sslmode=disable', 'no encryption')):
            done = sites(host, options)
            assert done.returncode == 1 and says in done.stderr and len(done.stderr.splitlines()) == 1, (says, done)
        it.host = 'localhost'
        it.stage.store = it.uri('Viktor', full + 'ca.crt')
        it.stage.start('server', 'gdp-server', '--store', it.uri('west', full + 'ca.crt'), '--sessions-listen', 'off')
        it.stage.wait('the server beats', lambda: any(s['pid'] for s in it.stage.ctl('servers')))
        assert it.sql("SELECT count (*) > 0, bool_and (ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE usename = 'west'") == 't|t'


tap.run(five, hostile, desk, meant, revoked, encrypted)
