/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Modbus slaves in a thread, on a pseudo-terminal or a TCP port, that misbehave on cue.
 *
 * Slaves 1..n share the line. Cues are for slave 1; the others behave. Register r of slave a reads
 * a × 1000 + r, bit r reads (a + r) & 1, those from `lacking` on are refused with exception 2. */
#pragma once

#include <glib.h>

typedef enum {
  BAD_SLAVE_GOOD, BAD_SLAVE_SILENT, BAD_SLAVE_EXCEPTION, BAD_SLAVE_WRONG_ID, BAD_SLAVE_WRONG_FUNCTION,
  BAD_SLAVE_WRONG_LENGTH, BAD_SLAVE_BAD_CRC, BAD_SLAVE_TRUNCATED, BAD_SLAVE_BYTE_BY_BYTE, BAD_SLAVE_LATE,
  /* LATE: every other answer */
  BAD_SLAVE_SLOW,        /* every answer, as late as LATE */
  BAD_SLAVE_TWICE, BAD_SLAVE_BABBLE, BAD_SLAVE_HANG_UP,
  BAD_SLAVE_NOISE,       /* sends without being asked, and so spoils the line for all */
  BAD_SLAVE_GATEWAY,     /* exception 11 */
  BAD_SLAVE_CALLED_0, BAD_SLAVE_CALLED_255, BAD_SLAVE_CALLED_9,   /* TCP: answers as that unit */
  BAD_SLAVE_OFTEN,       /* gives each answer a hundred times */
  BAD_SLAVE_BANNER,      /* TCP: says something nobody asked after each answer */
  BAD_SLAVE_REFUSE_ONE,  /* hangs up when slave 1 is asked; HANG_UP does so on all who call, too */
} BadSlaveCue;

typedef struct BadSlave BadSlave;

/* @gap: µs of silence that the master must keep after an answer, 0 = TCP on a free port. */
BadSlave   *bad_slave_new        (guint n_slaves, guint gap);
void        bad_slave_free       (BadSlave *slave);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BadSlave, bad_slave_free)
void        bad_slave_cue        (BadSlave *slave, BadSlaveCue cue);
void        bad_slave_lack       (BadSlave *slave, guint lacking);    /* default 65536: none */
void        bad_slave_be_late    (BadSlave *slave, guint us);         /* of LATE */
const char *bad_slave_device     (BadSlave *slave);
guint16     bad_slave_port       (BadSlave *slave);
guint16     bad_slave_free_port  (void);                              /* one that nobody has now */
guint       bad_slave_requests   (BadSlave *slave);                   /* of all slaves */
guint       bad_slave_violations (BadSlave *slave);            /* requests that came before the gap was over */
guint       bad_slave_accepted   (BadSlave *slave);                   /* TCP connections */
