# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting for what should come: for a condition, and no longer than PATIENCE."""
import time

# Seconds. Waiting costs nothing when it comes; a sanitized build on a busy machine is slow. tests/patience.h says the
# same to tests in C.
PATIENCE = 60


class Missed(Exception):
    """A condition that did not come true in time."""


def wait_for(what, condition, within=PATIENCE, look=lambda: None):
    """Until condition() is true; returns what it returned. look(): called before each further look, may raise."""
    deadline = time.monotonic() + within
    while True:
        found = condition()
        if found:
            return found
        look()
        if time.monotonic() > deadline:
            raise Missed(f'not within {within} s: {what}')
        time.sleep(0.02)
