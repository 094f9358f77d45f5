/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What all pages share: the picture of the network as the store last told it, whether it can be
 * believed, and the way to post commands. Lives on the main loop; the store on a thread of its own.
 *
 * Time: ages are counted in the server's clock, carried on by the monotonic clock since its last
 * heartbeat; a stepped clock of this machine changes nothing.
 *
 * Signals:
 *  - "configured": another network; indexes of sites and points are new.
 *  - "updated": something of the picture changed (after each delta).
 *  - "tick": a second passed, or the state changed; ages on the screen are to be written again.
 *  - "events" (GPtrArray of GdpEvent*): new journal records, oldest first.
 *  - "rights": the person or the role is another one, or the desk was locked or unlocked.
 *  - "notice" (string, gboolean): something to tell the person; TRUE = it failed.
 */
#pragma once

#include "alarm-list.h"
#include "data/catalogue.h"
#include "feed.h"
#include "field-unit.h"
#include "point.h"
#include "pulse.h"
#include "site.h"
#include "stranger.h"
#include "value.h"

G_BEGIN_DECLS

typedef enum {
  UI_STATE_STARTING,       /* nothing read yet */
  UI_STATE_LIVE,
  UI_STATE_STORE_LOST,     /* reading fails; tried again every second */
  UI_STATE_SERVER_SILENT,  /* no new heartbeat for UI_SILENT_AFTER */
  UI_STATE_NO_SERVER,      /* nobody ever served this store */
  UI_STATE_NO_SITES,       /* a server lives, but nothing is configured */
} UiState;

#define UI_N_PRIORITIES 4

#define UI_TYPE_SESSION (ui_session_get_type ())
G_DECLARE_FINAL_TYPE (UiSession, ui_session, UI, SESSION, GObject)

UiSession   *ui_session_new   (const char *uri, const char *person);
/* Stops the thread; call before the last unref. */
void         ui_session_close (UiSession *self);

const char  *ui_session_get_uri    (UiSession *self);
const char  *ui_session_get_person (UiSession *self);
UiState      ui_session_get_state  (UiSession *self);
/* TRUE: what is shown is true now. Property "live". */
gboolean     ui_session_is_live    (UiSession *self);
/* TRUE once a whole picture was read. */
gboolean     ui_session_is_loaded  (UiSession *self);
/* One sentence for people about a state that is not live, or a server that catches up; "" = all is well. (transfer full) */
char        *ui_session_state_text (UiSession *self);

gint64       ui_session_now        (UiSession *self);  /* server's time, µs */
gint64       ui_session_heartbeat_age (UiSession *self);  /* µs by the monotonic clock; -1 = none seen */

/* What a clock on the wall should show, µs: this machine's, unless it is off the store's, by which everything is dated. */
gint64       ui_session_clock      (UiSession *self);
gint64       ui_session_clock_slow (UiSession *self);  /* µs that this machine's clock is behind the store's; 0 = it is right */

/* The picture. */
GdpNetwork  *ui_session_get_network (UiSession *self);   /* borrowed, NULL until loaded */
GListModel  *ui_session_get_sites   (UiSession *self);   /* UiSite, by region and number */
UiSite      *ui_session_find_site   (UiSession *self, const char *id);     /* borrowed, or NULL */
UiSite      *ui_session_site_at     (UiSession *self,
                                     guint index);        /* by network index; borrowed, or NULL */
UiAlarmList *ui_session_get_alarms  (UiSession *self);
/* How often @alarm occurred, also of one that is normal by now and therefore not listed; 0 = never. */
guint32      ui_session_get_occurrence (UiSession *self, const char *alarm);
/* Since when there is a flood of alarms, µs; 0 = there is none. How many called within the last 10 minutes. */
gint64       ui_session_flood_since  (UiSession *self);
guint        ui_session_flood_count  (UiSession *self);
GdpCourse    ui_session_course       (UiSession *self, const char *alarm);          /* by id; see gdp/course.h */
GdpAlarm     ui_session_date_alarm   (UiSession *self, const GdpAlarm *alarm);      /* see gdp_courses_date() */
guint        ui_session_count_unacked (UiSession *self, guint priority);   /* 1..4 */
guint        ui_session_count_active  (UiSession *self, guint priority);
/* Points and alarms that nobody is told about: stale, lost, forced, suppressed; everything when not live. */
guint        ui_session_count_untold  (UiSession *self);
gboolean     ui_session_is_untold     (UiSession *self, guint point);

UiPoint     *ui_session_ref_point   (UiSession *self,
                                     guint point);        /* (transfer full), shared while in use */
const GdpReading     *ui_session_get_reading (UiSession *self, guint point);  /* borrowed, NULL = none yet */
const GdpContactInfo *ui_session_get_unit_contact (UiSession *self, guint unit);  /* likewise */
const GdpContactInfo *ui_session_get_link_contact (UiSession *self, guint link);
/* Worst unacknowledged, else worst active alarm of the point; borrowed, NULL = none. */
UiAlarm     *ui_session_point_alarm (UiSession *self, guint point);
gint64       ui_session_point_age   (UiSession *self, guint point);        /* µs; -1 = never */
void         ui_session_describe    (UiSession *self, guint point, UiValue *value);

/* ---- who acts ---- */

typedef enum {
  UI_SIGN_TRUSTED,         /* nobody is asked for a password: the person is whom the program was started for, or who was
                            * chosen; where the database knows its users, whose connection it is */
  UI_SIGN_OUT,             /* nobody: everything is shown, nothing can be done */
  UI_SIGN_IN,
  UI_SIGN_LOCKED,          /* as OUT, but the desk is somebody's */
} UiSign;

UiSign       ui_session_get_sign     (UiSession *self);
/* One sentence for people about a desk at which nothing can be done; "" = it can. (transfer full) */
char        *ui_session_sign_text    (UiSession *self);
/* DataOperator, in order of name; borrowed until "rights". */
const GPtrArray *ui_session_get_operators (UiSession *self);
/* Whether another person can take this desk over. */
gboolean     ui_session_can_sign_in  (UiSession *self);
/* Who will, as far as is known: for whom the program was started, though its connection may be another's; later, or where it is
 * locked, who was here last. Borrowed. */
const char  *ui_session_get_next     (UiSession *self);
/* Why locking it would be of no use, a sentence for people. (transfer full) */
char        *ui_session_no_lock_text (UiSession *self);

/* @name takes the desk over from whoever had it, and unlocks it; not with a wrong password. */
void         ui_session_sign_in_async  (UiSession *self, const char *name, const char *password,
                                        GAsyncReadyCallback callback, gpointer user_data);
gboolean     ui_session_sign_in_finish (GAsyncResult *result, GError **error);
/* Nobody, or only the person with the password, can do anything here until it is given. Nothing happens while names are trusted. */
void         ui_session_sign_out       (UiSession *self);
void         ui_session_lock           (UiSession *self);

/* ---- what the person may do; while no operators are named, everything ---- */

gboolean     ui_session_may          (UiSession *self, GdpAct act);
GdpRole      ui_session_get_role     (UiSession *self);               /* GDP_N_ROLES = none, or nobody is signed in */
const char  *ui_session_role_text    (UiSession *self);               /* "Dispatcher", translated */
/* Which role @act takes, a sentence for people; NULL = the person may. (transfer full) */
char        *ui_session_refusal_text (UiSession *self, GdpAct act);

/* ---- the field: units that dial in ---- */

/* The revision that @link's unit is to have, 0 = none: the wire's business, so a program gives it. */
typedef guint32 (*UiWantedFunc) (const GdpNetwork *network, guint link);
/* For response cards; borrowed, kept until the session is gone. NULL, and until then: there is none. */
void           ui_session_set_catalogue (UiSession *self, DataCatalogue *catalogue);
DataCatalogue *ui_session_get_catalogue (UiSession *self);
void         ui_session_set_wanted (UiSession *self, UiWantedFunc settings, UiWantedFunc schedule);
GListModel  *ui_session_get_field  (UiSession *self);              /* UiFieldUnit, in order of site */
UiFieldUnit *ui_session_field_at   (UiSession *self, guint link);  /* by network index; borrowed, NULL = does not dial in */
/* Another number whenever something of the field's units changed. */
guint        ui_session_get_field_stamp (UiSession *self);
GListModel  *ui_session_get_strangers (UiSession *self);           /* UiStranger, the latest call first */
UiFieldState ui_session_field_state (UiSession *self, UiFieldUnit *unit);
GdpFate      ui_session_field_fate  (UiSession *self, UiFieldUnit *unit, UiWanted what);

/* Changes the configuration as an import of @network does, on the feed's thread, in this person's name. What the
 * store has to say against it comes back as an error. */
void         ui_session_configure_async  (UiSession *self, GdpNetwork *network, GAsyncReadyCallback callback,
                                          gpointer user_data);
gboolean     ui_session_configure_finish (GAsyncResult *result, GError **error);

/* Orders the image of @file for the units of @links (gint64, keys), as data_store_want_firmware() does, in this person's
 * name; or gives up what is under way to them. */
void         ui_session_want_firmware_async    (UiSession *self, const GdpWish *wish, const char *file, GArray *links,
                                                GAsyncReadyCallback callback, gpointer user_data);
void         ui_session_give_up_firmware_async (UiSession *self, GArray *links, GAsyncReadyCallback callback,
                                                gpointer user_data);
gboolean     ui_session_firmware_finish        (GAsyncResult *result, GError **error);   /* of both */

/* Posts an acknowledgement of the occurrence that the person saw. What comes of it comes by the
 * feed; a refusal as "notice". */
void         ui_session_acknowledge (UiSession *self, const char *alarm, guint32 occurrence,
                                     const char *comment);

/* Posts a command and waits for its end. @object, @detail: copied, NULL = none. */
void           ui_session_command_async  (UiSession *self, const char *kind, const char *object, gint64 argument,
                                          const char *detail, GAsyncReadyCallback callback, gpointer user_data);
/* (transfer full): the command as it ended, done or not; NULL when it could not be posted. */
DataCommand   *ui_session_command_finish (GAsyncResult *result, GError **error);
/* The same for whoever only wants to know whether it was done: NULL, or why not. @not_done, "It was not shelved: %s", and
 * @unsure, when nobody can know, are translated. (transfer full) */
char          *ui_session_command_failure (GAsyncResult *result, const char *not_done, const char *unsure);

/* Posts what the person decided about @alarm, of the occurrence that was seen, with a reason or comment, or NULL. */
void           ui_session_decide_async   (UiSession *self, const char *kind, const char *alarm, guint32 occurrence,
                                          const char *detail, const char *comment, GAsyncReadyCallback callback,
                                          gpointer user_data);

void           ui_session_journal_async  (UiSession *self, const DataJournalFilter *filter,
                                          GCancellable *cancellable,
                                          GAsyncReadyCallback callback, gpointer user_data);
UiJournalPart *ui_session_journal_finish (GAsyncResult *result, GError **error);

/* The links of @site (index) under the line doctor: one array of DataPatient a link. Statistics are not in the
 * feed: ask again for newer ones. */
void           ui_session_examine_async  (UiSession *self, guint site, GCancellable *cancellable,
                                          GAsyncReadyCallback callback, gpointer user_data);
GPtrArray     *ui_session_examine_finish (GAsyncResult *result, GError **error);

/* What lies ahead of @site (index), by its history: DataOutlook. */
void           ui_session_outlook_async  (UiSession *self, guint site, GCancellable *cancellable,
                                          GAsyncReadyCallback callback, gpointer user_data);
GArray        *ui_session_outlook_finish (GAsyncResult *result, GError **error);

/* The alarms that @point (index) would have had with @limits in the last @length µs, beside those with its own. */
void           ui_session_trial_async    (UiSession *self, guint point, const GdpLimits *limits, gint64 length,
                                          GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
DataTrial     *ui_session_trial_finish   (GAsyncResult *result, GError **error);

G_END_DECLS
