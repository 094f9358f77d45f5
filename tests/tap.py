# SPDX-License-Identifier: GPL-3.0-or-later
"""The little of the Test Anything Protocol that the Python tests need."""
import sys
import traceback


def run(*cases):
    """Runs the functions; each one's docstring is its name, the behaviour it shows."""
    print(f'1..{len(cases)}', flush=True)
    failed = 0
    for number, case in enumerate(cases, 1):
        try:
            case()
            result = 'ok'
        except Exception:
            failed += 1
            result = 'not ok'
            print('# ' + traceback.format_exc().replace('\n', '\n# '), flush=True)
        print(f'{result} {number} - {" ".join(case.__doc__.split())}', flush=True)
    sys.exit(bool(failed))
