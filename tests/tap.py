# SPDX-License-Identifier: GPL-3.0-or-later
"""The little of the Test Anything Protocol that the Python tests need."""
import os
import sys
import traceback

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'app'))   # patience.py, stage.py


def run(*cases, name=lambda case: ' '.join(case.__doc__.split())):
    """Runs the functions. name(): the behaviour that a case shows; its docstring, unless it is said otherwise."""
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
        print(f'{result} {number} - {name(case)}', flush=True)
    sys.exit(bool(failed))
