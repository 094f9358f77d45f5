#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test-incidents.py BUILD SCENARIO — an incident lived through in a real window by keys and mouse: at each moment the
screen tells the one thing that matters."""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, '..'), os.path.join(HERE, '..', '..', 'app')]
import incidents  # noqa: E402
import tap        # noqa: E402
from stage import Stage  # noqa: E402

BUILD, SCENARIO = sys.argv[1:3]


def lived():
    with Stage(BUILD, SCENARIO) as stage:
        incidents.play(stage, SCENARIO, incidents.Desk())


lived.__doc__ = incidents.INCIDENTS[SCENARIO][0].__doc__
tap.run(lived)
