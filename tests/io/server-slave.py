#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Modbus TCP slave that nobody here wrote (Debian's pymodbus), unit 1.

Prints "port N" when it listens. Takes lines on stdin: "ir ADDRESS VALUE" sets an input register,
"di ADDRESS 0|1" a discrete input; each is answered with "ok". Ends with stdin."""
import asyncio
import sys

from pymodbus.datastore import ModbusSequentialDataBlock, ModbusServerContext, ModbusSlaveContext
from pymodbus.server.async_io import ModbusTcpServer

FUNCTIONS = {"ir": 4, "di": 2}


async def main():
    unit = ModbusSlaveContext(di=ModbusSequentialDataBlock(0, [0] * 64), ir=ModbusSequentialDataBlock(0, [0] * 64),
                              zero_mode=True)
    server = ModbusTcpServer(ModbusServerContext(slaves={1: unit}, single=False), address=("127.0.0.1", 0))
    serving = asyncio.create_task(server.serve_forever())
    while server.server is None:
        await asyncio.sleep(0.01)
    print("port", server.server.sockets[0].getsockname()[1], flush=True)
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        table, address, value = line.split()
        unit.setValues(FUNCTIONS[table], int(address), [int(value)])
        print("ok", flush=True)
    serving.cancel()


asyncio.run(main())
