# SPDX-License-Identifier: GPL-3.0-or-later
"""test_bbt_codecs.py SAY-BBT — the C codec and the peer's, each written from comms/PROTOCOL.md: every field of
every type has the same place, the same name and the same value in both."""
import calendar
import math
import os
import re
import struct
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, '..')]
import bbt
import tap
from bbt import Type
from patience import PATIENCE

SEED, COUNT = 20261122, 60
# What the two call differently.
NAMES = {'schedule_revision': 'schedule', 'settings_revision': 'settings', 'next_call': 'next', 'what': 'ask',
         'stop_bits': 'stop', 'not_after': 'after'}
BY_ROWS = {'rows', 'packed'}             # told by the rows themselves
LISTS = {Type.PULSE: 'counters', Type.ACK: 'entries', Type.SETTINGS: 'thresholds', Type.SCHEDULE: 'entries'}
TOKEN = re.compile(r'(\w+)=("[^"]*"|[^\s\]]+)')


def moment(text):
    """s and ms of an RFC 3339 time; 0 = none."""
    if text == '0':
        return 0, 0
    day, _, ms = text.rstrip('Z').partition('.')
    return calendar.timegm(time.strptime(day, '%Y-%m-%dT%H:%M:%S')), int(ms or 0)


def says(text, value):
    """Whether the describer's text stands for the peer's value."""
    if isinstance(value, str):
        return text in (f'"{value}"', value)
    if isinstance(value, bytes):
        shown = value.hex()
        return text in (shown, '.'.join(str(byte) for byte in value), '"' + shown.rstrip('f') + '"',
                        f'{shown[:64]}...({len(value)}')
    if text.endswith('Z'):
        return moment(text)[0] == value
    if text == str(value):
        return True
    return not text.startswith('-') and re.fullmatch('[0-9a-f]+', text) is not None \
        and len(text) in (2, 4, 8) and int(text, 16) == value


def says_raw(channel, text, raw):
    name, code = bbt.CHANNELS[channel]
    if channel > 16:
        number = bbt.float_of(raw)
        return math.isnan(number) if text == '-' else bbt.bits_of(float(text)) == raw
    if text == '-':
        return raw == {'H': 0xFFFF, 'b': 0x7F, 'h': 0x7FFF}[code]
    return raw == (int(text, 16) if code == 'B' else int(text))


def check_values(tokens, values):
    for channel, raw in values.items():
        text = tokens.pop(bbt.CHANNELS[channel][0])
        assert says_raw(channel, text, raw), (channel, text, raw)


def check_items(parts, items):
    """The elements of a list: each its own names."""
    assert len(parts) == len(items), (parts, items)
    for part, item in zip(parts, items):
        tokens = dict(TOKEN.findall(part))
        assert tokens.keys() == item.keys(), (part, item)
        for name, value in item.items():
            if name in ('min', 'max'):
                value = struct.unpack('>i', struct.pack('>I', value))[0]
            assert says(tokens[name], value), (name, tokens[name], value)


def check_rows(parts, fields):
    for i, part in enumerate(parts):
        assert part.split()[0] == str(fields['first'] + i)
        check_values(dict(TOKEN.findall(part)), fields['rows'][i])
    assert len(parts) == min(len(fields['rows']), 8)


def check(kind, payload, text):
    fields = bbt.decode(kind, payload)
    assert bbt.encode(kind, fields) == payload
    text = re.sub(r'(?<=\d)\([^)]*\)', '', text.partition(' text="')[0])     # a code's word
    head, *parts = re.split(r' \[', text)
    tokens = {NAMES.get(name, name): value for name, value in TOKEN.findall(head)}
    if 'values' in fields:
        check_values(tokens, fields['values'])
    if kind == Type.ARCHIVE:
        assert tokens['rows'] == str(fields['count'])
        check_rows(parts, fields)
    elif kind in LISTS:
        check_items(parts, fields[LISTS[kind]])
        assert tokens.pop(LISTS[kind]) == str(len(parts))
    if 'ms' in fields:
        assert moment(tokens['time'])[1] in (fields['ms'], 0), (tokens['time'], fields['ms'])
    for name in tokens.keys() - BY_ROWS:
        value = fields['data' if name == 'bytes' else name]
        assert says(tokens[name], value), (name, tokens[name], value)
    left = fields.keys() - tokens.keys() - {'values', 'ms', 'rows', 'count', 'data', 'text', LISTS.get(kind)}
    assert not left, left


def both_codecs_read_the_same_in_every_field():
    """bbt-codecs/both-read-the-same-in-every-field-of-every-type"""
    said = subprocess.run([sys.argv[1], str(SEED), str(COUNT)], capture_output=True, text=True, check=True, timeout=PATIENCE)
    seen = {}
    for line in said.stdout.splitlines():
        kind, payload, text = line.split(' ', 2)
        kind = Type(int(kind, 16))
        assert text.startswith(kind.name + ' #'), text
        try:
            check(kind, bytes.fromhex(payload), text.partition(' ')[2].partition(' ')[2])
        except Exception as error:
            raise AssertionError(line) from error
        seen[kind] = seen.get(kind, 0) + 1
    assert seen == {kind: COUNT for kind in Type}, seen


tap.run(both_codecs_read_the_same_in_every_field)
