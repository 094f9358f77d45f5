#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""slave.py (--serial DEVICE | --tcp PORT) UNIT… — a Modbus slave by pymodbus, which nobody here wrote.

Plays a UPMP with healthy loops; lines on standard input change it, each answered with "ok":
  ir UNIT ADDRESS VALUE      input register (µA)
  di UNIT ADDRESS 0|1        discrete input
  mood UNIT 0 WORD           what it does when a coil or register is written: obey; refuse; ignore (it says it did,
                             and did not); silent (it does, and says nothing)
  coil UNIT ADDRESS 0        is answered with the coil's state instead
  writes UNIT 0 0            is answered with how many writes came so far instead
"""
import argparse
import asyncio
import os
import subprocess
import sys
import threading

FIRST = {'ir': 0, 'di': 0}
# µA of AI1..8 and the state of DI1..8 with nothing wrong, for the passports of plant.py
ANALOG = [12000, 12000, 12000, 12000, 12000, 4160, 6000, 16000]
DISCRETE = [0, 0, 0, 0, 1, 0, 0, 0]


def serve(options):
    from pymodbus.datastore import ModbusSequentialDataBlock, ModbusServerContext, ModbusSlaveContext
    from pymodbus.server.async_io import StartAsyncSerialServer, StartAsyncTcpServer
    from pymodbus.exceptions import NoSuchSlaveException
    from pymodbus.transaction import ModbusRtuFramer

    class Moody(ModbusSlaveContext):
        mood, writes = 'obey', 0

        def validate(self, fx, address, count=1):
            if fx in (5, 6):
                self.writes += 1
            return super().validate(fx, address, count) and not (fx in (5, 6) and self.mood == 'refuse')

        def setValues(self, fx, address, values):
            if not (fx in (5, 6) and self.mood == 'ignore'):
                super().setValues(fx, address, values)
            if fx in (5, 6) and self.mood == 'silent':
                raise NoSuchSlaveException('says nothing')

    slaves = {unit: Moody(ir=ModbusSequentialDataBlock(0, list(ANALOG)),
                                       di=ModbusSequentialDataBlock(0, list(DISCRETE)),
                                       co=ModbusSequentialDataBlock(0, [0] * 8),
                                       hr=ModbusSequentialDataBlock(0, [0] * 8), zero_mode=True)
              for unit in options.units}
    context = ModbusServerContext(slaves=slaves, single=False)
    functions = {'ir': 4, 'di': 2}

    def control():
        for line in sys.stdin:
            kind, unit, address, value = line.split()
            slave, answer = slaves[int(unit)], 'ok'
            if kind == 'mood':
                slave.mood = value
            elif kind == 'coil':
                answer = int(slave.getValues(1, int(address), 1)[0])
            elif kind == 'writes':
                answer = slave.writes
            else:
                slave.setValues(functions[kind], int(address), [int(value)])
            print(answer, flush=True)
        os._exit(0)                      # whoever held the other end is gone

    async def main():
        threading.Thread(target=control, daemon=True).start()
        print('ready', flush=True)
        if options.serial:
            await StartAsyncSerialServer(context=context, framer=ModbusRtuFramer, port=options.serial,
                                         baudrate=19200, timeout=0.005, ignore_missing_slaves=True)
        else:
            await StartAsyncTcpServer(context=context, address=('127.0.0.1', options.tcp),
                                      allow_reuse_address=True, ignore_missing_slaves=True)
    asyncio.run(main())


class Slave:
    """The slave as a process of its own, and the hand that changes it."""

    def __init__(self, *arguments):
        self.process = subprocess.Popen(['/usr/bin/python3', os.path.abspath(__file__), *map(str, arguments)],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout.readline() == 'ready\n'

    def set(self, kind, unit, address, value):
        self.process.stdin.write(f'{kind} {unit} {address} {value}\n')
        self.process.stdin.flush()
        assert self.process.stdout.readline() == 'ok\n'

    def ask(self, kind, unit, address=0):
        self.process.stdin.write(f'{kind} {unit} {address} 0\n')
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()


if __name__ == '__main__':
    parser = argparse.ArgumentParser()
    parser.add_argument('--serial')
    parser.add_argument('--tcp', type=int)
    parser.add_argument('units', type=int, nargs='+')
    serve(parser.parse_args())
