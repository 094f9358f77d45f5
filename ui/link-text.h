/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The line doctor's figures in the operator's words. Pure. All texts are (transfer full). */
#pragma once

#include "gdp/diagnosis.h"

G_BEGIN_DECLS

/* "0.4 ms", "35 ms", "1.2 s"; "" for NaN. @seconds ≥ 0. */
char *ui_link_time_text    (double seconds);
/* "no answer 12, damaged answer (CRC) 3"; "" when there was none. */
char *ui_link_faults_text  (const GdpTraffic *traffic);
/* "12.3 kB in, 4.1 kB out" */
char *ui_link_bytes_text   (guint64 in, guint64 out);
/* "half within 20 ms, 95 % within 35 ms, all within 0.3 s (1203 answers)"; "" when there was none. */
char *ui_link_answers_text (const GdpHistogram *answers);
/* What ended a session, translated as far as it is known; "" for NULL. */
char *ui_link_why_text     (const char *why);
/* The advice: a finding a line, what to do behind it. */
char *ui_link_advice_text  (const GPtrArray *advice);

G_END_DECLS
