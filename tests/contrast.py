#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""contrast.py SOURCE — every text of both themes stands out from every ground that it is written on.

WCAG 2.1, 1.4.3: 4.5:1 for text; 1.4.11: 3:1 for symbols, here the digits of alarms. TAP on stdout."""
import re
import sys
from pathlib import Path

SOURCE = Path(sys.argv[1])
GROUNDS = {                      # what is written in a colour → on what
    'ink': ['ground', 'panel', 'raised', 'chosen'],
    'quiet': ['ground', 'panel', 'raised', 'chosen'],
    'faint': ['panel', 'raised'],        # struck numbers, zeros; in a chosen row they are quiet
    'loud-ink': ['loud'],
}


def luminance(color):
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in color]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def theme(name):
    text = (SOURCE / 'ui' / f'{name}.css').read_text()
    return {color: [int(code[i:i + 2], 16) / 255 for i in (0, 2, 4)]
            for color, code in re.findall(r'@define-color (\S+) #([0-9a-f]{6});', text)}


def faults_of(name):
    colors = theme(name)
    return [f'{text} on {ground}: {ratio:.2f}:1' for text, grounds in GROUNDS.items() for ground in grounds
            if (ratio := contrast(colors[text], colors[ground])) < 4.5]


def undeclared():
    """Colours that text is written in and that the table above does not know."""
    used = re.findall(r'[^-]color: ([^;]+);', (SOURCE / 'ui' / 'style.css').read_text())
    return [f'color: {color}' for color in used if color.lstrip('@') not in GROUNDS]


def digits():
    rows = re.findall(r'\[(\d)\] = \{ draw_\w+,\s*\{ ([^}]+) \}, \{ ([^}]+) \}', (SOURCE / 'ui' / 'glyph.c').read_text())
    ratios = {priority: contrast(*[[float(part) for part in color.split(',')[:3]] for color in (fill, digit)])
              for priority, fill, digit in rows}
    if list(ratios) != ['1', '2', '3', '4']:
        return [f'priorities found: {list(ratios)}']
    return [f'digit {priority}: {ratio:.2f}:1' for priority, ratio in ratios.items() if ratio < 3]


TESTS = {
    'contrast/day-text-stands-out': lambda: faults_of('day'),
    'contrast/night-text-stands-out': lambda: faults_of('night'),
    'contrast/every-text-colour-is-checked': undeclared,
    'contrast/digits-of-alarms-stand-out': digits,
}

print(f'1..{len(TESTS)}')
failed = 0
for number, (name, test) in enumerate(TESTS.items(), 1):
    faults = test()
    failed += bool(faults)
    print('not ok' if faults else 'ok', number, name)
    for fault in faults:
        print('#', fault)
sys.exit(failed > 0)
