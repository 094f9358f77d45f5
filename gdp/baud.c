/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baud.h"

gboolean
gdp_baud_exists (guint64 baud)
{
#define ENTRY(rate) rate,
  static const guint rates[] = { GDP_BAUD_RATES (ENTRY) };
#undef ENTRY

  for (guint i = 0; i < G_N_ELEMENTS (rates); i++)
    if (rates[i] == baud)
      return TRUE;
  return FALSE;
}
