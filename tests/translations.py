#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""translations.py SOURCE — the translation is complete: every file with text is listed, every text in
the listed files is in ru.po, translated, with the format that the program expects."""
import gettext
import glob
import os
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import tap  # noqa: E402

SOURCE = sys.argv[1]
LISTED = [line.strip() for line in open(f'{SOURCE}/po/POTFILES') if line.strip() and not line.startswith('#')]
FORCED = ['--from-code=UTF-8', '--keyword=_', '--keyword=N_', '--keyword=C_:1c,2', '--keyword=ngettext:1,2',
          '--keyword=g_dngettext:2,3']


def command(*words):
    return subprocess.run(words, capture_output=True, text=True, env=dict(os.environ, LC_ALL='C.UTF-8'))


def listed():
    """every file with text for people is in po/POTFILES"""
    marked = re.compile(r'\b(_|N_|C_|ngettext) ?\("')
    found = {os.path.relpath(path, SOURCE) for folder in ('gdp', 'data', 'comms', 'ui', 'app')
             for path in glob.glob(f'{SOURCE}/{folder}/**/*.c', recursive=True) if marked.search(open(path).read())}
    found |= {os.path.relpath(path, SOURCE) for path in glob.glob(f'{SOURCE}/ui/*.ui')
              if 'translatable' in open(path).read()}
    missing = sorted(found - set(LISTED))
    assert not missing, f'not in po/POTFILES: {missing}'
    gone = [path for path in LISTED if not os.path.exists(f'{SOURCE}/{path}')]
    assert not gone, f'in po/POTFILES, but there is no such file: {gone}'


def complete():
    """every text is in ru.po and translated"""
    with tempfile.TemporaryDirectory() as folder:
        pot, merged = f'{folder}/gdp.pot', f'{folder}/ru.po'
        done = command('xgettext', *FORCED, '-D', SOURCE, '-o', pot, *LISTED)
        assert done.returncode == 0 and 'not a valid' not in done.stderr, done.stderr
        done = command('msgmerge', '-q', '--no-fuzzy-matching', '-o', merged, f'{SOURCE}/po/ru.po', pot)
        assert done.returncode == 0, done.stderr
        missing = re.findall(r'^msgid (".*(?:\n".*)*)', command('msgattrib', '--untranslated', merged).stdout, re.M)[1:]
        assert not missing, f'not translated: {missing}'


def sound():
    """ru.po has no fuzzy entry, and its formats are those of the program"""
    done = command('msgfmt', '-c', '--check-accelerators=_', '-o', '/dev/null', f'{SOURCE}/po/ru.po')
    assert done.returncode == 0, done.stderr
    assert 'msgid' not in command('msgattrib', '--only-fuzzy', f'{SOURCE}/po/ru.po').stdout


def counted():
    """what is counted has its plural forms, in Russian three"""
    plain = re.compile(r'\b_ ?\("[^"]*%u [a-z]+s\b')
    found = [f'{path}: {match}' for path in LISTED if path.endswith('.c')
             for match in plain.findall(open(f'{SOURCE}/{path}').read())]
    assert not found, f'need ngettext: {found}'
    with tempfile.TemporaryDirectory() as folder:
        assert command('msgfmt', '-o', f'{folder}/ru.mo', f'{SOURCE}/po/ru.po').returncode == 0
        with open(f'{folder}/ru.mo', 'rb') as file:
            russian = gettext.GNUTranslations(file)
    said = [russian.ngettext('%u session', '%u sessions', n) % n for n in (1, 3, 5, 11, 21, 112)]
    assert said == ['1 сеанс', '3 сеанса', '5 сеансов', '11 сеансов', '21 сеанс', '112 сеансов'], said


TEXT = r'((?:"(?:[^"\\]|\\.)*"\s*(?:G_\w+_FORMAT\s*)?)+)'
SAID = {            # file → how a refusal or a note that a person reads begins there, and what is put before it
    'app/server/orders.c': (r'(?:fail \(error, |output_failed \(orders, batch, pending, |FALSE, )', ''),
    'app/server/output.c': (r'refuse \(error, id, ', '%s '),
    'data/sql-operators.c': (r'DATA_ERROR_REFUSED, ', ''),
    'data/sql-sign-in.c': (r'DATA_ERROR_(?:REFUSED|SIGN_IN),\s+', ''),
    'comms/bbt-order.c': (r'(?:FALSE, |\*failure = )', ''),
    'comms/bbt-record.c': (r'text = g_strdup_printf \(', ''),
    'comms/bbt-begin.c': (r'text = g_strdup_printf \((?!"%s)', ''),
    'comms/bbt-ask.c': (r'text = g_strdup_printf \(', ''),
    'gdp/handle.c': (r'(?:GDP_ENGINE_ERROR_\w+,\s+|fault = )', ''),
    'gdp/card.c': (r'\*fault = ', ''),
    'gdp/decide.c': (r'GDP_ENGINE_ERROR_\w+,\s+', ''),
    'app/server/pipeline.c': (r'text = g_strdup_printf \(', ''),
    'app/server/app.c': (r'(?:why = g_strdup_printf \(|reconfigure \(\w+, |trouble_set \(app->trouble, |NULL \? text : )', ''),
    'app/server/campaign.c': (r'why = g_strdup_printf \(', ''),
    'app/server/ailments.c': (r'return g_strdup_printf \(', ''),
    'app/server/config.c': (r'\(warnings, g_strdup_printf \(', ''),
    'app/server/feed.c': (r'(?:trouble_set \(feed->trouble, |refusal = g_strdup \()', ''),
    'gdp/limit.c': (r'GDP_LIMITS_ERROR_\w+,\s+[^,\n]+,\s+[^,\n]+,\s+', ''),
    'gdp/limit-words.c': (r'GDP_LIMITS_ERROR_\w+, ', ''),
    'data/sql-limits.c': (r'(?:DATA_ERROR_REFUSED,\s+)', ''),
    'app/server/field.c': (r'(?:trouble_set \(field->trouble, |NULL \? NULL : |return |lack = g_strdup_printf \()', ''),
    'app/server/sealer.c': (r'trouble_set \(sealer->trouble, ', ''),
    'app/server/writer.c': (r'trouble_set \(writer->trouble, ', ''),
    'app/server/clock.c': (r'(?:return g_strdup_printf \(|\? (?=")|" : )', ''),
    'app/server/spooler.c': (r'(?:trouble_set \(spooler->trouble, |g_strdup_printf \()', ''),
    'app/server/claims.c': (r'subject = g_strdup_printf \(', ''),
    'comms/connection.c': (r'(?:\[COMMS_ANSWER_(?!GOOD)\w+\] = |return g_strdup_printf \()', ''),
    'comms/poller.c': (r'(?:why|detail) = g_strdup_printf \(', ''),
    'comms/tcp-line.c': (r'why = g_strdup_printf \(', ''),
    'comms/dial.c': (r'calls->failed \([^"]*', ''),
    'comms/line.c': (r'(?:why = g_strdup_printf \(|COMMS_ORDER_ERROR_LINK,\s+)', ''),
    'comms/writing.c': (r'detail = g_strdup_printf \(', ''),
    'comms/order.c': (r'(?:return g_strdup(?:_printf)? \(|NULL : |return )', ''),
    'comms/session.c': (r'(?:\] += \{ |\.of_bbt = )', ''),
    'comms/bbt-end.c': (r'(?:COMMS_BBT_ERROR_\w+,\s+|\? (?!NULL)|(?<=MAC") : |NULL : )', ''),
    'comms/bbt-frame.c': (r'COMMS_BBT_ERROR_(?!SHORT)\w+,\s+', ''),
    'comms/bbt-layout.c': (r'COMMS_BBT_ERROR_\w+,\s+', ''),
    'comms/bbt-message.c': (r'(?:COMMS_BBT_ERROR_\w+,\s+|malformed \(payload, field, )', ''),
    'comms/bbt-keys.c': (r'(?:file, number, |why = g_strdup_printf \(|COMMS_BBT_KEYS_ERROR_\w+, file, )', ''),
    'data/sql-commands.c': (r'(?:DATA_COMMAND_EXPIRED,\s+|DATA_ERROR_CONFLICT,\s+)', ''),
    'data/sql-firmware.c': (r'(?:DATA_ERROR_CONFLICT, |text = g_strdup_printf \()', ''),
    'data/sql-servers.c': (r'(?:DATA_ERROR_CONFLICT,\s+|refusal = g_strdup_printf \()', ''),
    'data/store.c': (r'text = g_strdup_printf \(', ''),
}


def plain(text):
    """a format without what its conversions are: they differ with the types of what stands there"""
    return re.sub(r'%[+0-9.$lz]*[a-zA-Z]?', '%', text)


def said():
    """what servers, lines, sessions and stores say in the journal or against a command is known to gdp/saying.c, or a text
    of its own: it is translated where it is shown"""
    def joined(literals):
        return ''.join(re.findall(r'"((?:[^"\\]|\\.)*)"', literals))
    known = {plain(joined(found)) for path in ('gdp/saying.c', 'gdp/session.c')
             for found in re.findall(r'N_\(' + TEXT + r'\)', open(f'{SOURCE}/{path}').read())}
    known |= {joined(found) for found in re.findall('^msgid ' + TEXT, open(f'{SOURCE}/po/ru.po').read(), re.M)
              if '%' not in found}
    texts = [(path, before + joined(found)) for path, (begins, before) in SAID.items()
             for found in re.findall(begins + TEXT, open(f'{SOURCE}/{path}').read())]
    unused = set(SAID) - {path for path, text in texts}
    missing = [(path, text) for path, text in texts if re.search('[a-z]{2}', re.sub('%[a-z]', '', text)) and plain(text) not in known]
    assert len(known) > 50 and not unused and not missing, f'not in gdp/saying.c: {missing}; nothing found in {unused}'


def refused():
    """what gdpctl says against its words is translated"""
    plain = re.compile(r'ctl_fail \(error, CTL_ERROR_\w+,\s*("(?!%s"|“%s”: %s%s")(?:[^"\\]|\\.)*")')
    found = [(path, text) for path in LISTED if path.startswith('app/ctl/')
             for text in plain.findall(open(f'{SOURCE}/{path}').read())]
    assert 'app/ctl/post.c' in LISTED and not found, f'without _(): {found}'


tap.run(listed, complete, sound, counted, said, refused)
