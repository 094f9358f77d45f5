/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "event-search.h"

#include "gdp/alarm.h"
#include "gdp/event.h"
#include "gdp/point.h"
#include "gdp/quality.h"
#include "gdp/remark.h"
#include "gdp/role.h"
#include "gdp/saying.h"
#include "gdp/session.h"
#include "value.h"

#include <glib/gi18n.h>
#include <string.h>

#define MOST     48
#define SHORTEST 3
#define LONG     5    /* bytes of a saying that is looked for anywhere; a shorter one only as a whole text */

typedef struct {
  char      *needle;   /* folded */
  GPtrArray *also;
} Search;

/* `text`, all of it, as the store has it: see DataJournalFilter. */
#define LINE "\n%s\n"

static gboolean
is_shown (const Search *search, const char *shown)
{
  g_autofree char *folded = shown != NULL ? g_utf8_casefold (shown, -1) : NULL;

  return folded != NULL && strstr (folded, search->needle) != NULL;
}

static void G_GNUC_PRINTF (2, 3)
add (Search *search, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_autofree char *text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  if (search->also->len < MOST && !g_ptr_array_find_with_equal_func (search->also, text, g_str_equal, NULL))
    g_ptr_array_add (search->also, g_steal_pointer (&text));
}

/* ---- words --------------------------------------------------------------------------------- */

static void
look_in_words (Search *search)
{
  for (GdpEventKind kind = 0; kind < GDP_N_EVENT_KINDS; kind++)
    if (is_shown (search, _(gdp_event_label (kind))))
      add (search, LINE, gdp_event_word (kind));
  for (guint i = GDP_REASON_NONE + 1; i <= GDP_REASON_OUT_OF_SERVICE; i++) {   /* not every number is one */
    GdpReason reason;
    if (gdp_reason_parse (gdp_reason_word (i), &reason) && reason == i && is_shown (search, _(gdp_reason_label (i))))
      add (search, LINE, gdp_reason_word (i));
  }
  for (GdpRole role = 0; role < GDP_N_ROLES; role++)
    if (is_shown (search, _(gdp_role_label (role))))
      add (search, LINE, gdp_role_word (role));
  for (GdpRemark remark = 0; remark < GDP_N_REMARKS; remark++)
    if (is_shown (search, _(gdp_remark_label (remark))))
      add (search, LINE, gdp_remark_word (remark));
}

/* The names that kinds of points give their states; a point's own stand in the store as they are. */
static void
look_in_states (Search *search)
{
  for (GdpPointKind kind = 0; kind < GDP_N_POINT_KINDS; kind++)
    for (guint i = 0; i < 2; i++) {
      const char *state = gdp_point_kind_info (kind)->states[i];
      if (state != NULL && is_shown (search, _(state)))
        add (search, LINE, state);
    }
}

/* The longest piece of @format between its conversions. (transfer full) */
static char *
longest_piece (const char *format)
{
  const char *best = "";
  gsize length = 0;

  for (const char *at = format; at != NULL; at = *at != '\0' ? gdp_saying_behind (at) : NULL) {
    gsize n = strcspn (at, "%");
    if (n > length) {
      best = at;
      length = n;
    }
    at += n;
    if (*at == '\0')
      break;
  }
  return g_strndup (best, length);
}

static void
look_in_sayings (Search *search)
{
  for (guint i = 0; gdp_saying_format (i) != NULL; i++) {
    const char *format = gdp_saying_format (i);
    g_autofree char *piece = longest_piece (format);
    if (!is_shown (search, _(format)))
      continue;
    if (strlen (piece) >= LONG)
      add (search, "%s", piece);
    else if (strchr (format, '%') == NULL)
      add (search, LINE, piece);
  }
  for (guint i = 0; gdp_session_reason_at (i) != NULL; i++)
    if (is_shown (search, _(gdp_session_reason_at (i))))
      add (search, "%s", gdp_session_reason_at (i));
}

/* "0,144" is stored as "0.144". */
static void
look_in_numbers (Search *search)
{
  g_autofree char *plain = g_strdup (search->needle);
  gboolean changed = FALSE;

  for (char *at = plain; *at != '\0'; at++)
    if (*at == ',' && at > plain && g_ascii_isdigit (at[-1]) && g_ascii_isdigit (at[1])) {
      *at = '.';
      changed = TRUE;
    }
  if (changed)
    add (search, "%s", plain);
}

/* ---- names --------------------------------------------------------------------------------- */

static void
look_in_conditions (Search *search)
{
  for (GdpCondition condition = 0; condition < GDP_N_CONDITIONS; condition++)
    for (guint8 level = 0; level < GDP_N_LEVELS; level++)
      if (is_shown (search, _(gdp_condition_label (condition, level))))
        add (search, ".%s\n", gdp_condition_word (condition));
}

static const char *
own_part (const char *id)
{
  const char *slash = strchr (id, '/');

  return slash != NULL ? slash : id;
}

/* Points of one name have one id within their sites, mostly: then that is looked for, else each. */
static void
look_in_points (Search *search, const GdpNetwork *network)
{
  g_autoptr (GHashTable) named = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) others = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) shown = g_hash_table_new (g_str_hash, g_str_equal);   /* names are few */

  for (guint i = 0; i < network->n_points; i++) {
    const char *name = ui_point_name (&network->points[i]);
    gpointer known = g_hash_table_lookup (shown, name);
    if (known == NULL) {
      known = GINT_TO_POINTER (is_shown (search, name) ? 1 : -1);
      g_hash_table_insert (shown, (gpointer) name, known);
    }
    g_hash_table_add (GPOINTER_TO_INT (known) > 0 ? named : others, (gpointer) own_part (network->points[i].id));
  }
  for (guint i = 0; i < network->n_points && search->also->len < MOST; i++) {
    const GdpPoint *point = &network->points[i];
    gboolean whole = g_hash_table_contains (others, own_part (point->id));
    if (!g_hash_table_contains (named, own_part (point->id)) || (whole && !is_shown (search, ui_point_name (point))))
      continue;
    add (search, "%s%s.", whole ? "\n" : "", whole ? point->id : own_part (point->id));   /* one of its alarms … */
    add (search, "%s%s\n", whole ? "\n" : "", whole ? point->id : own_part (point->id));  /* … or itself */
  }
}

static void
look_in_sites (Search *search, const GdpNetwork *network)
{
  for (guint i = 0; i < network->n_sites && search->also->len < MOST; i++)
    if (is_shown (search, network->sites[i].name))
      add (search, LINE, network->sites[i].id);
}

char **
ui_event_search_also (const char *needle, const GdpNetwork *network)
{
  g_autofree char *folded = g_utf8_casefold (needle, -1);
  Search search = { folded, g_ptr_array_new () };

  if (g_utf8_strlen (folded, -1) >= SHORTEST) {
    look_in_numbers (&search);
    look_in_words (&search);
    look_in_states (&search);
    look_in_conditions (&search);
    look_in_sayings (&search);
    if (network != NULL) {
      look_in_sites (&search, network);
      look_in_points (&search, network);
    }
  }
  g_ptr_array_add (search.also, NULL);
  return (char **) g_ptr_array_free (search.also, FALSE);
}
