/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A register profile: what stands in which Modbus register of a kind of slave, or in which channel of a
 * BBT's reports. Data, not code. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The four readable tables of the Modbus Application Protocol V1.1b3, by their read function, and what a
 * BBT tells by itself: values by their channel 1..32 of comms/PROTOCOL.md 7 and, from 33 on, the counters of
 * PULSE; bits 0..7 of `di`, 8..15 of `do`, then those of SABOTAGE. A profile has the one or the other. */
typedef enum {
  GDP_TABLE_COILS = 1, GDP_TABLE_DISCRETE_INPUTS = 2,
  GDP_TABLE_HOLDING_REGISTERS = 3, GDP_TABLE_INPUT_REGISTERS = 4,
  GDP_TABLE_REPORT_VALUES = 5, GDP_TABLE_REPORT_BITS = 6,
} GdpTable;

/* Addresses of a report. Those of PULSE and SABOTAGE are told when something happens, not with every report. */
#define GDP_REPORT_CHANNELS 32
#define GDP_REPORT_PULSE1   33   /* … 48: pulse16 */
#define GDP_REPORT_PULSES   16
#define GDP_REPORT_BITS     16
#define GDP_REPORT_WIRE     16   /* bits: 1 = cut or short, … */
#define GDP_REPORT_COVER    17   /* … open, */
#define GDP_REPORT_MAGNET   18   /* … near */

typedef enum {
  GDP_REGISTER_BIT, GDP_REGISTER_U16, GDP_REGISTER_S16,
  GDP_REGISTER_U32, GDP_REGISTER_S32, GDP_REGISTER_FLOAT,
} GdpRegisterType;

typedef enum { GDP_WORDS_HIGH_FIRST, GDP_WORDS_LOW_FIRST } GdpWordOrder;

typedef struct {
  const char     *channel;   /* "ai1": what a point's source names */
  GdpTable        table;
  guint16         address;   /* 0-based, as on the wire */
  GdpRegisterType type;
  GdpWordOrder    words;
  double          scale;     /* signal = register × scale + offset; mA for current loops */
  double          offset;
  gboolean        writable;
} GdpRegister;

typedef struct {
  char        *name;         /* "upmp-12.4-a8-8" */
  char        *title;
  GdpRegister *registers;    /* sorted by table, address */
  guint        n_registers;
  guint        max_read;     /* registers merged into one request at most, default 125 (2000 bits) */
  guint        max_gap;      /* unused registers read over to merge two blocks, default 8 */
} GdpProfile;

guint gdp_register_width (GdpRegisterType type);   /* registers (or bits) it takes: 1 or 2 */

/* Takes @registers in any order. Error names both channels when two overlap, or one is doubled. */
GdpProfile *gdp_profile_new  (const char *name, const char *title,
                              const GdpRegister *registers, guint n_registers, GError **error);
GdpProfile *gdp_profile_copy (const GdpProfile *profile);
void        gdp_profile_free (GdpProfile *profile);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GdpProfile, gdp_profile_free)

/* Its channels come in a BBT's reports: nothing of it is read by Modbus. */
gboolean           gdp_profile_is_report (const GdpProfile *profile);
gboolean           gdp_table_is_report   (GdpTable table);
gboolean           gdp_table_is_bits     (GdpTable table);
/* PULSE or SABOTAGE tells it. */
gboolean           gdp_register_is_event  (const GdpRegister *reg);
/* At which number it begins again at 0, scaled; 0 = it does not count. */
double             gdp_register_wrap      (const GdpRegister *reg);
/* It can be switched: writable, and one coil, one register, or a BBT's own output. */
gboolean           gdp_register_is_output (const GdpRegister *reg);
const GdpRegister *gdp_profile_find (const GdpProfile *profile, const char *channel);

/* The number that @words (1 or 2 registers, host order; for bits 0 or 1) stand for, scaled. May be NaN for floats. */
double gdp_register_decode (const GdpRegister *reg, const guint16 *words);

const char *gdp_table_word (GdpTable table);             /* "coil", "discrete-input", "report", … */
gboolean    gdp_table_parse (const char *word, GdpTable *table);
const char *gdp_register_type_word (GdpRegisterType type);  /* "bit","u16","s16","u32","s32","float" */
gboolean    gdp_register_type_parse (const char *word, GdpRegisterType *type);

#define GDP_PROFILE_ERROR (gdp_profile_error_quark ())
typedef enum { GDP_PROFILE_ERROR_OVERLAP, GDP_PROFILE_ERROR_DUPLICATE, GDP_PROFILE_ERROR_INVALID } GdpProfileError;
GQuark gdp_profile_error_quark (void);

G_END_DECLS
