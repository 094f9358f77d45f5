#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test-sim.py GDP-SIM — the simulator as masters nobody here wrote find it: mbpoll and pymodbus on
TCP and on a pty pair, and a session server of a few lines of Python for its modems."""
import contextlib
import json
import os
import re
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

from pymodbus.client import ModbusSerialClient, ModbusTcpClient
from pymodbus.pdu import ExceptionResponse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
import tap      # noqa: E402
from patience import PATIENCE, wait_for      # noqa: E402

SIM = sys.argv[1]
tests = []


def test(function):
    tests.append(function)
    return function


def free_ports(n):
    """The first of n ports in a row that nobody has."""
    for first in range(21000 + os.getpid() % 20000, 64000, n):
        try:
            with contextlib.ExitStack() as stack:
                for port in range(first, first + n):
                    stack.enter_context(socket.socket()).bind(('127.0.0.1', port))
            return first
        except OSError:
            continue
    raise AssertionError('no free ports')


class Sim:
    """gdp-sim, its log, and a clean end."""

    def __init__(self, *arguments):
        self.log = tempfile.TemporaryFile('w+')
        self.process = subprocess.Popen([SIM, *map(str, arguments)], stderr=self.log, stdout=subprocess.DEVNULL)

    def text(self):
        size = os.fstat(self.log.fileno()).st_size
        return os.pread(self.log.fileno(), size, 0).decode()

    def said(self, words):
        if self.process.poll() is not None and words not in self.text():
            raise AssertionError(f'gdp-sim ended with {self.process.returncode}: {self.text()}')
        return words in self.text()

    def __enter__(self):
        wait_for('gdp-sim plays', lambda: self.said('playing'))
        return self

    def __exit__(self, *error):
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(PATIENCE)
        if error[0] is None:
            assert code == 0, f'SIGTERM ended it with {code}: {self.text()}'
        else:
            print('#', self.text().replace('\n', '\n# '))
        self.log.close()


def run(*arguments):
    return subprocess.run([SIM, *map(str, arguments)], capture_output=True, text=True, timeout=PATIENCE)


def crc(data):
    value = 0xFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (0xA001 if value & 1 else 0)
    return struct.pack('<H', value)


@contextlib.contextmanager
def tcp_client(port):
    client = ModbusTcpClient('127.0.0.1', port=port, timeout=3, retries=0)
    assert client.connect()
    try:
        yield client
    finally:
        client.close()


# ---- Modbus TCP -----------------------------------------------------------------------------------

@test
def tcp_is_polled_by_mbpoll():
    port = free_ports(1)
    with Sim('--sites', 3, '--modbus-tcp', port):
        poll = subprocess.run(['mbpoll', '-m', 'tcp', '-p', str(port), '-a', '2', '-t', '3', '-r', '1', '-c', '8', '-1',
                               '127.0.0.1'], capture_output=True, text=True, timeout=PATIENCE)
        values = [int(v) for v in re.findall(r'^\[\d\]:\s+(\d+)', poll.stdout, re.M)]
        assert len(values) == 8, poll.stdout + poll.stderr
        assert 4000 <= values[0] <= 20000 and 4000 <= values[1] <= 20000, values


@test
def tcp_answers_pymodbus_and_refuses_what_it_has_not():
    port = free_ports(1)
    with Sim('--sites', 3, '--modbus-tcp', port), tcp_client(port) as client:
        registers = client.read_input_registers(0, 8, slave=3).registers
        assert len(registers) == 8 and all(r == 0 or 3500 <= r <= 22000 for r in registers), registers
        bits = client.read_discrete_inputs(0, 8, slave=3).bits
        assert bits[4] and not bits[0] and not bits[2], bits      # mains present, slam-shut open, door closed
        assert client.write_coil(1, True, slave=3).value
        assert client.read_coils(0, 8, slave=3).bits == [False, True] + 6 * [False]
        for answer, code in [(client.read_input_registers(7, 2, slave=3), 2),
                             (client.read_holding_registers(100, 1, slave=3), 2),
                             (client.read_input_registers(0, 8, slave=9), 11)]:
            assert isinstance(answer, ExceptionResponse) and answer.exception_code == code, answer


@test
def tcp_takes_frames_in_any_pieces_and_closes_on_nonsense():
    port = free_ports(1)
    request = bytes([0, 7, 0, 0, 0, 6, 1, 4, 0, 0, 0, 8])
    with Sim('--sites', 1, '--modbus-tcp', port), socket.create_connection(('127.0.0.1', port), 5) as peer:
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in request:
            peer.send(bytes([byte]))
        answers = b''
        while len(answers) < 25:
            answers += peer.recv(100)
        peer.send(request * 40)                                   # forty in one breath
        while len(answers) < 41 * 25:
            piece = peer.recv(4096)
            assert piece
            answers += piece
        assert len(answers) == 41 * 25 and answers.startswith(b'\0\7\0\0\0\x13\1\4\x10')
        peer.send(b'GET / HTTP/1.0\r\n\r\n')
        assert peer.recv(100) == b''
        with tcp_client(port) as other:                           # nobody else is disturbed
            assert not other.read_input_registers(0, 8, slave=1).isError()


@test
def three_hundred_sites_take_two_ports():
    port = free_ports(2)
    with Sim('--sites', 300, '--modbus-tcp', port):
        for number, unit in [(port, 247), (port + 1, 53)]:
            with tcp_client(number) as client:
                assert not client.read_input_registers(0, 8, slave=unit).isError()
        with tcp_client(port + 1) as client:
            assert client.read_input_registers(0, 8, slave=54).exception_code == 11


@test
def a_scenario_shows_on_the_wire_and_in_the_log():
    port = free_ports(1)
    with Sim('--sites', 3, '--modbus-tcp', port, '--scenario', 'incident', '--speed', 20) as sim, \
            tcp_client(port) as client:
        before = client.read_input_registers(1, 1, slave=3).registers[0]
        wait_for('slam-shut contact', lambda: client.read_discrete_inputs(0, 2, slave=3).bits[:2] == [True, True])
        wait_for('outlet falls', lambda: client.read_input_registers(1, 1, slave=3).registers[0] < before * 0.6)
        wait_for('door and mains', lambda: client.read_discrete_inputs(2, 3, slave=3).bits[:3] == [True, False, False])
        wait_for('all recovers', lambda: client.read_discrete_inputs(0, 5, slave=3).bits[:5]
                 == [False, False, False, False, True])
        wait_for('outlet recovers', lambda: client.read_input_registers(1, 1, slave=3).registers[0] > before * 0.9)
        for words in ['+20.0s GDP-003 slam-shut line 1 trips', 'GDP-003 slam-shut line 1 is closed',
                      '+46.0s GDP-003 mains lost', 'GDP-003 door closes']:
            assert words in sim.text(), words


@test
def a_silent_unit_costs_its_neighbour_nothing():
    port = free_ports(1)
    with tempfile.NamedTemporaryFile('w', suffix='.txt') as scenario:
        scenario.write('at +0s GDP-001 unit is silent for 1h\nat +0s GDP-002 unit exception\n')
        scenario.flush()
        with Sim('--sites', 3, '--modbus-tcp', port, '--scenario', scenario.name) as sim:
            wait_for('silence', lambda: sim.said('unit exception'))
            with socket.create_connection(('127.0.0.1', port), 5) as peer:
                for unit in (1, 2, 3):
                    peer.send(bytes([0, unit, 0, 0, 0, 6, unit, 4, 0, 0, 0, 1]))
                answers = b''
                while len(answers) < 9 + 11:
                    answers += peer.recv(100)
                assert answers[:9] == bytes([0, 2, 0, 0, 0, 3, 2, 0x84, 4]), answers
                assert answers[9:11] == bytes([0, 3]) and len(answers) == 20


@test
def same_seed_and_start_give_the_same_registers():
    port = free_ports(2)
    seen = []
    for number, seed in [(port, 5), (port + 1, 5), (port, 6)]:
        with Sim('--sites', 2, '--modbus-tcp', number, '--seed', seed, '--start', '2026-01-15T09:00:00Z',
                 '--speed', 0.01), tcp_client(number) as client:
            seen.append(client.read_input_registers(0, 8, slave=2).registers)
    assert seen[0] == seen[1] and seen[0] != seen[2], seen


# ---- Modbus RTU -------------------------------------------------------------------------------------

@contextlib.contextmanager
def pty_pair(folder):
    ends = [os.path.join(folder, name) for name in 'AB']
    socat = subprocess.Popen(['socat', *(f'pty,rawer,link={end}' for end in ends)])
    try:
        wait_for('ptys', lambda: all(map(os.path.exists, ends)))
        yield ends
    finally:
        socat.kill()
        socat.wait()


@contextlib.contextmanager
def rtu_client(device):
    # A pty has no parity, and pyserial insists when asked to set one. pymodbus wants whole seconds.
    client = ModbusSerialClient(device, baudrate=19200, parity='N', timeout=1, retries=0)
    assert client.connect()
    try:
        yield client
    finally:
        client.close()


@test
def rtu_answers_its_own_addresses_and_no_other():
    with tempfile.TemporaryDirectory() as folder, pty_pair(folder) as (ours, its):
        with Sim('--sites', 3, '--modbus-rtu', its), rtu_client(ours) as client:
            for unit in (1, 2, 3):
                assert len(client.read_input_registers(0, 8, slave=unit).registers) == 8
                assert client.read_discrete_inputs(0, 8, slave=unit).bits[4]
            assert client.read_input_registers(8, 1, slave=1).exception_code == 2
            began = time.monotonic()
            assert client.read_input_registers(0, 8, slave=4).isError()
            assert time.monotonic() - began >= 0.9             # silence, not an answer


@test
def rtu_answers_only_after_three_and_a_half_characters():
    with tempfile.TemporaryDirectory() as folder, pty_pair(folder) as (ours, its):
        with Sim('--sites', 1, '--modbus-rtu', its, '--baud', 1200):
            line = os.open(ours, os.O_RDWR | os.O_NOCTTY)
            request = bytes([1, 4, 0, 0, 0, 8])
            request += crc(request)
            for attempt in range(5):
                os.write(line, request)
                began = time.monotonic()
                assert select.select([line], [], [], 5)[0]
                assert time.monotonic() - began > 0.030, 'at 1200 baud 3.5 characters are 32 ms'
                answer = b''
                while len(answer) < 21:
                    answer += os.read(line, 100)
                assert answer[-2:] == crc(answer[:-2]) and len(answer) == 21
            os.write(line, request[:-1] + bytes([request[-1] ^ 1]))
            assert not select.select([line], [], [], 0.3)[0], 'a damaged request is answered'
            os.close(line)


@test
def rtu_line_can_be_opened_time_and_again():
    with tempfile.TemporaryDirectory() as folder, pty_pair(folder) as (ours, its):
        for _ in range(3):
            with Sim('--sites', 1, '--modbus-rtu', its), rtu_client(ours) as client:
                assert len(client.read_input_registers(0, 8, slave=1).registers) == 8


@test
def rtu_line_that_goes_away_comes_back():
    with tempfile.TemporaryDirectory() as folder:
        with pty_pair(folder) as (ours, its):
            sim = Sim('--sites', 1, '--modbus-rtu', its)
            wait_for('plays', lambda: sim.said('playing'))
        with sim:
            wait_for('it notices', lambda: sim.said('went away'))
            with pty_pair(folder) as (ours, its):
                wait_for('it is back', lambda: sim.said('is back'))
                with rtu_client(ours) as client:
                    assert len(client.read_input_registers(0, 8, slave=1).registers) == 8


def ask_raw(way, request, length):
    """What comes within a moment of @request: as much as @length, or what there was."""
    way.sendall(request)
    answer = b''
    way.settimeout(0.15)
    with contextlib.suppress(OSError):
        while len(answer) < length and (more := way.recv(300)):
            answer += more
    return answer


def share_spoiled(answers, is_good):
    spoiled = sum(not is_good(answer) for answer in answers)
    assert len(answers) * 0.15 < spoiled < len(answers) * 0.8, (spoiled, answers)


@test
def bad_wires_spoil_answers_over_tcp_but_no_value():
    port, request = free_ports(1), bytes([0, 7, 0, 0, 0, 6, 1, 4, 0, 0, 0, 8])
    with Sim('--sites', 1, '--modbus-tcp', port, '--wire-faults', 0.6):
        answers = []
        for _ in range(60):
            with socket.create_connection(('127.0.0.1', port)) as way:
                answers.append(ask_raw(way, request, 25))
        whole = [answer for answer in answers if len(answer) == 25]
        share_spoiled(answers, whole.__contains__)
        assert all(answer[:9] == bytes([0, 7, 0, 0, 0, 19, 1, 4, 16]) for answer in whole), whole


@test
def bad_wires_spoil_answers_on_a_serial_line():
    with tempfile.TemporaryDirectory() as folder, pty_pair(folder) as (ours, its):
        with Sim('--sites', 1, '--modbus-rtu', its, '--wire-faults', 0.6):
            line = os.open(ours, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
            request, answers = bytes([1, 4, 0, 0, 0, 8]), []
            for _ in range(60):
                os.write(line, request + crc(request))
                answer = b''
                while select.select([line], [], [], 0.15)[0]:
                    answer += os.read(line, 300)
                answers.append(answer)
            share_spoiled(answers, lambda answer: len(answer) == 21 and answer[-2:] == crc(answer[:-2]))
            os.close(line)


# ---- modems -------------------------------------------------------------------------------------------

class Server:
    """A session server: takes calls, reads who they are, polls."""

    def __init__(self):
        self.listener = socket.create_server(('127.0.0.1', 0), backlog=512)
        self.listener.settimeout(PATIENCE)
        self.port = self.listener.getsockname()[1]

    def call(self):
        """The next modem's socket and registration."""
        peer, _ = self.listener.accept()
        peer.settimeout(PATIENCE)
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return peer, peer.recv(100).decode()

    def close(self):
        self.listener.close()


def poll(peer, pieces=1):
    request = bytes([1, 4, 0, 0, 0, 8])
    request += crc(request)
    step = len(request) // pieces
    for at in range(0, len(request), step):
        peer.send(request[at:at + step])
    answer = b''
    while len(answer) < 21:
        piece = peer.recv(100)
        assert piece, 'hung up'
        answer += piece.replace(b'ping', b'') if not answer else piece
    assert answer[:3] == bytes([1, 4, 16]) and answer[-2:] == crc(answer[:-2]), answer
    return struct.unpack('>8H', answer[3:19])


@test
def modems_say_who_they_are_and_are_polled():
    server = Server()
    with Sim('--sites', 3, '--connect', f'127.0.0.1:{server.port}'):
        calls = [server.call() for _ in range(3)]
        assert sorted(name for _, name in calls) == ['GDP-001', 'GDP-002', 'GDP-003'], calls
        for peer, _ in calls:
            assert 4000 <= poll(peer)[0] <= 20000
            poll(peer, pieces=8)                                  # byte by byte
            peer.close()
    server.close()


@test
def a_modem_is_deaf_to_damaged_frames_and_hears_the_next():
    server = Server()
    with Sim('--sites', 1, '--connect', f'127.0.0.1:{server.port}'):
        peer, _ = server.call()
        peer.send(bytes([1, 4, 0, 0, 0, 8, 1, 2]))
        assert not select.select([peer], [], [], 0.3)[0]
        poll(peer)
        peer.send(bytes([1, 4, 0]))                               # cut short, then silence
        assert not select.select([peer], [], [], 0.7)[0]
        poll(peer)
        peer.close()
    server.close()


@test
def a_modem_sends_its_heartbeat():
    server = Server()
    with Sim('--sites', 1, '--connect', f'127.0.0.1:{server.port}', '--heartbeat', 1):
        peer, _ = server.call()
        assert peer.recv(100) == b'ping' and peer.recv(100) == b'ping'
        poll(peer)
        peer.close()
    server.close()


@test
def a_modem_dials_again_after_a_hang_up_with_growing_pauses():
    server = Server()
    with Sim('--sites', 1, '--connect', f'127.0.0.1:{server.port}'):
        times = []
        for _ in range(3):
            peer, name = server.call()
            assert name == 'GDP-001'
            times.append(time.monotonic())
            peer.close()
        assert times[1] - times[0] >= 0.9 and times[2] - times[1] >= 1.9, times
    server.close()


@test
def a_scenario_drops_a_modem_and_it_comes_back():
    server = Server()
    with tempfile.NamedTemporaryFile('w', suffix='.txt') as scenario:
        scenario.write('at +20s GDP-001 modem drops for 20s\n')
        scenario.flush()
        with Sim('--sites', 1, '--connect', f'127.0.0.1:{server.port}', '--scenario', scenario.name, '--speed', 10):
            peer, _ = server.call()
            assert peer.recv(100) == b'', 'it should hang up'
            gone = time.monotonic()
            again, name = server.call()
            assert name == 'GDP-001' and time.monotonic() - gone > 0.5
            poll(again)
    server.close()


@test
def a_server_that_is_not_there_yet_is_dialled_until_it_is():
    port = free_ports(1)
    with Sim('--sites', 2, '--connect', f'127.0.0.1:{port}', '--verbose') as sim:
        wait_for('refused', lambda: sim.said('hangs up'))
        with socket.create_server(('127.0.0.1', port)) as listener:
            listener.settimeout(PATIENCE)
            peer, _ = listener.accept()
            peer.settimeout(PATIENCE)
            assert peer.recv(100).startswith(b'GDP-00')
            peer.close()


# ---- the command line ------------------------------------------------------------------------------------

@test
def passports_match_the_ways():
    port = free_ports(1)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'town.json')
        with Sim('--sites', 4, '--modbus-tcp', port, '--connect', '127.0.0.1:9', '--passports', path):
            town = json.load(open(path, encoding='utf-8'))
    kinds = {link['id']: link['kind'] for link in town['links']}
    assert [kinds[site['units'][0]['link']] for site in town['sites']] \
        == ['modbus-tcp', 'modem', 'modbus-tcp', 'modem'], kinds
    assert town['links'][0]['port'] == port
    alone = run('--sites', 4, '--passports', '-')
    assert alone.returncode == 0 and len(json.loads(alone.stdout)['sites']) == 4


@test
def mistakes_are_told_in_one_line():
    port = free_ports(1)
    with tempfile.NamedTemporaryFile('w', suffix='.txt') as bad, socket.socket() as taken:
        bad.write('# x\nat +1s GDP-001 mains gone\n')
        bad.flush()
        taken.bind(('127.0.0.1', port))
        taken.listen()
        for arguments, code, words in [
                ([], 2, 'nothing to do'), (['--bogus'], 2, 'bogus'), (['--sites', 'many'], 2, 'many'),
                (['--modbus-tcp', '70000'], 2, 'PORT'), (['--connect', 'nowhere'], 2, 'HOST:PORT'),
                (['--connect', 'no.such.host.invalid:1'], 1, 'no.such.host.invalid'),
                (['--modbus-rtu', '/dev/no-such'], 1, '/dev/no-such'),
                (['--modbus-rtu', '/dev/null'], 1, '/dev/null'),
                (['--modbus-rtu', '/dev/x', '--baud', '12345'], 2, '12345'),
                (['--modbus-rtu', '/dev/x', '--sites', '300'], 1, '247'),
                (['--modbus-tcp', port], 1, f'127.0.0.1:{port}'),
                (['--modbus-tcp', port, '--scenario', bad.name], 1, f'{bad.name}:2: "gone" is not known'),
                (['--modbus-tcp', port, '--scenario', 'nonesuch'], 1, 'incident'),
                (['--passports', '/no/such/folder/x.json'], 1, '/no/such/folder'),
                (['--modbus-tcp', port, '--speed', '0'], 2, '--speed'),
                (['--modbus-tcp', port, '--start', 'yesterday'], 2, 'yesterday')]:
            result = run(*arguments)
            assert result.returncode == code and words in result.stderr \
                and result.stderr.startswith('gdp-sim: '), (arguments, result)


tap.run(*tests, name=lambda case: f'sim/{case.__name__.replace("_", "-")}')
