/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Modbus TCP slaves for tests and benchmarks: any number of ports, one thread, registers that the
 * test sets. Every port answers every unit address with the registers of that port. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define TCP_SLAVE_REGISTERS 16   /* input registers and discrete inputs of each */

/* A socket that listens on a free port of 127.0.0.1. */
int tcp_slave_listen (guint16 *port);

typedef struct TcpSlave TcpSlave;

TcpSlave *tcp_slave_start (guint n_ports);          /* free ports of 127.0.0.1 */
void      tcp_slave_stop  (TcpSlave *slave);
guint16   tcp_slave_port  (TcpSlave *slave, guint index);
/* From any thread; the next request sees it. */
void      tcp_slave_set_register (TcpSlave *slave, guint index, guint address, guint16 value);
void      tcp_slave_set_bit      (TcpSlave *slave, guint index, guint address, gboolean value);
/* From any thread: registers of the port read differently each time, by more than the resolution. */
void      tcp_slave_move         (TcpSlave *slave, guint index, gboolean move);
/* From any thread; every request of the port gets exception 4 from now on. */
void      tcp_slave_refuse       (TcpSlave *slave, guint index, gboolean refuse);
/* Monotonic µs when the port's registers were first answered after the last tcp_slave_set_register; 0 = not yet. */
gint64    tcp_slave_answered     (TcpSlave *slave, guint index);
/* How many connections the port has taken since the start. */
guint     tcp_slave_calls        (TcpSlave *slave, guint index);
/* How many requests all ports have answered. */
guint64   tcp_slave_requests     (TcpSlave *slave);

G_END_DECLS
