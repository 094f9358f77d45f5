#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test-bbt-field.py BUILD — fifty played BBT-1 units on bad lines, the server killed in between: what a unit was told
to be stored is in the store, once."""
import os
import signal
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, '..'), os.path.join(HERE, '..', '..', 'app')]
import tap                       # noqa: E402
from played import UNITS, Played     # noqa: E402
from stage import Stage          # noqa: E402

BUILD = sys.argv[1]


def play(stage, *options):
    played = Played(stage, *options)
    stage.stop('server', signal.SIGKILL)
    played.start_server()
    played.wait_rows(6 * UNITS)
    played.prove()


def over_tcp():
    """over TCP with one frame in 25 spoiled and the server killed, every acknowledged record is stored once"""
    with Stage(BUILD, 'bbt-tcp') as stage:
        play(stage)


def over_udp():
    """over UDP with one datagram in 25 lost, doubled, reordered or damaged, likewise"""
    with Stage(BUILD, 'bbt-udp') as stage:
        play(stage, '--udp')


tap.run(over_tcp, over_udp)
