/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The store: the only place where programs meet.
 *
 * A store is named by a URI ("sqlite:PATH" or "postgresql://HOST/DATABASE", which libpq reads). Everything that changes takes the next number of one sequence, in commit order;
 * a reader that remembers the last number it saw asks for "everything after N" and misses nothing.
 * A DataStore belongs to one thread at a time; several processes and threads open their own. */
#pragma once

#include "gdp/device.h"
#include "gdp/engine.h"
#include "gdp/firmware.h"
#include "gdp/role.h"
#include "gdp/session.h"
#include "gdp/stream-mark.h"
#include "gdp/traffic.h"

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct DataStore DataStore;

typedef enum {
  DATA_ACCESS_READ,     /* never writes; the store must exist */
  DATA_ACCESS_POST,     /* reads, posts commands, imports; creates and migrates the schema if it may */
  DATA_ACCESS_SERVE,    /* a server: commits measurements; creates and migrates likewise */
} DataAccess;

typedef enum {
  DATA_ERROR_URI,          /* not a store URI */
  DATA_ERROR_MISSING,      /* no such file, folder or database */
  DATA_ERROR_PERMISSION,   /* may not read or write it */
  DATA_ERROR_NOT_A_STORE,  /* some other file, truncated, corrupted */
  DATA_ERROR_NEWER,        /* written by a newer program */
  DATA_ERROR_BUSY,         /* locked longer than the time limit */
  DATA_ERROR_FULL,         /* no space */
  DATA_ERROR_IO,
  DATA_ERROR_CONFLICT,     /* what was to be changed has changed meanwhile */
  DATA_ERROR_REFUSED,      /* input that may not be stored */
  DATA_ERROR_DAMAGED,      /* an hour of history cannot be read; the rest can */
  DATA_ERROR_AWAY,         /* another database, in which a region's history is, cannot be reached */
  DATA_ERROR_SIGN_IN,      /* nobody, or another one, is signed in; a wrong password, or too soon after wrong ones */
  DATA_ERROR_UNSURE,       /* whether it is done is not known: the connection broke in the middle */
  DATA_ERROR_REPLACED,     /* another store has taken its place since it was opened, as data_store_restore () does */
} DataError;
#define DATA_ERROR (data_error_quark ())
GQuark data_error_quark (void);

/* "sqlite:$XDG_DATA_HOME/gdp/store.db" */
char      *data_default_uri (void);
/* @uri NULL = the default. The error says what is wrong with which file and what to do. */
DataStore *data_store_open  (const char *uri, DataAccess access, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Likewise, but a database that cannot be reached now is no error: whatever is asked of the store fails until it can, then
 * it is opened. */
DataStore *data_store_open_later (const char *uri, DataAccess access, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Whether the answer to a commit may be lost on the way, so that nobody knows whether it was. */
gboolean   data_store_is_remote (const DataStore *store);
void       data_store_close (DataStore *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DataStore, data_store_close)

/* ---- time ------------------------------------------------------------------------------- */

/* All that is dated in a store is dated by one clock, so that what machines decide between them (whether a command came in
 * time, whether a server lives, how old a value is) hangs on no clock of theirs: a database's own; a file's is that of the
 * machine that it is on. Wherever a function here takes the time now, it is this. */

#define DATA_CLOCKS_AGREE (1 * GDP_SECOND)   /* clocks that are no more than this apart count as one */

/* The store's time, µs: as it was when the store was opened or looked into last, and what has passed since. */
gint64   data_store_now   (DataStore *store);
/* FALSE: the store has no clock of its own. Else by how much it was ahead of this machine's clock then, µs; 0 when they
 * cannot be told apart. */
gboolean data_store_clock (DataStore *store, gint64 *ahead);

/* ---- configuration ---------------------------------------------------------------------- */

/* The whole configuration as committed last; its `revision` is set, its keys are the store's. */
GdpNetwork *data_store_network (DataStore *store, GError **error);
gint64      data_store_revision (DataStore *store, GError **error);  /* -1 on error; cheap */

/* Adds or replaces the sites and links of @network in one transaction: all or nothing, journaled
 * with @who, who must be allowed to (GDP_ACT_CONFIGURE). Objects keep their keys by id; points that a site's passport no longer names are
 * retired (their history stays). @now: µs. */
gboolean    data_store_import (DataStore *store, const GdpNetwork *network, const char *who,
                               gint64 now, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* ---- operators: who may do what ------------------------------------------------------------ */

typedef struct {
  char   *name;
  GdpRole role;
  gint64  since;                 /* µs */
  char   *who;                   /* gave the role */
  gboolean password;             /* has one; where the database knows its users: whether it asked this one for it */
} DataOperator;
void       data_operator_free (DataOperator *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DataOperator, data_operator_free)

/* In order of name. While there are none, everybody may do everything: a laptop that commissions. */
GPtrArray *data_store_operators (DataStore *store, GError **error);
/* Durable and journaled with @who, who must be allowed to. REFUSED: @who may not, or no administrator would be
 * left. GDP_N_ROLES takes @name off the list; the last one may go, then everybody may do everything again. */
gboolean   data_store_appoint (DataStore *store, const char *name, GdpRole role, const char *who, gint64 now,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* REFUSED: @who may not, the message says why. */
gboolean   data_store_may (DataStore *store, const char *who, GdpAct act, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What @who is; an administrator while there are no operators. REFUSED: none. */
gboolean   data_store_role (DataStore *store, const char *who, GdpRole *role, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* ---- who acts ------------------------------------------------------------------------------- */

/* Whatever a person does carries a name. While no operator has a password, names are taken on trust. Once one has, all that
 * a store opened for posting takes in a person's name (commands, imports, firmware, roles, passwords) is refused with SIGN_IN
 * unless that person is signed in on this very DataStore, and is no more when the password is changed or the operator
 * gone. In a file this binds our own programs: whoever may write the file can write anything. Where a database knows its
 * users, the connection's own user is the person, and to sign another one in is to connect anew as that one. */

/* Whose connection it is, where the database itself knows who may what: that person acts on it, in no other name, and need
 * not sign in. NULL = names and passwords are the store's own. Borrowed, until somebody signs in or out. */
const char *data_store_user         (DataStore *store);

/* Lets @name in, in place of whoever was; on failure nothing changes. Takes as long as data_password_hash() says. @where:
 * the desk at which the person sits down, journaled with who leaves it and comes to it; NULL = for what follows only, not
 * journaled. A wrong password always is, and after some nobody is let in for a while: see data_password_pause(). */
gboolean    data_store_sign_in      (DataStore *store, const char *name, const char *password, const char *where, gint64 now,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* @why: for the journal, or NULL. */
void        data_store_sign_out     (DataStore *store, const char *why, gint64 now);
/* Who is signed in, and still may be. Borrowed; NULL = nobody. */
const char *data_store_person       (DataStore *store);
/* Durable and journaled, the password never. @who: @name, or who may GDP_ACT_APPOINT. REFUSED: @who may not, it will not do
 * (data_password_fault), @name is no operator, or no administrator with a password would be left. */
gboolean    data_store_set_password (DataStore *store, const char *name, const char *password, const char *who, gint64 now,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* ---- commands: from a person to the owning server, and the result back ------------------- */

typedef enum { DATA_COMMAND_POSTED, DATA_COMMAND_TAKEN, DATA_COMMAND_DONE,
               DATA_COMMAND_FAILED, DATA_COMMAND_EXPIRED } DataCommandState;

typedef struct {
  gint64           id, seq;
  DataCommandState state;
  char            *kind;       /* "ack", "output" … */
  char            *object;     /* alarm id, point id … */
  gint64           argument;   /* ack, reset, shelve, out-of-service, done: the occurrence seen; output: the state wanted, 0 or 1 */
  char            *detail;     /* output: "select", whose result when done is a token of 8 hexadecimal digits, then
                                * within 30 s "operate TOKEN" or "release TOKEN" by the same person; shelve: until when, and
                                 * the end of the shelving that was seen or 0, µs: "1764000000000000 0"; force (object
                                 * "<point>.forced"): likewise, and the value: "1764000000000000 0 0.31"; limits: as
                                 * limit-words.h has them what is wanted, a line feed, what was seen of the same; done: the
                                 * steps, as gdp_card_read_done () reads them. Else NULL */
  char            *who, *where;/* person; program and host, e.g. "gdpctl@desk-2" */
  char            *comment;    /* or NULL; shelve, out-of-service, force, limits: the reason, which they must have */
  gint64           posted, expires;  /* µs */
  char            *result;     /* why it failed, or what more there is to say, English; NULL = nothing */
  char            *taker;      /* the server that took it, or NULL */
} DataCommand;
DataCommand *data_command_copy (const DataCommand *command);
void         data_command_free (DataCommand *command);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DataCommand, data_command_free)
const char  *data_command_state_word (DataCommandState state);
/* It failed, as far as anybody can tell: it may be done all the same. */
gboolean     data_command_is_unsure  (const DataCommand *command);

#define DATA_COMMAND_LIFE (10 * GDP_SECOND)   /* a command nobody took by then is never executed */

/* A person's command ends in exactly one of three ways: done or failed, in the commit that holds
 * its effects; expired, because no server took it in time; failed with "server restarted", because
 * the server that took it died before that commit, in which case nothing of it happened in the store.
 * Only of an "output" may something have happened in the field: its server, when it is back, says in the
 * result what is read back of it, and never repeats it by itself. What a server that does not come back had taken
 * is ended by the others, data_store_end_lost().
 *
 * Durable on return; @command's id is set. posted and expires are filled in from @now. UNSURE: it may be posted. */
gboolean data_store_post (DataStore *store, DataCommand *command, gint64 now, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Marks posted commands past their time as expired (anyone may; a server that takes one at the
 * same moment wins or loses as a whole). */
gboolean data_store_expire_commands (DataStore *store, gint64 now, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* ---- the server's side ------------------------------------------------------------------- */

typedef struct {
  gint64 id;  char *result;  gboolean ok;
} DataCommandResult;

/* The commands that nobody has taken yet, oldest first; element-type DataCommand, late ones among them. Cheap. */
GPtrArray *data_store_posted_commands (DataStore *store, GError **error);

/* Takes the command before it is executed: from here on it cannot expire, and no other server can
 * take it. CONFLICT: it is not posted any more (expired, or another's); then do nothing. Durable.
 * The result goes with the effects into one data_store_commit (). */
gboolean data_store_take_command (DataStore *store, gint64 id, const char *server, gint64 now, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/* Executes a command that is posted, "limits": the point, its history and the command's end in one transaction, with a new
 * revision of the configuration. The journal has before, after, who and why. REFUSED: it makes no sense, there is no such
 * point, or its limits are not those that were seen; CONFLICT: it is not open any more. Then nothing has changed, nor has
 * the command. Durable. */
gboolean data_store_change_limits (DataStore *store, const DataCommand *command, gint64 now, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/* What one commit holds. Strings and objects are borrowed for the call. */
typedef struct {
  const GdpChanges *changes;     /* or NULL */
  GArray           *results;     /* DataCommandResult, or NULL */
  const GArray     *marks;       /* GdpStreamMark, or NULL; any number a stream, the furthest counts */
  const GArray     *forgotten;   /* gint64, keys of links whose marks of before are forgotten first; or NULL */
  const GPtrArray  *devices;     /* GdpDevice*, or NULL */
  const GPtrArray  *sessions;    /* GdpSession*, or NULL: begun or ended, in order */
  const GPtrArray  *wishes;      /* GdpWish*, or NULL: state, changed, boot and reason of those that still stand */
  gint64            now;         /* µs */
  gboolean          durable;     /* TRUE: on disk before return (alarms, results, unit data to be acknowledged) */
  /* Whose it is: of a server's run (any number that no other of its runs has) the batches are numbered from 1 on, and
   * given in that order. One that comes again is known, and nothing of it committed twice. NULL: it has no number. */
  const char       *server;
  gint64            run, number;
} DataBatch;

/* One transaction, then readers are woken. On success @seq (optional) is the last number given; a batch that was
 * committed before is a success, too.
 * CONFLICT: a command of `results` was neither posted nor taken any more; nothing was committed. */
gboolean data_store_commit (DataStore *store, const DataBatch *batch, gint64 *seq, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/* Batches of one server's run that waited while the store was away (spool.h): all of them or none, in one transaction. Of
 * links that another server holds by now, the state of alarms, contacts and devices is that server's, and left out
 * of @batches; their readings count as received now, so that none takes the place of a newer one. CONFLICT: as above.
 * REFUSED, if there are several: also when one of them is committed. */
gboolean data_store_commit_late (DataStore *store, DataBatch *const *batches, guint n, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/* How far every unit's streams are committed (GdpStreamMark, in order of link and stream): what a server
 * starts from. A mark never goes back; those of a link are forgotten when its serial changes or a
 * commit says so. */
GArray  *data_store_marks  (DataStore *store, GError **error);

typedef struct {
  gint64  seq;
  char   *name;                  /* of the server, unique in the store */
  char   *version, *host;
  gint64  pid;                   /* 0 = stopped in good order */
  char   *machine;               /* that gives out the process ids: two of one host's name may be two */
  gint64  started, heartbeat;    /* µs */
  gint64  clock;                 /* µs that its machine's clock is ahead of the store's */
  guint   queue;                 /* reports waiting for the engine */
  gint64  samples;               /* committed since start */
  char   *trouble;               /* what ails it, English, NULL = nothing */
  guint   spooled;               /* batches that wait in its spool: what is shown of its part is not all there is */
  gint64  spooled_since;         /* µs: when the oldest of them was to be committed; 0 = none waits */
} DataServer;
DataServer *data_server_copy (const DataServer *server);
void        data_server_free (DataServer *server);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DataServer, data_server_free)

#define DATA_RUN_KEPT (60 * G_GINT64_CONSTANT (86400) * GDP_SECOND)   /* so long a batch that comes again is known */
#define DATA_SERVER_DEAD (5 * GDP_SECOND)     /* heartbeat older than this: another server may take over */
#define DATA_SERVER_LOST 15000000             /* µs: … than this: what it took and did not finish has failed */
#define DATA_OUTPUT_LOST 60000000             /* likewise, of an output */

/* Commands that servers took which are lost are failed: whether they were done is not known. Anyone who serves may say so;
 * a server that comes back and knows better does. */
gboolean data_store_end_lost (DataStore *store, gint64 now, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Registers @server under its name (its `heartbeat` is the time now); commands that an earlier run
 * took and did not finish become failed, but those of kind "output". The journal's record of it is the server's own. Refused
 * (CONFLICT, naming pid and host) while another process with that name has a fresh heartbeat and, on
 * this host, is alive. */
gboolean data_store_start_server (DataStore *store, const DataServer *server, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* CONFLICT: another process has taken over this name. */
gboolean data_store_heartbeat    (DataStore *store, const DataServer *server, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* All that ever were (DataServer), by name; NULL with an error. */
GPtrArray *data_store_servers    (DataStore *store, GError **error);
/* pid becomes 0; the server's links are free again. */
gboolean data_store_stop_server  (DataStore *store, const DataServer *server, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Takes those of the @n @links (keys) for @server that no other living server holds, in one transaction.
 * @refusals: (out): room for @n strings: NULL = it is @server's, else who holds it, English, to be freed.
 * A device on it is not connected any more: its session was with whoever held the link before. Nothing changes
 * for a link that @server has already: its sessions go on. FALSE: nothing has changed, and all refusals are NULL. */
gboolean data_store_claim_links  (DataStore *store, const gint64 *links, gsize n, const DataServer *server, gint64 now,
                                  char **refusals, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same for one; held by another it is FALSE with CONFLICT. */
gboolean data_store_claim_link   (DataStore *store, gint64 link, const DataServer *server, gint64 now, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/* @server has ended what it had open on those of the @n @links that are its own, in one transaction: no device on
 * them is connected. Unless it is to @keep them, they are free for others. */
gboolean data_store_leave_links  (DataStore *store, const gint64 *links, gsize n, const DataServer *server, gboolean keep,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Statistics of a link or unit, for `gdpctl links|units` and the link panel; written by the server
 * every few seconds, not part of the feed's guarantees. */
typedef struct {
  gboolean link;  gint64 key;
  char    *owner;                 /* server holding it; NULL = nobody */
  guint64  requests, good, timeouts, crc_errors, exceptions, wrong, reconnects, bytes_in, bytes_out;
  guint    response_us;           /* median of the answers of the last hour, µs; 0 = none */
  char    *total, *lately;        /* all that was counted: since `since`, and in the last half to whole hour, as
                                     gdp_traffic_parse() reads it; NULL = nothing. The counters above are of the total */
} DataTraffic;
void     data_traffic_clear (DataTraffic *traffic);
gboolean data_store_put_traffic (DataStore *store, const DataTraffic *traffic, gsize n, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
GArray  *data_store_traffic     (DataStore *store, GError **error);   /* DataTraffic, with clear func */
/* Of one link or unit: nothing but zeros when nothing was written of it. @traffic: (out), to be cleared. */
gboolean data_store_traffic_of  (DataStore *store, gboolean link, gint64 key, DataTraffic *traffic, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/* How it is with one link or unit, by its key. @contact: (out) (transfer full, nullable): NULL = nothing is known yet. */
gboolean data_store_contact_of  (DataStore *store, gboolean link, gint64 key, GdpContactInfo **contact, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/* A caller that a server turned away. Written every few seconds when there was one, like the statistics. */
typedef struct {
  gint64  seq;
  char   *server;                 /* that refused it */
  char   *address;                /* "10.0.3.7" */
  char   *serial;                 /* of a BBT; NULL = it spoke another language */
  char   *text;                   /* what it said, printable: a registration string; of a BBT also model and IMEI */
  char   *why;                    /* English: "unknown serial" */
  gint64  first, last;            /* µs; first and count: since the server started */
  gint64  count;
} DataStranger;
DataStranger *data_stranger_copy (const DataStranger *stranger);
/* What it is called by: its serial, or its registration string as far as its line goes; "" = it said nothing. (transfer full) */
char         *data_stranger_name (const DataStranger *stranger);
void          data_stranger_free (DataStranger *stranger);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DataStranger, data_stranger_free)

#define DATA_STRANGERS_MOST 256   /* kept a server: the latest */
/* Element-type DataStranger, of server @server. Those too many, the oldest, are forgotten. */
gboolean data_store_put_strangers (DataStore *store, const char *server, const GPtrArray *strangers, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/* ---- firmware --------------------------------------------------------------------------- */

/* What is wanted outlives the server: whoever serves the link sends it, and goes on after a restart. */

/* Wishes that each of @links (@n keys) get @image; of @wish count version, model and hardware. All or none; durable and
 * journaled with @who, who must be allowed to (GDP_ACT_FIRMWARE). REFUSED: @who may not, or another firmware is under
 * way to one of them. Whether it fits is the caller's to ask, gdp_firmware_fit(); the unit has the last word. */
gboolean   data_store_want_firmware    (DataStore *store, const GdpWish *wish, GBytes *image, const gint64 *links, guint n,
                                        const char *who, gint64 now, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Likewise, that what is under way to them is given up. REFUSED: nothing is, or a unit is just installing it. */
gboolean   data_store_give_up_firmware (DataStore *store, const gint64 *links, guint n, const char *who, gint64 now,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* GdpWish that changed after number @since, in that order. Cheap when there are none. */
GPtrArray *data_store_wishes           (DataStore *store, gint64 since, GError **error);
/* The image, its digest checked. One that no open wish is for may be gone (MISSING). (transfer full) */
GBytes    *data_store_firmware         (DataStore *store, const char *digest, GError **error);

/* ---- the log of sessions ---------------------------------------------------------------- */

/* What is kept of each link: so long, and so many (and now and then a few more). */
#define DATA_SESSIONS_KEPT (400 * 24 * 3600 * GDP_SECOND)
#define DATA_SESSIONS_MOST 4000

typedef struct {
  gint64 link;            /* key, 0 = all */
  gint64 since;           /* µs: what was open then or later; 0 = all that is kept */
  guint  limit;           /* newest N, 0 = 1000 */
} DataSessionFilter;
/* GdpSession, newest first. Those that a server had open when it died are closed at their last sign of life, by
 * whichever server claims the link next. */
GPtrArray *data_store_sessions (DataStore *store, const DataSessionFilter *filter, GError **error);

/* ---- the reader's side: state and feed --------------------------------------------------- */

typedef struct {
  gint64     seq;           /* remember this, ask again with it */
  gboolean   whole;         /* TRUE: this is the complete state, forget what you had */
  gint64     revision;      /* of the configuration; reload the network when it changed */
  GArray    *readings;      /* GdpReading, oldest first; when `whole`, one a point: its newest by source time.
                             * Else late records are among them: what is shown moves to a newer time only */
  GPtrArray *alarms;        /* GdpAlarm* */
  GPtrArray *events;        /* GdpEvent*, oldest first (none when `whole`) */
  GPtrArray *contacts;      /* GdpContactInfo* */
  GPtrArray *devices;       /* GdpDevice*: those that changed */
  GPtrArray *commands;      /* DataCommand* that were posted or changed (when `whole`: those not finished) */
  GPtrArray *servers;       /* DataServer* */
  GPtrArray *strangers;     /* DataStranger*: those that called again; one that is forgotten is not told */
  GPtrArray *wishes;        /* GdpWish*: those that changed */
} DataChanges;
DataChanges *data_changes_new  (void);
void         data_changes_free (DataChanges *changes);
gboolean     data_changes_empty (const DataChanges *changes);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DataChanges, data_changes_free)

#define DATA_CHANGES_MOST 1000000   /* a reader further behind than this gets the whole state */

/* Everything after @since, from one consistent view; with 0, or when @since is older than the hot
 * rows that are kept or more than DATA_CHANGES_MOST behind, the whole state (`whole` is set). */
DataChanges *data_store_changes (DataStore *store, gint64 since, GError **error);

/* A descriptor that becomes readable when somebody committed; owned by the store. Call
 * data_store_woken() to drain it, then read the changes. Wake-ups may be spurious or, rarely,
 * lost: also look once a second. */
int  data_store_wake_fd (DataStore *store, GError **error);
void data_store_woken   (DataStore *store);
/* For threads without a main loop: waits for a commit or @timeout (µs). TRUE when woken. */
gboolean data_store_wait (DataStore *store, gint64 timeout);

typedef struct {
  const char *site;       /* NULL = all */
  const char *object;     /* NULL = all */
  const char *text;       /* NULL, or what kind (its word), site, object, who, before, after or text must contain, in
                           * whatever case. A line feed in it is where one of these, in this order, begins or ends */
  const char *const *also;   /* NULL-terminated, or NULL: with `text`, what they may contain instead */
  GdpTopic    topic;         /* only what is about it */
  gint64      since, until;  /* learned, µs; 0 = open */
  gint64      before_seq;    /* 0, or only older than this: paging backwards */
  gint64      after_seq;     /* only newer than this: paging onwards, with `onwards` */
  gboolean    onwards;       /* oldest first, and of what is found the oldest N */
  guint       limit;         /* newest N, 0 = 1000 */
} DataJournalFilter;
/* Newest first, unless `onwards`. @hidden (optional): how many records of the journal the filter and limit leave out.
 * A page of a site's or with a text is found by an index that data_store_seal() keeps up: in milliseconds among millions;
 * the latest, not indexed yet, and what is asked for `onwards` are looked through. */
GPtrArray *data_store_journal (DataStore *store, const DataJournalFilter *filter, guint64 *hidden, GError **error);
/* GdpAlarm, all that the store has, and nothing else of its state. */
GPtrArray *data_store_alarms  (DataStore *store, GError **error);
/* Journals @event, of a flood's beginning or end, unless one was journaled after @seq: then whoever judged did not know it.
 * So of several servers that see the same one tells it. @noted: (out): whether it was. Durable. */
gboolean   data_store_note_flood (DataStore *store, const GdpEvent *event, gint64 seq, gboolean *noted, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/* The alarms' records of the journal, from the first on in its order; each is @func's to read, not to keep. In many short
 * reads: commits go on beside it. @cancellable: or NULL; then G_IO_ERROR_CANCELLED. */
typedef void (*DataEventFunc) (const GdpEvent *event, gpointer user_data);
gboolean data_store_alarm_events (DataStore *store, DataEventFunc func, gpointer user_data, GCancellable *cancellable,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* How many records the journal has, and the hash of the last one, in hexadecimal digits. */
typedef struct { gint64 count; char hash[65]; } DataJournalHead;
gboolean data_store_journal_head (DataStore *store, DataJournalHead *head, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Changes of the limits of @point (its id), by whatever way: GdpEvent, newest first; @limit: at most, 0 = 1000. */
GPtrArray *data_store_limit_changes (DataStore *store, const char *point, guint limit, GError **error);

/* Raw samples of one point, since <= time < until, oldest first; @func returns FALSE to stop. Those that came in
 * later than others of the same time are behind them, but for those that no hour takes. `seq` is 0 of those in sealed
 * hours. DAMAGED: @func has got all that can be read; the error names point and hour of the first that cannot. */
typedef gboolean (*DataReadingFunc) (const GdpReading *reading, gpointer user_data);
gboolean data_store_history (DataStore *store, gint64 point, gint64 since, gint64 until,
                             DataReadingFunc func, gpointer user_data, GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
  gint64   point;          /* key */
  gint64   since, width;   /* µs; of the first bar, and how wide each is */
  guint    n;              /* bars, 1 … DATA_BARS_MOST */
  gint64   hold;           /* µs: how long a value stands, data_hold_of() */
  gint64   now;            /* nothing stands beyond */
  gboolean exact;          /* as of data_level_choose () */
} DataTrendQuery;
#define DATA_BARS_MOST 100000
/* DataBar (trend.h), one of each width: from the coarsest figures that lose no extremes, so that any span takes a few
 * rows. @damage: (out, optional): what of it could not be read. (transfer full) */
GArray  *data_store_trend   (DataStore *store, const DataTrendQuery *query, GError **damage, GError **error);
/* The same of @n at once, GArray* in their order, all of one moment. Those that differ only in point and hold, as pens of a
 * chart do, are read together. (transfer full) */
GPtrArray *data_store_trends (DataStore *store, const DataTrendQuery *queries, guint n, GError **damage, GError **error);

/* How history is kept. */
typedef struct {
  gint64      now;         /* µs */
  gint64      quiet;       /* µs: what came in since stays as it is */
  gint64      grace;       /* µs after an hour's end, when what came in until then is sealed … */
  gint64      hot_most;    /* … or when there are more rows */
  gint64      keep_hours;  /* µs: readings and figures of hours; 0 = for ever */
  gint64      keep_days;   /* µs: figures of days, by whole years; 0 = for ever */
  const gint *stop;        /* atomic, or NULL: when it is not 0, it goes on next time */
} DataSealing;
#define DATA_SEALING_USUAL { .quiet = 30 * GDP_SECOND, .grace = 600 * GDP_SECOND, .hot_most = 100000, \
                             .keep_hours = G_GINT64_CONSTANT (3) * 366 * 24 * 3600 * GDP_SECOND }

/* Indexes what is due of the journal, seals what is due of history, packs the figures of days that are over, lets go what is kept no longer; a moment when nothing is
 * due. In many short transactions: commits go on beside it, on other connections; killed at any moment it goes on
 * where it was. Servers that share a store may all call it. @network: for resolutions and how long values stand.
 * @sealed: (out): readings moved. FALSE with AWAY: a region's database is; everything else is done. */
gboolean data_store_seal    (DataStore *store, const GdpNetwork *network, const DataSealing *how, guint64 *sealed,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Integrity of the file and of the journal's hash chain. @report: lines of what was looked at and
 * found; FALSE with an error naming the first broken record, or else the region that could not be looked at. */
gboolean data_store_verify (DataStore *store, GString *report, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Makes figures of months and years that are damaged anew where all hours that they are of are sound, each of which goes into
 * the journal as @who's doing; who may restore the store may do it. Of a year whose first months are kept no longer it is
 * the rest. @report: a line for each, also for what cannot be made and why. Other programs go on meanwhile. */
gboolean data_store_repair (DataStore *store, const GdpNetwork *network, const char *who, gint64 now, GString *report,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* ---- copies ------------------------------------------------------------------------------ */

/* A copy of the store in a new file @path, of one moment, while programs go on with it; on disk, of mode 0600, and
 * verified on return. REFUSED: @path is there already. An hour of history that is damaged is copied as it is, with a
 * warning; history that databases of regions keep is not in it, which is said. A PostgreSQL store takes pg_dump, pg_restore and psql (MISSING: they are not installed); of one of an older
 * program it can be made, too. */
gboolean data_store_backup  (const char *uri, const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Whether @who may, as an operator; where the database knows who may what, data_store_restore () itself tells. Refusals are
 * journaled. */
gboolean data_store_may_restore (DataStore *store, const char *who, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Puts a copy in the place of the store, after it was verified; journaled with @who, which counts not where the database
 * knows who may what, and with whose connection it was and who the user of the machine is; NULL = one of those. What was there is kept: @kept
 * (out) (transfer full) (nullable) says where: a file or, in the same database, a schema. BUSY: some program uses the
 * store. A copy of an older program is brought up to date. All or nothing, killed at any moment. */
gboolean data_store_restore (const char *uri, const char *copy, const char *who, gint64 now, char **kept, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
