/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Seconds that a test waits for something that should come before it fails. Waiting costs nothing when it comes;
 * a sanitized build on a busy machine is slow. app/patience.py says the same to tests in Python. */
#pragma once

#define PATIENCE 60
