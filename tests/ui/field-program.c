/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ui-field STORE SITES [SETTING…] — a living store for programs under test: one turn a second until
 * killed. SETTING is POINT=VALUE, POINT~RAW (loop current) or mute:SITE; "+SECONDS:" before it delays it. */
#include "field.h"

#include <stdlib.h>
#include <string.h>

typedef struct { Field *field; const char *const *settings; guint turn; } Program;

static void
apply (Field *field, const char *setting)
{
  const char *sign = strpbrk (setting, "=~");
  g_autofree char *point = sign != NULL ? g_strndup (setting, sign - setting) : NULL;

  if (g_str_has_prefix (setting, "mute:"))
    field_mute (field, setting + strlen ("mute:"), TRUE);
  else if (point != NULL && *sign == '=')
    field_set (field, point, atof (sign + 1));
  else if (point != NULL)
    field_set_raw (field, point, atof (sign + 1));
  else
    g_error ("not a setting: %s", setting);
}

static gboolean
on_turn (gpointer data)
{
  Program *program = data;

  for (guint i = 0; program->settings[i] != NULL; i++) {
    const char *setting = program->settings[i], *colon = strchr (setting, ':');
    gboolean delayed = *setting == '+' && colon != NULL;

    if (program->turn == (delayed ? (guint) atoi (setting + 1) : 0))
      apply (program->field, delayed ? colon + 1 : setting);
  }
  program->turn++;
  field_turn (program->field);
  return G_SOURCE_CONTINUE;
}

int
main (int argc, char **argv)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Program program = { 0 };

  if (argc < 3) {
    g_printerr ("ui-field: usage: ui-field STORE SITES [SETTING…]\n");
    return 2;
  }
  program.field = field_new_at (argv[1], atoi (argv[2]));
  program.settings = (const char *const *) argv + 3;
  field_serve (program.field);
  on_turn (&program);
  g_print ("serving %s\n", argv[1]);
  g_timeout_add (1000, on_turn, &program);
  g_main_loop_run (loop);
}
