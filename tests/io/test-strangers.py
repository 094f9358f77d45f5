# SPDX-License-Identifier: GPL-3.0-or-later
"""test-strangers.py BUILD — who calls and is not known, from the wire to gdpctl: a real server, the peer's unit, a modem."""
import os
import select
import socket
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, '..'), os.path.join(HERE, '..', '..', 'app'), os.path.join(HERE, '..', 'peer')]
import bbt
import bbt_link
import cluster
import tap
from bbt_device import Clock, Device
from bbt_unit import Unit
from stage import Stage


def free_port():
    with socket.create_server(('127.0.0.1', 0)) as listener:
        return listener.getsockname()[1]


def strangers_reach_the_store():
    """a caller that is not known is listed with serial, text, address, times and why"""
    with Stage(sys.argv[1], 'strangers', store=cluster.store()) as stage:
        port = free_port()
        stage.server('--sessions-listen', f'127.0.0.1:{port}')
        stage.wait('the server listens', lambda: f'port {port}' in stage.log('server'))
        for _ in range(2):
            device = Device('00917', Clock(offset=0))
            assert Unit(device, bytes(32)).call(bbt_link.dial(('127.0.0.1', port), False), 1) != 'bye'
        with socket.create_connection(('127.0.0.1', port)) as modem:
            modem.sendall(b'867530912345678\r\n')
            while modem.recv(100):
                pass
        rows = stage.wait('both are listed', lambda: [rows for rows in [stage.ctl('strangers')] if len(rows) == 2])[0]
        by_serial = {row['serial']: row for row in rows}
        unit, modem = by_serial['00917'], by_serial[None]
        assert unit['count'] == 2 and unit['why'].startswith('unknown serial') and unit['address'] == '127.0.0.1', unit
        assert unit['first'] < unit['last'], unit
        assert modem['text'].startswith('867530912345678') and modem['count'] == 1, modem
        assert '00917' in stage.run('gdpctl', '--store', stage.store, 'strangers').stdout


def the_reason_is_heard():
    """a caller that keeps sending still reads why it is turned away, and a connection that ends in good order"""
    with Stage(sys.argv[1], 'last-words', store=cluster.store()) as stage:
        port = free_port()
        stage.server('--sessions-listen', f'127.0.0.1:{port}')
        stage.wait('the server listens', lambda: f'port {port}' in stage.log('server'), 60)
        ident = bbt.encode(bbt.Type.IDENT, Device('00918', Clock(offset=0)).ident(0, bytes(8), 1, 0))
        with socket.create_connection(('127.0.0.1', port), timeout=60) as caller:
            caller.sendall(bbt.End(bbt.UNIT).seal(bbt.Type.IDENT, ident))
            assert select.select([caller], [], [], 60)[0], 'no answer'
            for _ in range(5):
                caller.sendall(bytes(500))             # which nobody asked for, and nobody reads
            heard = b''
            while piece := caller.recv(1000):
                heard += piece
        assert heard[:1] == bytes([bbt.START]) and heard[2] == bbt.Type.FAULT and heard[9] == 3, heard.hex(' ')


tap.run(strangers_reach_the_store, the_reason_is_heard)
