/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store.h"

G_DEFINE_QUARK (data-error-quark, data_error)
