/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The speeds that a serial line can have: those of termios(3) from 300 up that adapters know. The one list:
 * passports, the server's configuration, comms/serial.c and gdp-sim all go by it. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define GDP_BAUD_RATES(X) \
  X (300) X (600) X (1200) X (2400) X (4800) X (9600) X (19200) X (38400) X (57600) X (115200) X (230400) X (460800) \
  X (500000) X (921600) X (1000000)

/* " 300 600 … 1000000", for messages and help. */
#define GDP_BAUD_WORD(rate) " " #rate
#define GDP_BAUD_WORDS GDP_BAUD_RATES (GDP_BAUD_WORD)

gboolean gdp_baud_exists (guint64 baud);

G_END_DECLS
