#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""documented.py SOURCE — every condition that can be an alarm has its row in gdp/ALARMS.md, and no other has."""
import re
import sys

SOURCE = sys.argv[1]


def text(name):
    with open(f'{SOURCE}/{name}', encoding='utf-8') as file:
        return file.read()


known = set(re.findall(r'\[GDP_CONDITION_\w+\]\s*= \{ "([a-z-]+)"', text('gdp/alarm.c')))
told = set(re.findall(r'^\| `([a-z-]+)` \|', text('gdp/ALARMS.md'), re.M))
assert len(known) > 10, known
print('1..1')
print('ok 1 - every condition is documented' if known == told else
      f'not ok 1 - not documented: {sorted(known - told)}; documented, but none: {sorted(told - known)}')
