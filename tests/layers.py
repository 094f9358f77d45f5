#!/usr/bin/python3
"""layers.py SOURCE BUILD — the dependency rules of the folders hold: each compiles only what it may
include, and what a search path cannot forbid (system headers, ../) is not there either."""
import glob
import json
import os
import re
import shlex
import subprocess
import sys

source, build = sys.argv[1:3]
FOLDERS = ['gdp', 'comms', 'data', 'ui', 'app']
MAY = {'gdp': [], 'comms': ['gdp'], 'data': ['gdp'], 'ui': ['gdp', 'data'], 'app': FOLDERS}
SYSTEM_FORBIDDEN = {
    'gdp': r'gio/|gtk|sqlite3|modbus|uv\.h|libpq|sys/|unistd|time\.h|pthread|fcntl|poll\.h',
    'comms': r'gtk|sqlite3|libpq|json-glib',
    'data': r'gtk|modbus|uv\.h',
    'ui': r'sqlite3|libpq|modbus|uv\.h|sys/socket|termios',
}
failures = []


def check(number, ok, name):
    print(f"{'ok' if ok else 'not ok'} {number} - {name}", flush=True)
    if not ok:
        failures.append(name)


commands = json.load(open(os.path.join(build, 'compile_commands.json')))
number = 0
print(f'1..{sum(len(FOLDERS) - 1 for f in FOLDERS if f != "app") + len(FOLDERS)}')
for folder in FOLDERS:
    offences = []
    for path in glob.glob(os.path.join(source, folder, '**', '*.[ch]'), recursive=True):
        for line, text in enumerate(open(path, encoding='utf-8'), 1):
            include = re.match(r'\s*#\s*include\s*[<"]([^>"]+)', text)
            if include and ('../' in include[1] or (folder in SYSTEM_FORBIDDEN
                            and re.match(SYSTEM_FORBIDDEN[folder], include[1]))):
                offences.append(f'{path}:{line}: {include[1]}')
    for offence in offences:
        print('#', offence)
    number += 1
    check(number, not offences, f'{folder}/ includes no forbidden system header and no ../')

    if folder == 'app':
        continue
    # Take a real compile command of the folder and try each other folder's header with it.
    own = [c for c in commands if os.path.normpath(os.path.join(c['directory'], c['file']))
           .startswith(os.path.join(os.path.realpath(source), folder) + os.sep)]
    for other in (f for f in FOLDERS if f != folder):
        headers = glob.glob(os.path.join(source, other, '**', '*.h'), recursive=True)
        number += 1
        name = f"{folder}/ {'may' if other in MAY[folder] else 'cannot'} include {other}/"
        if not own or not headers:
            check(number, False, name + ' (nothing to try it on)')
            continue
        header = os.path.relpath(sorted(headers)[0], source)
        words = [w for w in shlex.split(own[0]['command'])
                 if w.startswith(('-I', '-D', '-isystem')) or w.startswith('/usr/include')]
        result = subprocess.run(['cc', '-fsyntax-only', '-x', 'c', *words, '-'], cwd=own[0]['directory'],
                                input=f'#include "{header}"\n', text=True, capture_output=True)
        found = 'No such file' not in result.stderr
        check(number, found == (other in MAY[folder]), name)
sys.exit(bool(failures))
