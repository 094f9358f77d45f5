/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The server's configuration file: a GKeyFile, documented key by key in
 * data/desktop/server.conf.example. What it does not know is an error, so that a misspelt key is
 * never silently without effect. */
#pragma once

#include "comms/handover.h"

G_BEGIN_DECLS

/* [line NAME]: where the link called NAME in the passports really is. Unset fields leave the
 * passport's value. */
typedef struct {
  char    *id;
  char    *device;     /* a serial line, or NULL */
  char    *host;       /* Modbus TCP, or NULL; never both */
  guint    port;       /* with host */
  guint    baud;       /* 0 = unset */
  char     parity;     /* 'N', 'E', 'O'; 0 = unset */
  guint    stop_bits;  /* 1 or 2; 0 = unset */
} ServerLine;

typedef struct {
  char      *name;               /* of the server; NULL = the host's name */
  char      *store;              /* URI; NULL = the default store */
  GStrv      links, reserve;     /* patterns of link ids; NULL = not given */
  char      *spool;              /* file to go on in while the store is away; NULL = none */
  guint      spool_most;         /* MiB that it may hold; 0 = no limit */
  guint      disk_least;         /* MiB: with less room on a disk that it writes to it is nearly full; 0 = never */
  char      *listen;             /* "0.0.0.0:7010"; NULL = take no sessions ("off" in the file) */
  char      *udp;                /* "0.0.0.0:7010" for BBTs; NULL = none */
  char      *keys;               /* file of the BBTs' keys, or NULL */
  guint      max_sessions;       /* 0 = the session server's default */
  CommsShare share;              /* of the units that dial in; parts 0 = all */
  guint      max_per_address;    /* 0 = no limit */
  double     registration_time;  /* seconds; 0 = the session server's default */
  double     idle_time;          /* of a BBT: likewise */
  guint      bytes_per_minute;   /* of a BBT; 0 = likewise */
  guint      keep_readings;      /* days that readings and figures of hours are kept; 0 = for ever */
  guint      keep_days;          /* days that figures of days are kept; 0 = for ever */
  GPtrArray *lines;              /* ServerLine*, owned */
} ServerConfig;

#define SERVER_DEFAULT_LISTEN "0.0.0.0:7010"
#define SERVER_DEFAULT_SPOOL_MOST 4096
#define SERVER_DEFAULT_DISK_LEAST 2048
#define SERVER_DEFAULT_KEEP   1098   /* three years, one of them a leap year, and two days */

typedef enum { SERVER_CONFIG_ERROR_SYNTAX, SERVER_CONFIG_ERROR_UNKNOWN, SERVER_CONFIG_ERROR_VALUE } ServerConfigError;
#define SERVER_CONFIG_ERROR (server_config_error_quark ())
GQuark server_config_error_quark (void);

/**
 * server_config_parse:
 * @file: the name, for messages
 *
 * Pure. The error names @file, the group and the key, and what would be right.
 */
ServerConfig *server_config_parse (const char *file, const char *text, gsize length, GError **error);
/* @path NULL: the defaults. */
ServerConfig *server_config_load  (const char *path, GError **error);
/* What the command line says; it comes before the configuration file. Strings borrowed for good. */
typedef struct {
  char *config;   /* file, or NULL */
  char *store, *name, *listen;   /* or NULL */
} ServerOptions;
/* The file, and what @options say before it. */
ServerConfig *server_config_read  (const ServerOptions *options, GError **error);
void          server_config_free  (ServerConfig *config);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ServerConfig, server_config_free)

/* Whose a link is, as far as configured: of all that it can reach a server takes its own, and of its reserve what its
 * owner leaves. */
typedef enum { SERVER_DUTY_NONE, SERVER_DUTY_OWN, SERVER_DUTY_RESERVE } ServerDuty;
ServerDuty server_config_duty (const ServerConfig *config, const char *link);

/* "host:port" or "[v6]:port" → its parts. FALSE when it is neither. */
gboolean server_config_split_address (const char *address, char **host, guint *port);

/**
 * server_config_apply:
 * @network: freshly loaded and not yet shared with anybody: its links are changed in place
 *
 * Puts the [line] sections over the network's links. Returns one warning a section that no link
 * answers to (element-type utf8); none is an empty array.
 */
GPtrArray *server_config_apply (const ServerConfig *config, GdpNetwork *network);

G_END_DECLS
