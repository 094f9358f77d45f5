/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A command of gdpctl, and what all of them share. */
#pragma once

#include <glib/gi18n.h>

#include "data/catalogue.h"
#include "data/store.h"
#include "moment.h"
#include "rows.h"

G_BEGIN_DECLS

/* The words of the command line, as options left them. */
typedef struct {
  const char *store, *user;               /* NULL = default */
  const char *password_file, *new_password_file;   /* NULL = asked on the terminal */
  gboolean    json, verbose;
  gboolean    check, follow, raw, yes, keyless;
  const char *confirm;
  const char *wanted, *model;             /* firmware: version, model that it is for */
  int         hardware;                   /* … and its revision, -1 = not given */
  gboolean    show, give_up, all, end;
  const char *name;                       /* of the command */
  const char *length;                     /* --for */
  const char *state, *comment, *site, *since, *until, *link, *outlet, *replaces, *step;
  const char *text, *about;               /* journal: what records hold, and their topic's word */
  int         limit, address, days;
  const char *export;                     /* figures: the file that they go to */
  gboolean    history, repair;
  char      **steps;                      /* done: their numbers; NULL = none */
  char      **words;                      /* what is no option; never NULL */
} CtlCall;

typedef gboolean (*CtlFunc) (const CtlCall *call, GError **error);

typedef struct {
  const char *name;
  const char *words;       /* "FILE…" for the help; NULL = takes none */
  guint       least;       /* words needed */
  const char *options;     /* letters of the options it takes, see main.c */
  const char *label;       /* what it does; English, marked for translation */
  CtlFunc     run;
} CtlCommand;

#define CTL_ERROR (ctl_error_quark ())
typedef enum { CTL_ERROR_USAGE, CTL_ERROR_FAILED } CtlError;
GQuark ctl_error_quark (void);
gboolean ctl_fail (GError **error, CtlError code, const char *format, ...) G_GNUC_PRINTF (3, 4);

/* What a store or server says, translated; see gdp/saying.h. (transfer full) */
char *ctl_saying (const char *text);
/* The same as a cell: in JSON as it was said. */
void  ctl_said   (CtlRows *rows, const char *key, const char *label, const char *text);

/* Rows in the form that @call asks for; @stream: each row is wanted at once. */
CtlRows   *ctl_call_rows  (const CtlCall *call, gboolean stream);
/* For anything but reading whoever acts is signed in, where passwords are asked. */
DataStore *ctl_call_store (const CtlCall *call, DataAccess access, GError **error);
/* The person who acts: --user, else whose connection to the @store (or NULL) it is, else the login name. Borrowed. */
const char *ctl_call_user (const CtlCall *call, DataStore *store);

/* The store, its configuration and its whole state: what most commands look at. */
typedef struct {
  DataStore   *store;
  GdpNetwork  *network;
  DataChanges *state;
} CtlView;
gboolean ctl_view_open  (CtlView *view, const CtlCall *call, DataAccess access, GError **error);
void     ctl_view_clear (CtlView *view);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CtlView, ctl_view_clear)

/* The first word names a site, or there is none: then @site is G_MAXUINT, "all". FALSE: no such site, or more words. */
gboolean ctl_view_site  (const CtlView *view, const CtlCall *call, guint *site, GError **error);
/* What @link's (key) BBT said of itself; NULL = it has never called. Borrowed. */
const GdpDevice *ctl_view_device (const CtlView *view, gint64 link);
/* A server whose heartbeat is fresh; NULL = none. Borrowed. */
const DataServer *ctl_view_server (const CtlView *view);
/* On a screen that shows numbers, silence of the server must not look like a quiet day. */
void     ctl_view_warn_without_server (const CtlView *view);
/* Of what waits for a server to be there. */
void     ctl_view_warn_later (const CtlView *view);
/* FALSE: nobody would carry out a command. */
gboolean ctl_view_needs_server (const CtlView *view, GError **error);
/* "GDP-003" of "GDP-003/outlet1.high"; NULL when @object is no site's. */
char *ctl_site_of (const char *object);

/* The BBT link that @id names. */
gboolean ctl_find_bbt (const CtlView *view, const char *id, guint *link, GError **error);

/* --since and --until (journal.c) as of @now, 0 = not given and no fallback. */
gboolean ctl_range         (const CtlCall *call, gint64 now, gint64 since_fallback, gint64 until_fallback, gint64 *since,
                            gint64 *until, GError **error);
void     ctl_reading_cells (CtlRows *rows, const GdpReading *reading, int decimals);

/* Commands to the server (post.c). (transfer full), NULL = could not be posted. */
DataCommand *ctl_post    (const CtlCall *call, const CtlView *view, const char *kind, const char *object,
                          gint64 argument, const char *detail, GError **error);
/* Until all of @commands (element-type DataCommand) have ended: then they are as the store has them. FALSE: they have
 * not within @patience µs and a little. */
gboolean     ctl_wait    (const CtlView *view, GPtrArray *commands, gint64 patience, GError **error);
/* Why a command that ended was not done, translated. (transfer full) */
char        *ctl_why_not (const DataCommand *command);

/* A network of one site, with the points that the catalogue proposes for @variant (passports.c). (transfer full), NULL = error. */
GdpNetwork  *ctl_proposed (const CtlCall *call, DataCatalogue *catalogue, const DataVariant *variant, DataOutlet outlet,
                           GError **error);

/* One file a group. */
gboolean ctl_import   (const CtlCall *call, GError **error);
gboolean ctl_export   (const CtlCall *call, GError **error);
gboolean ctl_passport (const CtlCall *call, GError **error);
gboolean ctl_variants (const CtlCall *call, GError **error);
gboolean ctl_sites    (const CtlCall *call, GError **error);
gboolean ctl_points   (const CtlCall *call, GError **error);
gboolean ctl_live     (const CtlCall *call, GError **error);
gboolean ctl_units    (const CtlCall *call, GError **error);
gboolean ctl_links    (const CtlCall *call, GError **error);
gboolean ctl_doctor   (const CtlCall *call, GError **error);
gboolean ctl_sessions (const CtlCall *call, GError **error);
gboolean ctl_servers  (const CtlCall *call, GError **error);
gboolean ctl_strangers (const CtlCall *call, GError **error);
gboolean ctl_alarms   (const CtlCall *call, GError **error);
gboolean ctl_incidents (const CtlCall *call, GError **error);
gboolean ctl_journal  (const CtlCall *call, GError **error);
gboolean ctl_figures  (const CtlCall *call, GError **error);
gboolean ctl_history  (const CtlCall *call, GError **error);
gboolean ctl_watch    (const CtlCall *call, GError **error);
gboolean ctl_decide   (const CtlCall *call, GError **error);
gboolean ctl_force    (const CtlCall *call, GError **error);
gboolean ctl_card     (const CtlCall *call, GError **error);
gboolean ctl_done     (const CtlCall *call, GError **error);
gboolean ctl_visit    (const CtlCall *call, GError **error);
gboolean ctl_limits   (const CtlCall *call, GError **error);
gboolean ctl_what_if  (const CtlCall *call, GError **error);
gboolean ctl_output   (const CtlCall *call, GError **error);
gboolean ctl_ask      (const CtlCall *call, GError **error);
gboolean ctl_archive  (const CtlCall *call, GError **error);
gboolean ctl_interface (const CtlCall *call, GError **error);
gboolean ctl_forget   (const CtlCall *call, GError **error);
gboolean ctl_approve  (const CtlCall *call, GError **error);
gboolean ctl_operators (const CtlCall *call, GError **error);
gboolean ctl_operator (const CtlCall *call, GError **error);
gboolean ctl_settings (const CtlCall *call, GError **error);
gboolean ctl_schedule (const CtlCall *call, GError **error);
gboolean ctl_firmware (const CtlCall *call, GError **error);
gboolean ctl_backup   (const CtlCall *call, GError **error);
gboolean ctl_restore  (const CtlCall *call, GError **error);
gboolean ctl_migrate  (const CtlCall *call, GError **error);
gboolean ctl_verify   (const CtlCall *call, GError **error);

G_END_DECLS
