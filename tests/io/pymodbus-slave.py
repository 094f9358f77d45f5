#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Modbus slave that nobody here wrote: Debian's python3-pymodbus.

    pymodbus-slave.py serial DEVICE | tcp PORT

Slave 1, input register r = 1000 + r, discrete input r = (1 + r) & 1, r = 0..15. Commands on standard
input: "register R VALUE", "input R VALUE". Says "ready" when it starts to serve.
"""
import asyncio
import sys

from pymodbus.datastore import ModbusSequentialDataBlock, ModbusServerContext, ModbusSlaveContext
from pymodbus.server import StartAsyncSerialServer, StartAsyncTcpServer
from pymodbus.transaction import ModbusRtuFramer


def obey(slave):
    line = sys.stdin.readline()
    if not line:
        sys.exit(0)
    kind, place, value = line.split()
    slave.setValues(4 if kind == "register" else 2, int(place), [int(value)])
    print("done", flush=True)


async def main():
    slave = ModbusSlaveContext(ir=ModbusSequentialDataBlock(0, [1000 + r for r in range(16)]),
                               di=ModbusSequentialDataBlock(0, [(1 + r) & 1 for r in range(16)]),
                               zero_mode=True)
    context = ModbusServerContext(slaves={1: slave}, single=False)
    asyncio.get_running_loop().add_reader(sys.stdin, obey, slave)
    asyncio.get_running_loop().call_later(0.2, lambda: print("ready", flush=True))
    if sys.argv[1] == "serial":
        await StartAsyncSerialServer(context=context, framer=ModbusRtuFramer, port=sys.argv[2], baudrate=9600)
    else:
        await StartAsyncTcpServer(context=context, address=("127.0.0.1", int(sys.argv[2])))


asyncio.run(main())
