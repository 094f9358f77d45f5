# SPDX-License-Identifier: GPL-3.0-or-later
"""The peer's own codec against the figures and rules of comms/PROTOCOL.md."""
import os
import random
import struct
import sys

sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)), os.path.join(os.path.dirname(os.path.abspath(__file__)), '..')]
import bbt
import bbt_device
import bbt_link
import tap
from bbt import Fault, Type

KEY = bytes(range(32))


def fault_of(call, *arguments):
    try:
        call(*arguments)
    except Fault as fault:
        return fault.code
    return None


def frames_have_the_sizes_and_the_crc_that_are_told():
    """bbt-codec/frames-have-the-sizes-and-the-crc-that-are-told"""
    assert bbt.crc(b'123456789') == b'\x37\x4B', 'check value of CRC-16/MODBUS'
    assert len(bbt.seal(Type.PING, 1, b'')) == 11 and len(bbt.seal(Type.PING, 1, b'', KEY)) == 19
    longest = bbt.seal(Type.DATA, 1, bytes(1000), KEY)
    assert len(longest) == 1019 == bbt.LONGEST_FRAME and bbt.crc(longest) == b'\0\0'
    assert len(bbt.encode(Type.IDENT, {'serial': 'S'})) == 91
    values = {channel: 0 for channel in (*range(1, 15),)}
    live = bbt.encode(Type.LIVE, {'values': values})
    one = bbt.encode(Type.INCREMENT, {'values': {1: 12000}})
    none = bbt.encode(Type.INCREMENT, {'values': {}})
    assert [len(bbt.seal(Type.LIVE, 1, payload, KEY)) for payload in (live, one, none)] == [59, 40, 38]


def a_bad_frame_has_one_fault_code_each():
    """bbt-codec/a-bad-frame-has-one-fault-code-each"""
    good = bbt.seal(Type.PING, 1, bytes(4), KEY)
    assert bbt.parse(good).mac and bbt.parse(good).payload == bytes(4)
    for at in range(len(good)):
        for bit in range(8):
            code = fault_of(bbt.parse, good[:at] + bytes([good[at] ^ 1 << bit]) + good[at + 1:])
            assert code == (2 if at == 1 and bit >= 4 else 1), (at, bit, code)
    assert [fault_of(bbt.parse, good[:size]) for size in range(len(good))] == [1] * len(good)
    assert fault_of(bbt.parse, bbt_link.repaired(good, 3, 4)) == 1, 'length of more than 1000'
    assert fault_of(bbt.frame_size, b'\xB7\x20') == 2, 'a later version is not read any further'


def mac_and_sequence_let_nothing_strange_through():
    """bbt-codec/mac-and-sequence-let-nothing-strange-through"""
    server, unit = bbt.End(bbt.SERVER), bbt.End(bbt.UNIT)
    server.key = unit.key = KEY
    first, second, own = unit.seal(Type.PING, b'1234'), unit.seal(Type.PING, b'1234'), server.seal(Type.PING, b'1234')
    server.take(bbt.parse(second))
    assert server.taken == 2, 'numbers may be left out'
    assert fault_of(server.take, bbt.parse(first)) == 6 and fault_of(server.take, bbt.parse(second)) == 6
    assert fault_of(server.take, bbt.parse(own)) == 5, 'its own frame sent back to it'
    forged = bbt_link.repaired(unit.seal(Type.PING, b'1234'), 8, 99)
    assert fault_of(server.take, bbt.parse(forged)) == 5 and server.taken == 2, 'the sequence is inside the MAC'
    assert fault_of(server.take, bbt.parse(bbt.seal(Type.PING, 9, b''))) == 5
    server.key = None
    assert fault_of(server.take, bbt.parse(unit.seal(Type.PING, b''))) == 5, 'a MAC where none belongs'


def a_line_that_swallows_a_frame_is_noticed():
    """bbt-codec/a-line-that-swallows-a-frame-is-noticed"""
    server, unit = bbt.End(bbt.SERVER, strict=True), bbt.End(bbt.UNIT)
    frames = [bbt.parse(unit.seal(Type.PING, b'1234')) for _ in range(3)]
    server.take(frames[0])
    assert fault_of(server.take, frames[2]) == 6 and server.taken == 1
    server.take(frames[1])
    server.take(frames[2])


def keys_depend_on_everything_they_are_made_of():
    """bbt-codec/keys-depend-on-everything-they-are-made-of"""
    parts = [KEY, b'identity', bytes(16)]
    made = {bbt.proof(*parts)} | {bbt.proof(*parts[:i], parts[i] + b'x', *parts[i + 1:]) for i in range(3)}
    assert len(made) == 4 and all(len(proof) == 16 for proof in made)
    parts = [KEY, 'S1', bytes(16), bytes(8)]
    keys = {bbt.session_key(*parts), bbt.session_key(KEY[1:], 'S1', bytes(16), bytes(8)),
            bbt.session_key(KEY, 'S2', bytes(16), bytes(8)), bbt.session_key(KEY, 'S1', b'\1' + bytes(15), bytes(8)),
            bbt.session_key(KEY, 'S1', bytes(16), b'\1' + bytes(7))}
    assert len(keys) == 5 and all(len(key) == 32 for key in keys)


def some_values(chance, channels):
    return {channel: chance.randint(*bbt.RANGE[bbt.CHANNELS[channel][1]]) for channel in channels}


def some_fields(chance, kind):
    """Fields with every value that a payload of this type can carry."""
    fields = {}
    for name, code in bbt.LAYOUTS[kind][0]:
        low, high = bbt.RANGE.get(code, (0, (1 << 64) - 1))
        fields[name] = chance.randbytes(int(code[:-1])) if code.endswith('s') else chance.randint(low, high)
    fields.update({name: text for name, text in [('serial', 'GDP-0.1_z'), ('model', 'BBT-1'), ('parity', 'E')] if name in fields})
    if 'ms' in fields:
        fields['ms'] = chance.randint(0, 999)
    if 'mask' in fields:
        fields['values'] = some_values(chance, bbt.channels_of(fields['mask']))
    if kind == Type.ARCHIVE:
        channels = bbt.channels_of(fields['mask'])
        del fields['values']
        fields.update(stream=chance.choice([1, 3, 4]), step=chance.randint(1, 86400),
                      rows=[some_values(chance, channels) for _ in range(chance.randint(1, 6))])
    return fields


TAILS = {
    Type.FAULT: {'text': 'why'}, Type.PULSE: {'counters': [{'input': 3, 'count': 4000000000}]},
    Type.ACK: {'entries': [{'stream': 1, 'boot': 2, 'through': 3}, {'stream': 2, 'boot': 2, 'through': 9}]},
    Type.SETTINGS: {'sms': '+79990001122', 'thresholds': [{'channel': 13, 'used': 3, 'min': 0xFFFFFF9C, 'max': 5}]},
    Type.SCHEDULE: {'entries': [{'kind': 3, 'day': 65, 'minute': 1439, 'date': 59}]},
    Type.BLOCK: {'data': bytes(900)}, Type.DATA: {'data': bytes(256)},
}
GROW = set(bbt.LAYOUTS) - {Type.FAULT, Type.ARCHIVE, Type.ACK, Type.BLOCK, Type.DATA}     # the others run to the end


def payloads_come_back_as_they_were_grown_or_not():
    """bbt-codec/payloads-come-back-as-they-were-grown-or-not"""
    chance = random.Random(1)
    for kind in bbt.LAYOUTS:
        for _ in range(50):
            fields = {**some_fields(chance, kind), **TAILS.get(kind, {})}
            payload = bbt.encode(kind, fields)
            if len(payload) > bbt.LONGEST_PAYLOAD:
                continue
            for read in [payload] + ([payload + b'\xAA' * 9] if kind in GROW else []):
                again = bbt.decode(kind, read)
                assert {name: again[name] for name in fields if name not in ('mask', 'count')} \
                    == {name: fields[name] for name in fields if name not in ('mask', 'count')}, kind.name
                assert bbt.encode(kind, again) == payload, kind.name


def payloads_cut_short_are_malformed_at_every_length():
    """bbt-codec/payloads-cut-short-are-malformed-at-every-length"""
    chance = random.Random(2)
    optional = {Type.FAULT: 7, Type.ACK: 9, Type.BLOCK: 5, Type.DATA: 1}         # as short as they may be
    for kind in bbt.LAYOUTS:
        payload = bbt.encode(kind, {**some_fields(chance, kind), **TAILS.get(kind, {})})
        for size in range(len(payload)):
            expected = None if size >= optional.get(kind, len(payload)) and (kind != Type.ACK or size % 9 == 0) else 1
            assert fault_of(bbt.decode, kind, payload[:size]) == expected, (kind.name, size)


def impossible_fields_are_malformed():
    """bbt-codec/impossible-fields-are-malformed"""
    row = {'stream': 1, 'step': 600, 'rows': [{1: 5}]}
    for kind, fields in [(Type.IDENT, {'serial': ''}), (Type.IDENT, {'serial': 'a b'}), (Type.IDENT, {'serial': b'a\0b'}),
                         (Type.LIVE, {'values': {}, 'ms': 1000}), (Type.ARCHIVE, {**row, 'stream': 2}),
                         (Type.ARCHIVE, {**row, 'step': 0}), (Type.ARCHIVE, {**row, 'step': 86401}),
                         (Type.ARCHIVE, {**row, 'first': 0xFFFFFFFF, 'rows': [{1: 5}] * 2}),
                         (Type.ARCHIVE, {**row, 'time': 0xFFFFFFFF, 'rows': [{1: 5}] * 2}), (Type.FAULT, {'text': '\n'}),
                         (Type.FAULT, {'text': 'x' * 65}), (Type.DATA, {'data': bytes(257)}), (Type.BLOCK, {'data': bytes(901)}), (Type.DATA, {'data': b''}),
                         (Type.PULSE, {'counters': []}), (Type.PULSE, {'counters': [{}] * 9}), (Type.ACK, {'entries': []})]:
        assert fault_of(bbt.decode, kind, bbt.encode(kind, fields)) == 1, (kind.name, fields)


def archives_are_packed_and_unpacked_whatever_is_in_them():
    """bbt-codec/archives-are-packed-and-unpacked-whatever-is-in-them"""
    chance = random.Random(3)
    for _ in range(60):
        channels = sorted(chance.sample(range(1, 33), chance.randint(0, 32)))
        values, rows = some_values(chance, channels), []
        for number in range(1, 400):
            for channel in chance.sample(channels, chance.randint(0, len(channels))):
                values = {**values, **some_values(chance, [channel])}
            rows.append(bbt.Row(7, number, 1700000000 + 600 * number, 0x30, values))
        back, left = [], rows
        while left:
            payload, count = bbt.next_archive(1, left)
            assert len(payload) <= 1000 and 1 <= count <= 255
            fields = bbt.decode(Type.ARCHIVE, payload)
            back += [bbt.Row(7, fields['first'] + i, fields['time'] + i * fields['step'], fields['status'], row)
                     for i, row in enumerate(fields['rows'])]
            assert bbt.encode(Type.ARCHIVE, fields) == payload
            left = left[count:]
        assert back == rows


def quiet_hours_are_small():
    """bbt-codec/quiet-hours-are-small"""
    values = {channel: 12000 for channel in range(1, 9)}
    rows = [bbt.Row(1, i + 1, 1700000000 + 600 * i, 0, {**values, 1: 12000 + i % 2}) for i in range(255)]
    payload, count = bbt.next_archive(1, rows)
    assert count == 255 and len(payload) == 23 + 16 + 254 * 2, 'a row with one small change is two bytes'


def what_does_not_follow_begins_another_frame():
    """bbt-codec/what-does-not-follow-begins-another-frame"""
    first, second = bbt.Row(1, 1, 1000, 0, {1: 5}), bbt.Row(1, 2, 1600, 0, {1: 6})
    assert bbt.next_archive(1, [first, second])[1] == 2
    third = bbt.Row(1, 3, 2200, 0, {1: 6})
    assert bbt.next_archive(1, [first, second, third])[1] == 3
    for other in [third._replace(number=4), third._replace(boot=2), third._replace(time=2201), third._replace(status=16),
                  third._replace(values={2: 6}), third._replace(time=1600)]:
        assert bbt.next_archive(1, [first, second, other])[1] == 2, other


def a_row_has_one_encoding_only():
    """bbt-codec/a-row-has-one-encoding-only"""
    head = struct.pack('>BIIIIBIBHb', 1, 1, 1, 1000, 600, 0, 1 | 1 << 12, 2, 100, -70)
    good = bbt.decode(Type.ARCHIVE, head + bytes([3, 2, 0x8A, 3]))
    assert good['rows'][1] == {1: 101, 13: 127}, 'of s8 the signed numbers: −70 + 197'
    for packed in [b'', b'\3\2', b'\x83\0\2\2', b'\3\2\x82\0', b'\1\0', b'\4\2', b'\0\0', b'\1\2\0',
                   b'\2\x90\x03', b'\1\xC9\1', b'\x80\x80\x80\x80\x80\0', b'\1\xFF\xFF\xFF\xFF\x1F']:
        assert fault_of(bbt.decode, Type.ARCHIVE, head + packed) == 1, packed.hex()


def streams_may_come_in_any_pieces():
    """bbt-codec/streams-may-come-in-any-pieces"""
    whole = [bbt.seal(Type.DATA, i + 1, bytes([0xB7]) * i, KEY) for i in range(20)]
    stream = b''.join(whole)
    for size in (1, 2, 7, 50, len(stream)):
        reader, seen = bbt.Reader(), []
        for at in range(0, len(stream), size):
            seen += reader.feed(stream[at:at + size])
        assert [frame.sequence for frame in seen] == list(range(1, 21))
    reader = bbt.Reader()
    assert len(reader.feed(whole[0] + b'\0')) == 1 and fault_of(reader.feed, b'') == 1


def a_line_that_loses_bytes_finds_the_next_good_frame():
    """bbt-codec/a-line-that-loses-bytes-finds-the-next-good-frame"""
    chance, reader, seen = random.Random(4), bbt.Reader(resync=True), []
    for i in range(200):
        frame = bbt.seal(Type.DATA, i + 1, chance.randbytes(20))
        at = chance.randrange(len(frame))
        hurt = frame[:at] + frame[at + 1:] if i % 2 else frame
        seen += reader.feed(hurt + chance.randbytes(chance.randint(0, 3)))
    heard = {frame.sequence for frame in seen + reader.feed(bytes(1100))}
    assert heard == set(range(1, 201, 2)), sorted(set(range(1, 201, 2)) ^ heard)
    reader, good = bbt.Reader(resync=True), bbt.seal(Type.PING, 1, bytes(4))
    assert reader.feed(b'\xB7\x10\7\3\xE8' + good) == [] and reader.give_up() == [bbt.parse(good)] and not reader.bytes
    reader = bbt.Reader(resync=True)
    assert fault_of(reader.feed, bytes(2048)) is None and fault_of(reader.feed, b'\0') == 1


def schedules_call_at_their_times():
    """bbt-codec/schedules-call-at-their-times"""
    at = 1771588800                                  # Fri 2026-02-20 12:00:00 UTC
    day = 86400
    for entry, zone, expected in [
            ((1, 0, 0, at + 5), 0, at + 5), ((1, 0, 0, at), 0, None),
            ((2, 0, 720, 1), 0, at + 1), ((2, 0, 720, 0), 0, at + day), ((2, 0, 60, 0), 180, at + 10 * 3600),
            ((2, 0, 901, 0), 180, at + 60), ((3, 1 << 4, 721, 0), 0, at + 60), ((3, 1 << 0, 720, 0), 0, at + 3 * day),
            ((3, 1 << 4, 720, 0), 0, at + 7 * day), ((4, 31, 720, 30), 0, at + 8 * day + 30),
            ((4, 20, 720, 0), 0, at + 28 * day), ((4, 20, 0, 0), -720, at + 28 * day)]:
        entry = dict(zip(('kind', 'day', 'minute', 'date'), entry))
        assert bbt_device.entry_fits(entry) and bbt_device.entry_next(entry, zone, at) == expected, (entry, zone)


def records_are_dated_by_their_era():
    """bbt-codec/records-are-dated-by-their-era"""
    now = 1771588800
    for made, era, ident_era, offset, expected in [
            (now - 60, 3, 3, 0, (now - 60, False)), (now - 60, 3, 3, 1.5, (now - 60, False)),
            (now - 3660, 3, 3, 3600, (now - 60, False)), (now - 60, 4, 3, 3600, (now - 60, False)),
            (now - 60, 0, 15, 3600, (now - 60, False)), (now - 60, 2, 3, 3600, (now - 60, True)),
            (0, 3, 3, now - 60, (now - 60, False)), (0, 3, 3, 0, (now, True)), (now + 86401, 2, 3, 0, (now, True)),
            (4070908800, 3, 3, now - 4070908800, (now, False))]:
        assert bbt.dated(made, 0, era << 4, ident_era, offset, now) == expected, (made, era, offset)


tap.run(frames_have_the_sizes_and_the_crc_that_are_told, a_bad_frame_has_one_fault_code_each,
        mac_and_sequence_let_nothing_strange_through, a_line_that_swallows_a_frame_is_noticed,
        keys_depend_on_everything_they_are_made_of,
        payloads_come_back_as_they_were_grown_or_not, payloads_cut_short_are_malformed_at_every_length,
        impossible_fields_are_malformed, archives_are_packed_and_unpacked_whatever_is_in_them, quiet_hours_are_small,
        what_does_not_follow_begins_another_frame, a_row_has_one_encoding_only, streams_may_come_in_any_pieces,
        a_line_that_loses_bytes_finds_the_next_good_frame, schedules_call_at_their_times, records_are_dated_by_their_era)
