/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How long bytes had been here when they were read: a process that stood still, or had no room, reads late, and what it is
 * told of clocks is as old as that. The kernel knows. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Since the last bytes came over the TCP connection @fd, read or not, µs, to a millisecond; 0 = nobody knows. */
gint64 comms_waited_stream     (int fd);
/* Since the datagram came that was read last of @fd, µs; 0 = nobody knows. */
gint64 comms_waited_datagram   (int fd);
/* From now on the kernel notes when datagrams come to @fd. */
void   comms_waited_note       (int fd);

G_END_DECLS
