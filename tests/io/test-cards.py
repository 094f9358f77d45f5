#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test-cards.py BUILD [CASE…] — response cards by gdpctl, with a real server: what the catalogue says, what a site's passport
says in its place, what was done as the journal has it, and who may log it."""
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, *folder) for folder in (('..', 'e2e'), ('..', '..', 'app'), ('..',))]
import plant    # noqa: E402
import room as of_room  # noqa: E402
import tap      # noqa: E402

BUILD = sys.argv[1]
SITE = plant.SITE
MAINS, LOW, HIGH = (f'{SITE}/{name}' for name in ('mains.state', 'outlet1.low', 'outlet1.high'))


def room(name):
    return of_room.room(BUILD, name)


def card(it, alarm):
    return it.stage.ctl('card', alarm)


def of(parts, part):
    return [row['text'] for row in parts if row['part'] == part]


def shown():
    """the catalogue's card, with the time that there is, also of an alarm that never occurred; nothing of what is no alarm"""
    with room('shown') as it:
        before = card(it, MAINS)
        assert {row['part'] for row in before} == {'time', 'cause', 'consequence', 'step', 'call'}, before
        assert len(of(before, 'step')) >= 3 and not any(row['done'] for row in before)
        assert [row['step'] for row in before if row['part'] == 'step'] == list(range(1, len(of(before, 'step')) + 1))
        minutes = next(row['minutes'] for row in before if row['part'] == 'time')
        assert of(before, 'time') == [f'{minutes} min'], before
        it.wired.discrete('mains', 0)
        it.until(MAINS, 'unacked')
        assert of(card(it, MAINS), 'time')[0].startswith(f'{minutes} min, until '), card(it, MAINS)
        people = it.ctl('card', MAINS)
        assert 'Step 1' in people and of(before, 'step')[0] in people, people
        russian = [json.loads(line) for line in it.stage.run('gdpctl', '--store', it.stage.store, '--json', 'card', MAINS,
                                                             LANGUAGE='ru').stdout.splitlines()]
        assert len(of(russian, 'step')) == len(of(before, 'step')) and 'батаре' in ' '.join(of(russian, 'step')), russian
        it.refused('there is no alarm', 'card', f'{SITE}/nothing.high')
        it.refused('there is no alarm', 'card', f'{SITE}/mains')
        it.refused('there is no alarm', 'card', f'{SITE}/upmp.visit')
        it.refused('usage', 'card', MAINS, LOW, code=2)
        server = it.stage.ctl('servers')[0]['server']
        for alarm in (f'{SITE}/upmp.silent', f'{server}.store'):
            assert of(card(it, alarm), 'step'), alarm


def passport():
    """what a passport says of a condition of a point, of a point, of a condition; the rest stays the catalogue's, and the
    phone list is the site's"""
    with room('passport') as it:
        catalogue = card(it, LOW)
        path = f'{it.stage.folder}/passport.json'
        with open(path, encoding='utf-8') as file:
            document = json.load(file)
        site = document['sites'][0]
        site['contacts'] = [{'name': 'Ivan', 'role': 'foreman', 'phone': '+7 900'}, {'name': 'EDDS', 'phone': '112'}]
        site['cards'] = [{'point': 'outlet1', 'condition': 'low', 'steps': ['Call the hospital', 'Go there'], 'minutes': 3},
                         {'point': 'outlet1', 'whom': ['Night watch']}, {'condition': 'silent', 'consequence': 'The hospital is blind'}]
        next(p for p in site['points'] if p['id'] == 'outlet1')['guidance'] = 'Feeds the hospital'
        with open(path, 'w', encoding='utf-8') as file:
            json.dump(document, file)
        it.ctl('import', path)
        low, high, silent = card(it, LOW), card(it, HIGH), card(it, f'{SITE}/upmp.silent')
        assert of(low, 'step') == ['Call the hospital', 'Go there'] and of(low, 'time') == ['3 min'], low
        assert of(low, 'call') == of(high, 'call') == ['Night watch'] and of(low, 'note') == ['Feeds the hospital']
        assert of(low, 'cause') == of(catalogue, 'cause') and of(high, 'step') != of(low, 'step')
        assert of(silent, 'consequence') == ['The hospital is blind'] and of(silent, 'step')
        assert of(low, 'contact') == ['Ivan, foreman, +7 900', 'EDDS, 112'], low
        # it is part of the passport: exported, imported again without a change, and taken away
        exported = f'{it.stage.folder}/exported.json'
        with open(exported, 'w', encoding='utf-8') as file:
            file.write(it.ctl('export', SITE))
        with open(exported, encoding='utf-8') as file:
            assert json.load(file)['sites'][0]['cards'] == site['cards']
        changes = len(it.stage.ctl('journal', '--limit', '500'))
        it.ctl('import', exported)
        assert len(it.stage.ctl('journal', '--limit', '500')) == changes
        site.pop('cards')
        with open(path, 'w', encoding='utf-8') as file:
            json.dump(document, file)
        it.ctl('import', path)
        assert of(card(it, LOW), 'step') == of(catalogue, 'step')
        assert 'chain ok' in it.ctl('verify')


def done():
    """what was done is in the journal with who, occurrence, step and its text, and on the card; of another occurrence not"""
    with room('done') as it:
        it.refused('has never occurred', 'done', MAINS, '--comment', 'x')
        it.wired.discrete('mains', 0)
        it.until(MAINS, 'unacked')
        steps = of(card(it, MAINS), 'step')
        it.ctl('done', MAINS, '--step', '1', '--step', '3', '--comment', 'they say two hours')
        it.ctl('done', MAINS, '--step', '1', who='Petrov')
        assert it.journal(MAINS)[1:] == [('alarm-handled', 'Ivanova', '1', '1', steps[0]), ('alarm-handled', 'Ivanova', '1', '3', steps[2]),
                                         ('alarm-handled', 'Ivanova', '1', None, 'they say two hours'),
                                         ('alarm-handled', 'Petrov', '1', '1', steps[0])], it.journal(MAINS)
        rows = card(it, MAINS)
        assert [(row['step'], row['who']) for row in rows if row['part'] == 'step' and row['done']] == [(1, 'Ivanova'), (3, 'Ivanova')]
        assert [(row['text'], row['who']) for row in rows if row['part'] == 'remark'] == [('they say two hours', 'Ivanova')]
        assert f'1. {steps[0]}' in it.ctl('journal') and it.alarm(MAINS)['state'] == 'unacked'
        # when it is over, and when it comes again
        it.ctl('ack', MAINS)
        it.wired.discrete('mains', 1)
        it.until(MAINS, 'normal')
        it.ctl('done', MAINS, '--step', '2')
        assert [row['step'] for row in card(it, MAINS) if row['part'] == 'step' and row['done']] == [1, 2, 3]
        it.wired.discrete('mains', 0)
        it.until(MAINS, 'unacked')
        assert not any(row['done'] for row in card(it, MAINS))
        it.refused('is no step', 'done', MAINS, '--step', '99', code=2)
        it.refused('is no step', 'done', MAINS, '--step', '0', code=2)
        it.refused('is no step', 'done', MAINS, '--step', 'one', code=2)
        it.refused('usage', 'done', MAINS, code=2)
        it.refused('Say what was done', 'done', MAINS, '--comment', ' ')
        assert 'chain ok' in it.ctl('verify')


def roles():
    """a viewer reads cards and logs nothing; a dispatcher does"""
    with room('roles') as it:
        it.wired.discrete('mains', 0)
        it.until(MAINS, 'unacked')
        for name, role in (('Sidorov', 'administrator'), ('Ivanova', 'dispatcher'), ('Petrov', 'viewer')):
            it.ctl('operator', name, role, who='Sidorov')
        assert 'Step 1' in it.ctl('card', MAINS, who='Petrov')
        it.refused('may not log what was done about alarms; it takes the role dispatcher', 'done', MAINS, '--step', '1', who='Petrov')
        it.ctl('done', MAINS, '--step', '1')
        assert it.events(MAINS) == ['alarm-occurred', 'command-refused', 'alarm-handled'], it.journal(MAINS)


CASES = [shown, passport, done, roles]
tap.run(*[case for case in CASES if not sys.argv[2:] or case.__name__ in sys.argv[2:]])
