#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""bench-console.py GDP-CONSOLE UI-FIELD [SITES] — how fast the console is there, and what it costs at rest.

Cold start: from fork to the end of the first frame that shows living data (the console says when, by
the monotonic clock that all processes share). Baseline, interleaved: gtk4's smallest program, a window
with one label, measured the same way from outside: fork to exit after its first frame.
Rest: processor time over 10 s with a beating heart and values that do not change."""
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

CONSOLE, FIELD, BARE = sys.argv[1:4]
SITES = int(sys.argv[4]) if len(sys.argv) > 4 else 1000
ROUNDS, REST = 5, 10
LIVE = re.compile(r'live picture at (\d+) us')


def start(uri, log):
    began = time.monotonic()
    process = subprocess.Popen([CONSOLE, '--store', uri, '-v', '--size', '1920x1080'], stdout=log, stderr=log)
    return process, began


def live_after(log, began):
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        found = LIVE.search(open(log, errors='replace').read())
        if found:
            return int(found[1]) / 1e6 - began
        time.sleep(0.005)
    raise SystemExit(f'bench-console: no live picture: {open(log).read()[-500:]}')


def processor_time(pid):
    fields = open(f'/proc/{pid}/stat').read().rsplit(')', 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')


def spread(values, unit):
    return f'{statistics.median(values):.3f} {unit} ({min(values):.3f}..{max(values):.3f})'


def main():
    folder = tempfile.mkdtemp(prefix='gdp-bench-')
    uri, ours, bare, rest = f'sqlite:{folder}/store.db', [], [], []
    field = subprocess.Popen([FIELD, uri, str(SITES)], stdout=subprocess.PIPE)
    try:
        field.stdout.readline()
        time.sleep(3)
        for number in range(ROUNDS):
            log = f'{folder}/log-{number}'
            with open(log, 'wb') as out:
                process, began = start(uri, out)
                ours.append(live_after(log, began))
                if number < 2:
                    time.sleep(4)    # the first seconds fill caches
                    before = processor_time(process.pid)
                    time.sleep(REST)
                    rest.append((processor_time(process.pid) - before) / REST * 100)
                process.terminate()
                process.wait()
            began = time.monotonic()
            subprocess.run([BARE], check=True)
            bare.append(time.monotonic() - began)
        ratio = [a / b for a, b in zip(ours, bare)]
        print(f'console cold start, {SITES} sites: ours {spread(ours, "s")}, bare GTK window {spread(bare, "s")}, '
              f'ratio {spread(ratio, "x")}')
        print(f'console at rest, {SITES} sites: {spread(rest, "% of a core")}')
    finally:
        field.terminate()
        field.wait()
        shutil.rmtree(folder)


main()
