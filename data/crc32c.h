/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CRC-32C (Castagnoli), as iSCSI has it (RFC 3720, 12.1): polynomial 0x1EDC6F41 reflected, start and end
 * inverted. It finds every error of up to 32 bits in a row and, up to 2^31 bits, every two wrong bits. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

guint32 data_crc32c       (const guint8 *bytes, gsize length);
/* The same without the processor's own instruction. */
guint32 data_crc32c_plain (const guint8 *bytes, gsize length);

G_END_DECLS
