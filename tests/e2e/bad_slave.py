# SPDX-License-Identifier: GPL-3.0-or-later
"""Modbus slaves on a TCP port or a pseudo terminal; each unit misbehaves on cue, the others behave.

Cues: exception, wrong-id, truncated, bad-crc, bytes, silent, hang-up (TCP)."""
import os
import pty
import socket
import struct
import threading
import time
import tty


def crc(data):
    value = 0xFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = (value >> 1) ^ 0xA001 if value & 1 else value >> 1
    return struct.pack('<H', value)


class BadSlave:
    def __init__(self, serial=False):
        self.cue = {}                       # unit → cue
        self.registers = {}                 # unit → its input registers; left out: twelve mA each
        if serial:
            self.wire, self.end = pty.openpty()
            tty.setraw(self.wire)
            tty.setraw(self.end)
            self.device = os.ttyname(self.end)
            threading.Thread(target=self.serve_rtu, daemon=True).start()
        else:
            self.listener = socket.create_server(('127.0.0.1', 0))
            self.port = self.listener.getsockname()[1]
            threading.Thread(target=self.accept, daemon=True).start()

    def answer(self, unit, pdu):
        function, start, count = struct.unpack('>BHH', pdu)
        if self.cue.get(unit) == 'exception':
            return bytes([function | 0x80, 4])
        if function == 4:
            registers = self.registers.get(unit, [12000] * 8)
            if start + count > len(registers):
                return bytes([function | 0x80, 2])
            return bytes([function, 2 * count]) + struct.pack(f'>{count}H', *registers[start:start + count])
        return bytes([function, (count + 7) // 8]) + bytes((count + 7) // 8)

    def send(self, unit, frame, write):
        cue = self.cue.get(unit)
        if cue == 'silent':
            return
        if cue == 'hang-up':
            raise ConnectionError
        if cue == 'truncated':
            frame = frame[:-3]
        for piece in [bytes([byte]) for byte in frame] if cue == 'bytes' else [frame]:
            write(piece)
            time.sleep(0.002 if cue == 'bytes' else 0)

    def accept(self):
        while True:
            peer, _ = self.listener.accept()
            threading.Thread(target=self.serve_tcp, args=(peer,), daemon=True).start()

    def serve_tcp(self, peer):
        data = b''
        with peer:
            while more := peer.recv(4096):
                data += more
                while len(data) >= 12:
                    transaction, _, _, unit = struct.unpack('>HHHB', data[:7])
                    pdu = self.answer(unit, data[7:12])
                    data = data[12:]
                    try:
                        self.send(unit, struct.pack('>HHHB', transaction, 0, len(pdu) + 1, unit) + pdu, peer.sendall)
                    except ConnectionError:
                        return

    def serve_rtu(self):
        data = b''
        while True:
            data += os.read(self.wire, 4096)
            while len(data) >= 8:
                if crc(data[:6]) != data[6:8]:
                    data = data[1:]
                    continue
                unit, frame, data = data[0], data[1:6], data[8:]
                cue = self.cue.get(unit)
                frame = bytes([unit + 50 * (cue == 'wrong-id')]) + self.answer(unit, frame)
                check = crc(frame)
                frame += check[::-1] if cue == 'bad-crc' else check
                self.send(unit, frame, lambda piece: os.write(self.wire, piece))
