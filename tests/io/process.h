/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Programs that tests run beside themselves: slaves that nobody here wrote, cables, modems. All that waits
 * fails the test when the program ends instead, or after 10 s. */
#pragma once

#include <glib.h>

typedef struct {
  GPid pid;
  int  input, output;   /* pipes to its standard input and from its standard output */
} Process;

Process process_start         (const char *const *arguments);
/* SIGTERM lets socat take its links away, as udev does with a real device's name. Waits for the end. */
void    process_stop          (Process process, int signal);
void    process_wait_for_line (Process process);
/* Writes @command, waits for a line in answer. */
void    process_tell          (Process process, const char *command);

/* pymodbus-slave.py, ready: @kind "serial" and a device, or "tcp" and a port. */
Process process_pymodbus      (const char *kind, const char *place);
/* A cable: two linked pseudo-terminals, by these names. */
Process process_cable         (const char *a, const char *b);
