# SPDX-License-Identifier: GPL-3.0-or-later
"""A picture of the screen that app/on-screen has started: Xvfb keeps it in a file, in the format of xwd."""
import os
import struct
import time
import zlib


def screen():
    """Its upper left: width, height, a row of RGB bytes each."""
    with open(os.path.join(os.environ['XDG_RUNTIME_DIR'], 'Xvfb_screen0'), 'rb') as file:
        dump = file.read()
    head = struct.unpack('>25I', dump[:100])
    size, width, height, line, colours = head[0], head[4], head[5], head[12], head[19]
    begin = size + 12 * colours
    for y in range(height):
        at = begin + y * line
        yield dump[at:at + 4 * width]


def save(path, width, height):
    """Of what lies at 0, 0 in that size, as PNG."""
    def chunk(kind, data):
        return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))

    rows = bytearray()
    for y, row in enumerate(screen()):
        if y == height:
            break
        rgb = bytearray(3 * width)
        for colour, place in enumerate((2, 1, 0)):   # blue comes first
            rgb[colour::3] = row[place:4 * width:4]
        rows += b'\0' + rgb
    with open(path, 'wb') as file:
        file.write(b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', width, height, 8, 2, 0, 0, 0))
                   + chunk(b'IDAT', zlib.compress(rows)) + chunk(b'IEND', b''))


def save_still(path, width, height):
    """Likewise, when nothing but what flashes moves any more: what was just asked for is drawn then."""
    seen = set()
    for _ in range(20):
        now = zlib.crc32(b''.join(row[:4 * width] for _, row in zip(range(height), screen())))
        if now in seen:
            break
        seen.add(now)
        time.sleep(0.25)
    save(path, width, height)
