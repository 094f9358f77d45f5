/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What processes take of the machine: it says more than time where others are at work, too. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Seconds of processor time so far of process @pid, to the nanosecond; its resident memory. */
double processor_time      (const char *pid);
double processor_megabytes (const char *pid);
/* The first of all processes of the cluster that GDP_TEST_POSTGRES names; 0 without one. */
double processor_cluster_time (void);

G_END_DECLS
