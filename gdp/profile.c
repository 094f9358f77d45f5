/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "profile.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* comms/PROTOCOL.md 7 */
#define DI_CHANNEL   9
#define DO_CHANNEL   10
#define LAST_CHANNEL (GDP_REPORT_PULSE1 + GDP_REPORT_PULSES - 1)
#define FIRST_OUTPUT 8
/* Modbus Application Protocol V1.1b3, 6.1 and 6.3: one request returns at most 125 registers. */
#define MAX_READ 125
/* Reading over a small gap costs two bytes a register, a second request some thirty bytes and a turn-around. */
#define MAX_GAP 8

G_DEFINE_QUARK (gdp-profile-error-quark, gdp_profile_error)

static const char *const tables[] = {
  [GDP_TABLE_COILS]             = "coil",
  [GDP_TABLE_DISCRETE_INPUTS]   = "discrete-input",
  [GDP_TABLE_HOLDING_REGISTERS] = "holding-register",
  [GDP_TABLE_INPUT_REGISTERS]   = "input-register",
  [GDP_TABLE_REPORT_VALUES]     = "report",
  [GDP_TABLE_REPORT_BITS]       = "report-bit",
};

static const struct { const char *word; guint width; } types[] = {
  [GDP_REGISTER_BIT]   = { "bit",   1 },
  [GDP_REGISTER_U16]   = { "u16",   1 },
  [GDP_REGISTER_S16]   = { "s16",   1 },
  [GDP_REGISTER_U32]   = { "u32",   2 },
  [GDP_REGISTER_S32]   = { "s32",   2 },
  [GDP_REGISTER_FLOAT] = { "float", 2 },
};

guint
gdp_register_width (GdpRegisterType type)
{
  g_return_val_if_fail (type < G_N_ELEMENTS (types), 1);
  return types[type].width;
}

const char *
gdp_table_word (GdpTable table)
{
  g_return_val_if_fail (table >= GDP_TABLE_COILS && table < G_N_ELEMENTS (tables), "unknown");
  return tables[table];
}

gboolean
gdp_table_parse (const char *word, GdpTable *table)
{
  for (guint i = GDP_TABLE_COILS; i < G_N_ELEMENTS (tables); i++)
    if (g_strcmp0 (tables[i], word) == 0) {
      *table = i;
      return TRUE;
    }
  return FALSE;
}

const char *
gdp_register_type_word (GdpRegisterType type)
{
  g_return_val_if_fail (type < G_N_ELEMENTS (types), "unknown");
  return types[type].word;
}

gboolean
gdp_register_type_parse (const char *word, GdpRegisterType *type)
{
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (g_strcmp0 (types[i].word, word) == 0) {
      *type = i;
      return TRUE;
    }
  return FALSE;
}

gboolean
gdp_table_is_bits (GdpTable table)
{
  return table == GDP_TABLE_COILS || table == GDP_TABLE_DISCRETE_INPUTS || table == GDP_TABLE_REPORT_BITS;
}

gboolean
gdp_table_is_report (GdpTable table)
{
  return table == GDP_TABLE_REPORT_VALUES || table == GDP_TABLE_REPORT_BITS;
}

gboolean
gdp_profile_is_report (const GdpProfile *profile)
{
  return profile->n_registers > 0 && gdp_table_is_report (profile->registers[0].table);
}

/* A report's channels are numbered, not addressed: each takes one place, whatever its width. */
static guint
places_of (const GdpRegister *reg)
{
  return gdp_table_is_report (reg->table) ? 1 : gdp_register_width (reg->type);
}

/* What makes a channel of a report senseless, or NULL. */
static const char *
report_fault (const GdpRegister *reg)
{
  if (reg->table == GDP_TABLE_REPORT_BITS)
    return reg->address <= GDP_REPORT_MAGNET
           ? NULL : "bits of a report are 0..18: di1..di8, do1..do8, wire, cover, magnet";
  if (reg->address < 1 || reg->address > LAST_CHANNEL || reg->address == DI_CHANNEL || reg->address == DO_CHANNEL)
    return "channels of a report are 1..32 without 9 and 10, whose bits are in report-bit, and 33..48 for pulse1..pulse16";
  if (reg->address >= GDP_REPORT_PULSE1)
    return reg->type == GDP_REGISTER_U32 ? NULL : "pulse counters of a report are u32";
  if (reg->type != GDP_REGISTER_U16 && reg->type != GDP_REGISTER_S16 && reg->type != GDP_REGISTER_FLOAT)
    return "channels of a report are u16, s16 or float";
  return NULL;
}

/* What makes one register senseless, or NULL. */
static const char *
register_fault (const GdpRegister *reg)
{
  if (reg->channel == NULL || *reg->channel == '\0')
    return "it has no channel name";
  if (reg->table < GDP_TABLE_COILS || reg->table > GDP_TABLE_REPORT_BITS)
    return "its table is neither one of the four of Modbus nor one of a report";
  if (reg->type >= G_N_ELEMENTS (types))
    return "its type is unknown";
  if (gdp_table_is_bits (reg->table) != (reg->type == GDP_REGISTER_BIT))
    return "bits stand in coils and discrete inputs, numbers in registers";
  if (gdp_table_is_report (reg->table) && report_fault (reg) != NULL)
    return report_fault (reg);
  if (reg->address + places_of (reg) > 65536)
    return "it reaches beyond address 65535";
  if (!isfinite (reg->scale) || !isfinite (reg->offset) || reg->scale == 0.0)
    return "its scale must be a number other than 0, its offset a number";
  if (reg->writable && (reg->table == GDP_TABLE_DISCRETE_INPUTS || reg->table == GDP_TABLE_INPUT_REGISTERS
                        || reg->table == GDP_TABLE_REPORT_VALUES
                        || (reg->table == GDP_TABLE_REPORT_BITS
                            && (reg->address < FIRST_OUTPUT || reg->address >= GDP_REPORT_BITS))))
    return "inputs cannot be written";
  return NULL;
}

static int
by_place (const void *a, const void *b)
{
  const GdpRegister *x = a, *y = b;
  return x->table != y->table ? (int) x->table - (int) y->table : (int) x->address - (int) y->address;
}

static gboolean
check_channels (const char *name, const GdpRegister *registers, guint n_registers, GError **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < n_registers; i++) {
    const char *fault = register_fault (&registers[i]);
    const char *channel = registers[i].channel ? registers[i].channel : "";

    if (fault != NULL) {
      g_set_error (error, GDP_PROFILE_ERROR, GDP_PROFILE_ERROR_INVALID,
                   "Register profile “%s”, channel “%s” (register %u of the list): %s",
                   name, channel, i + 1, fault);
      return FALSE;
    }
    if (!g_hash_table_add (seen, (gpointer) channel)) {
      g_set_error (error, GDP_PROFILE_ERROR, GDP_PROFILE_ERROR_DUPLICATE,
                   "Register profile “%s” names channel “%s” twice; give each channel its own name",
                   name, channel);
      return FALSE;
    }
  }
  return TRUE;
}

/* @sorted by place: only neighbours can overlap, because the first overlap found is between neighbours. */
static gboolean
check_overlap (const char *name, const GdpRegister *sorted, guint n_registers, GError **error)
{
  for (guint i = 1; i < n_registers; i++) {
    const GdpRegister *a = &sorted[i - 1], *b = &sorted[i];

    if (a->table == b->table && a->address + places_of (a) > b->address) {
      g_set_error (error, GDP_PROFILE_ERROR, GDP_PROFILE_ERROR_OVERLAP,
                   "Register profile “%s”: channels “%s” (%s at %u) and “%s” (%s at %u) overlap in table %s",
                   name, a->channel, types[a->type].word, a->address,
                   b->channel, types[b->type].word, b->address, tables[a->table]);
      return FALSE;
    }
  }
  return TRUE;
}

/* @sorted by table: those of reports come last. */
static gboolean
check_one_way (const char *name, const GdpRegister *sorted, guint n_registers, GError **error)
{
  if (n_registers == 0
      || gdp_table_is_report (sorted[0].table) == gdp_table_is_report (sorted[n_registers - 1].table))
    return TRUE;
  g_set_error (error, GDP_PROFILE_ERROR, GDP_PROFILE_ERROR_INVALID,
               "Register profile “%s”: channel “%s” is of a report and “%s” of Modbus; a profile is one or the "
               "other: describe a slave behind a BBT in a profile of its own", name,
               sorted[n_registers - 1].channel, sorted[0].channel);
  return FALSE;
}

GdpProfile *
gdp_profile_new (const char *name, const char *title, const GdpRegister *registers, guint n_registers,
                 GError **error)
{
  if (name == NULL || *name == '\0') {
    g_set_error_literal (error, GDP_PROFILE_ERROR, GDP_PROFILE_ERROR_INVALID,
                         "A register profile needs a name");
    return NULL;
  }
  if (!check_channels (name, registers, n_registers, error))
    return NULL;

  g_autoptr (GdpProfile) profile = g_new0 (GdpProfile, 1);
  profile->name = g_strdup (name);
  profile->title = g_strdup (title);
  profile->registers = g_new0 (GdpRegister, n_registers);
  profile->n_registers = n_registers;
  profile->max_read = MAX_READ;
  profile->max_gap = MAX_GAP;
  for (guint i = 0; i < n_registers; i++) {
    profile->registers[i] = registers[i];
    profile->registers[i].channel = g_strdup (registers[i].channel);
  }
  if (n_registers > 1)
    qsort (profile->registers, n_registers, sizeof *registers, by_place);
  if (!check_one_way (name, profile->registers, n_registers, error)
      || !check_overlap (name, profile->registers, n_registers, error))
    return NULL;
  return g_steal_pointer (&profile);
}

GdpProfile *
gdp_profile_copy (const GdpProfile *profile)
{
  GdpProfile *copy = g_memdup2 (profile, sizeof *profile);

  copy->name = g_strdup (profile->name);
  copy->title = g_strdup (profile->title);
  copy->registers = g_memdup2 (profile->registers, profile->n_registers * sizeof *profile->registers);
  for (guint i = 0; i < copy->n_registers; i++)
    copy->registers[i].channel = g_strdup (copy->registers[i].channel);
  return copy;
}

void
gdp_profile_free (GdpProfile *profile)
{
  if (profile == NULL)
    return;
  for (guint i = 0; i < profile->n_registers; i++)
    g_free ((char *) profile->registers[i].channel);
  g_free (profile->registers);
  g_free (profile->name);
  g_free (profile->title);
  g_free (profile);
}

gboolean
gdp_register_is_event (const GdpRegister *reg)
{
  return (reg->table == GDP_TABLE_REPORT_VALUES && reg->address >= GDP_REPORT_PULSE1)
         || (reg->table == GDP_TABLE_REPORT_BITS && reg->address >= GDP_REPORT_WIRE);
}

double
gdp_register_wrap (const GdpRegister *reg)
{
  const double counts = 4294967296.0;   /* 2³²: PROTOCOL.md 8, PULSE */

  return reg->table == GDP_TABLE_REPORT_VALUES && gdp_register_is_event (reg) ? counts * fabs (reg->scale) : 0;
}

gboolean
gdp_register_is_output (const GdpRegister *reg)
{
  if (!reg->writable)
    return FALSE;
  if (reg->table == GDP_TABLE_REPORT_BITS)
    return reg->address >= FIRST_OUTPUT;
  return reg->table == GDP_TABLE_COILS
         || (reg->table == GDP_TABLE_HOLDING_REGISTERS && gdp_register_width (reg->type) == 1);
}

const GdpRegister *
gdp_profile_find (const GdpProfile *profile, const char *channel)
{
  for (guint i = 0; i < profile->n_registers; i++)
    if (g_strcmp0 (profile->registers[i].channel, channel) == 0)
      return &profile->registers[i];
  return NULL;
}

static double
number_of (const GdpRegister *reg, const guint16 *words)
{
  if (gdp_register_width (reg->type) == 1)
    return reg->type == GDP_REGISTER_S16 ? (gint16) words[0] : words[0];

  guint high = reg->words == GDP_WORDS_LOW_FIRST;
  guint32 bits = (guint32) words[high] << 16 | words[!high];
  float real;

  if (reg->type == GDP_REGISTER_S32)
    return (gint32) bits;
  if (reg->type == GDP_REGISTER_U32)
    return bits;
  memcpy (&real, &bits, sizeof real);   /* IEEE 754 single, as Modbus devices send it */
  return real;
}

double
gdp_register_decode (const GdpRegister *reg, const guint16 *words)
{
  return number_of (reg, words) * reg->scale + reg->offset;
}
