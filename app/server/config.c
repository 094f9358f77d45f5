/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gdp/baud.h"

G_DEFINE_QUARK (server-config-error-quark, server_config_error)

/* A setter gets the structure that its group fills; FALSE: @value is not what `expects` says. */
typedef gboolean (*Setter) (gpointer target, const char *value);

typedef struct { const char *key, *expects; Setter set; } Key;

static gboolean
set_name (gpointer target, const char *value)
{
  ServerConfig *config = target;
  g_free (config->name);
  config->name = g_strdup (value);
  return *value != '\0';
}

static gboolean
set_store (gpointer target, const char *value)
{
  ServerConfig *config = target;
  g_free (config->store);
  config->store = g_strdup (value);
  return strchr (value, ':') != NULL;
}

static gboolean
set_patterns (GStrv *field, const char *value)
{
  g_strfreev (*field);
  *field = g_strsplit (value, ",", -1);
  for (char **pattern = *field; *pattern != NULL; pattern++)
    if (*g_strstrip (*pattern) == '\0')
      return FALSE;
  return **field != NULL;
}

static gboolean
set_links (gpointer target, const char *value)
{
  return set_patterns (&((ServerConfig *) target)->links, value);
}

static gboolean
set_reserve (gpointer target, const char *value)
{
  return set_patterns (&((ServerConfig *) target)->reserve, value);
}

static gboolean
matches (const GStrv patterns, const char *id)
{
  for (char **pattern = patterns; pattern != NULL && *pattern != NULL; pattern++)
    if (g_pattern_match_simple (*pattern, id))
      return TRUE;
  return FALSE;
}

ServerDuty
server_config_duty (const ServerConfig *config, const char *link)
{
  if (config->links != NULL && matches (config->links, link))
    return SERVER_DUTY_OWN;
  if (matches (config->reserve, link))
    return SERVER_DUTY_RESERVE;
  return config->links == NULL ? SERVER_DUTY_OWN : SERVER_DUTY_NONE;
}

static gboolean
set_spool (gpointer target, const char *value)
{
  ServerConfig *config = target;
  g_free (config->spool);
  config->spool = g_strdup (value);
  return g_path_is_absolute (value);
}

static gboolean
set_unsigned (guint *field, const char *value, guint low, guint high)
{
  guint64 number = 0;
  gboolean right = g_ascii_string_to_unsigned (value, 10, low, high, &number, NULL);
  *field = (guint) number;
  return right;
}

static gboolean
set_spool_most (gpointer target, const char *value)
{
  return set_unsigned (&((ServerConfig *) target)->spool_most, value, 0, 1 << 30);
}

static gboolean
set_disk_least (gpointer target, const char *value)
{
  return set_unsigned (&((ServerConfig *) target)->disk_least, value, 0, 1 << 30);
}

gboolean
server_config_split_address (const char *address, char **host, guint *port)
{
  const char *colon = strrchr (address, ':');
  guint64 number;

  if (colon == NULL || colon == address || !g_ascii_string_to_unsigned (colon + 1, 10, 0, G_MAXUINT16, &number, NULL))
    return FALSE;
  g_autofree char *name = g_strndup (address, (gsize) (colon - address));
  gsize length = strlen (name);
  if (name[0] == '[' && name[length - 1] == ']' && length > 2) {
    memmove (name, name + 1, length - 2);
    name[length - 2] = '\0';
  } else if (strpbrk (name, ":[]") != NULL)
    return FALSE;
  if (host != NULL)
    *host = g_steal_pointer (&name);
  if (port != NULL)
    *port = (guint) number;
  return TRUE;
}

static gboolean
set_listen (gpointer target, const char *value)
{
  ServerConfig *config = target;
  gboolean off = g_str_equal (value, "off");

  g_free (config->listen);
  config->listen = off ? NULL : g_strdup (value);
  return off || server_config_split_address (value, NULL, NULL);
}

static gboolean
set_udp (gpointer target, const char *value)
{
  ServerConfig *config = target;
  gboolean off = g_str_equal (value, "off");

  g_free (config->udp);
  config->udp = off ? NULL : g_strdup (value);
  return off || server_config_split_address (value, NULL, NULL);
}

static gboolean
set_keys (gpointer target, const char *value)
{
  ServerConfig *config = target;
  g_free (config->keys);
  config->keys = g_strdup (value);
  return g_path_is_absolute (value);
}

static gboolean
set_max_sessions (gpointer target, const char *value)
{
  return set_unsigned (&((ServerConfig *) target)->max_sessions, value, 1, 1000000);
}

/* "1/2" */
static gboolean
set_share (gpointer target, const char *value)
{
  CommsShare *share = &((ServerConfig *) target)->share;
  g_auto (GStrv) numbers = g_strsplit (value, "/", 3);
  guint part = 0, parts = 0;
  gboolean right = g_strv_length (numbers) == 2 && set_unsigned (&parts, numbers[1], 1, COMMS_SHARE_MOST)
                   && set_unsigned (&part, numbers[0], 1, parts);

  *share = (CommsShare) { (guint8) part, (guint8) parts };
  return right;
}

static gboolean
set_max_per_address (gpointer target, const char *value)
{
  return set_unsigned (&((ServerConfig *) target)->max_per_address, value, 0, 1000000);
}

static gboolean
set_seconds (double *field, const char *value, double low, double high)
{
  char *end;

  *field = g_ascii_strtod (value, &end);
  return end != value && *end == '\0' && *field >= low && *field <= high;
}

static gboolean
set_registration_time (gpointer target, const char *value)
{
  return set_seconds (&((ServerConfig *) target)->registration_time, value, 1, 600);
}

static gboolean
set_idle_time (gpointer target, const char *value)
{
  return set_seconds (&((ServerConfig *) target)->idle_time, value, 30, 65535);
}

static gboolean
set_bytes_per_minute (gpointer target, const char *value)
{
  return set_unsigned (&((ServerConfig *) target)->bytes_per_minute, value, 10000, 1000000000);
}

static gboolean
set_keep_readings (gpointer target, const char *value)
{
  return set_unsigned (&((ServerConfig *) target)->keep_readings, value, 0, 36525);
}

static gboolean
set_keep_days (gpointer target, const char *value)
{
  return set_unsigned (&((ServerConfig *) target)->keep_days, value, 0, 36525);
}

static gboolean
set_device (gpointer target, const char *value)
{
  ServerLine *line = target;
  g_free (line->device);
  line->device = g_strdup (value);
  return g_path_is_absolute (value);
}

static gboolean
set_tcp (gpointer target, const char *value)
{
  ServerLine *line = target;
  g_clear_pointer (&line->host, g_free);
  return server_config_split_address (value, &line->host, &line->port) && line->port != 0;
}

static gboolean
set_baud (gpointer target, const char *value)
{
  guint *baud = &((ServerLine *) target)->baud;
  return set_unsigned (baud, value, 1, G_MAXINT) && gdp_baud_exists (*baud);
}

static gboolean
set_parity (gpointer target, const char *value)
{
  static const struct { const char *word; char parity; } words[] = {
    { "none", 'N' }, { "even", 'E' }, { "odd", 'O' },
  };
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_str_equal (words[i].word, value)) {
      ((ServerLine *) target)->parity = words[i].parity;
      return TRUE;
    }
  return FALSE;
}

static gboolean
set_stop_bits (gpointer target, const char *value)
{
  return set_unsigned (&((ServerLine *) target)->stop_bits, value, 1, 2);
}

static const Key server_keys[] = {
  { "name", "a name that no other server of the store has", set_name },
  { "store", "a store URI such as sqlite:/var/lib/gdp/store.db", set_store },
  { "links", "ids of links, with * and ? for any, separated by commas", set_links },
  { "reserve", "ids of links, with * and ? for any, separated by commas", set_reserve },
  { NULL }
};
static const Key store_keys[] = {
  { "spool", "the absolute path of a file on this machine's disk", set_spool },
  { "spool-most", "MiB from 0 (no limit) to 1073741824", set_spool_most },
  { "disk-least", "MiB from 0 (no alarm) to 1073741824", set_disk_least },
  { NULL }
};
static const Key sessions_keys[] = {
  { "listen", "ADDRESS:PORT, [V6 ADDRESS]:PORT or off", set_listen },
  { "max-sessions", "a number from 1 to 1000000", set_max_sessions },
  { "share", "PART/PARTS such as 1/2, at most 64 parts", set_share },
  { "max-per-address", "a number from 0 (no limit) to 1000000", set_max_per_address },
  { "registration-time", "seconds from 1 to 600", set_registration_time },
  { "udp", "ADDRESS:PORT, [V6 ADDRESS]:PORT or off", set_udp },
  { "keys", "the absolute path of the file with the units' keys", set_keys },
  { "idle-time", "seconds from 30 to 65535", set_idle_time },
  { "bytes-per-minute", "a number from 10000 to 1000000000", set_bytes_per_minute },
  { NULL }
};
static const Key history_keys[] = {
  { "keep-readings", "days from 0 (for ever) to 36525", set_keep_readings },
  { "keep-days", "days from 0 (for ever) to 36525", set_keep_days },
  { NULL }
};
static const Key line_keys[] = {
  { "device", "the absolute path of a serial device such as /dev/ttyUSB0", set_device },
  { "baud", "one of" GDP_BAUD_WORDS, set_baud },
  { "parity", "none, even or odd", set_parity },
  { "stop-bits", "1 or 2", set_stop_bits },
  { "tcp", "HOST:PORT", set_tcp },
  { NULL }
};

static char *
key_names (const Key *keys)
{
  GString *names = g_string_new (keys->key);
  for (keys++; keys->key != NULL; keys++)
    g_string_append_printf (names, ", %s", keys->key);
  return g_string_free (names, FALSE);
}

static gboolean
read_group (GKeyFile *keys, const char *file, const char *group, const Key *known, gpointer target, GError **error)
{
  g_auto (GStrv) names = g_key_file_get_keys (keys, group, NULL, NULL);

  for (guint i = 0; names[i] != NULL; i++) {
    const Key *key = known;
    while (key->key != NULL && !g_str_equal (key->key, names[i]))
      key++;
    if (key->key == NULL) {
      g_autofree char *all = key_names (known);
      g_set_error (error, SERVER_CONFIG_ERROR, SERVER_CONFIG_ERROR_UNKNOWN,
                   "%s: [%s] %s: no such key; this group knows %s", file, group, names[i], all);
      return FALSE;
    }
    g_autofree char *value = g_key_file_get_string (keys, group, names[i], NULL);
    if (value == NULL || !key->set (target, g_strstrip (value))) {
      g_set_error (error, SERVER_CONFIG_ERROR, SERVER_CONFIG_ERROR_VALUE, "%s: [%s] %s=%s: must be %s",
                   file, group, names[i], value != NULL ? value : "?", key->expects);
      return FALSE;
    }
  }
  return TRUE;
}

static void
line_free (gpointer data)
{
  ServerLine *line = data;
  g_free (line->id);
  g_free (line->device);
  g_free (line->host);
  g_free (line);
}

static gboolean
read_line (ServerConfig *config, GKeyFile *keys, const char *file, const char *group, GError **error)
{
  ServerLine *line = g_new0 (ServerLine, 1);

  g_ptr_array_add (config->lines, line);
  line->id = g_strstrip (g_strdup (group + strlen ("line ")));
  if (!read_group (keys, file, group, line_keys, line, error))
    return FALSE;
  if (line->host != NULL && (line->device != NULL || line->baud != 0 || line->parity != 0 || line->stop_bits != 0)) {
    g_set_error (error, SERVER_CONFIG_ERROR, SERVER_CONFIG_ERROR_VALUE,
                 "%s: [%s] tcp: cannot stand beside device, baud, parity or stop-bits; keep one of them",
                 file, group);
    return FALSE;
  }
  return TRUE;
}

static gboolean
read_any_group (ServerConfig *config, GKeyFile *keys, const char *file, const char *group, GError **error)
{
  if (g_str_equal (group, "server"))
    return read_group (keys, file, group, server_keys, config, error);
  if (g_str_equal (group, "sessions"))
    return read_group (keys, file, group, sessions_keys, config, error);
  if (g_str_equal (group, "store"))
    return read_group (keys, file, group, store_keys, config, error);
  if (g_str_equal (group, "history"))
    return read_group (keys, file, group, history_keys, config, error);
  if (g_str_has_prefix (group, "line ") && group[strlen ("line ")] != '\0')
    return read_line (config, keys, file, group, error);
  g_set_error (error, SERVER_CONFIG_ERROR, SERVER_CONFIG_ERROR_UNKNOWN,
               "%s: [%s]: no such group; there are [server], [store], [sessions], [history] and [line NAME]", file, group);
  return FALSE;
}

static ServerConfig *
config_new (void)
{
  ServerConfig *config = g_new0 (ServerConfig, 1);
  config->listen = g_strdup (SERVER_DEFAULT_LISTEN);
  config->keep_readings = SERVER_DEFAULT_KEEP;
  config->spool_most = SERVER_DEFAULT_SPOOL_MOST;
  config->disk_least = SERVER_DEFAULT_DISK_LEAST;
  config->lines = g_ptr_array_new_with_free_func (line_free);
  return config;
}

void
server_config_free (ServerConfig *config)
{
  if (config == NULL)
    return;
  g_free (config->name);
  g_free (config->store);
  g_strfreev (config->links);
  g_strfreev (config->reserve);
  g_free (config->spool);
  g_free (config->listen);
  g_free (config->udp);
  g_free (config->keys);
  g_ptr_array_unref (config->lines);
  g_free (config);
}

ServerConfig *
server_config_parse (const char *file, const char *text, gsize length, GError **error)
{
  g_autoptr (ServerConfig) config = config_new ();
  g_autoptr (GKeyFile) keys = g_key_file_new ();
  g_autoptr (GError) reason = NULL;

  if (!g_key_file_load_from_data (keys, text, length, G_KEY_FILE_NONE, &reason)) {
    g_set_error (error, SERVER_CONFIG_ERROR, SERVER_CONFIG_ERROR_SYNTAX, "%s: %s", file, reason->message);
    return NULL;
  }
  g_auto (GStrv) groups = g_key_file_get_groups (keys, NULL);
  for (guint i = 0; groups[i] != NULL; i++)
    if (!read_any_group (config, keys, file, groups[i], error))
      return NULL;
  return g_steal_pointer (&config);
}

ServerConfig *
server_config_load (const char *path, GError **error)
{
  g_autofree char *text = NULL;
  gsize length;

  if (path == NULL)
    return config_new ();
  if (!g_file_get_contents (path, &text, &length, error))
    return NULL;
  return server_config_parse (path, text, length, error);
}

static const char *
keep (GdpNetwork *network, const char *string)
{
  return g_string_chunk_insert (network->strings, string);
}

static void
apply_line (const ServerLine *line, GdpNetwork *network, GdpLink *link)
{
  if (line->host != NULL) {
    link->kind = GDP_LINK_MODBUS_TCP;
    link->host = keep (network, line->host);
    link->port = (guint16) line->port;
  }
  if (line->device != NULL) {
    link->kind = GDP_LINK_MODBUS_RTU;
    link->device = keep (network, line->device);
  }
  if (line->baud != 0)
    link->baud = line->baud;
  if (line->parity != 0)
    link->parity = line->parity;
  if (line->stop_bits != 0)
    link->stop_bits = (guint8) line->stop_bits;
}

GPtrArray *
server_config_apply (const ServerConfig *config, GdpNetwork *network)
{
  GPtrArray *warnings = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < config->lines->len; i++) {
    const ServerLine *line = g_ptr_array_index (config->lines, i);
    guint link = gdp_network_find_link (network, line->id);

    if (link == G_MAXUINT)
      g_ptr_array_add (warnings, g_strdup_printf ("[line %s]: no passport names a link \"%s\"", line->id, line->id));
    else if (gdp_link_kind_dials_in (network->links[link].kind))
      g_ptr_array_add (warnings, g_strdup_printf ("[line %s]: \"%s\" is a link that dials in; it has no line here",
                                                  line->id, line->id));
    else
      apply_line (line, network, &network->links[link]);
  }
  return warnings;
}

static void
override (char **field, const char *option)
{
  if (option != NULL) {
    g_free (*field);
    *field = g_strdup (option);
  }
}

ServerConfig *
server_config_read (const ServerOptions *options, GError **error)
{
  ServerConfig *config = server_config_load (options->config, error);

  if (config != NULL) {
    override (&config->name, options->name);
    override (&config->store, options->store);
    override (&config->listen, options->listen);
    if (g_strcmp0 (config->listen, "off") == 0)
      g_clear_pointer (&config->listen, g_free);
  }
  return config;
}
