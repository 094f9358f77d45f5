/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Firmware that a unit is to have: who wants which, and how far it has come. One wish a link, the last. */
#pragma once

#include "device.h"

G_BEGIN_DECLS

#define GDP_FIRMWARE_MOST (16 * 1024 * 1024)   /* bytes of an image */
#define GDP_FIRMWARE_BLOCK 900                 /* … of a BLOCK, the most that PROTOCOL.md 28 allows */

typedef enum {
  GDP_WISH_WANTED,       /* waits for the unit, or goes to it in blocks */
  GDP_WISH_SENDING,      /* never stored: wanted, and its blocks are on their way now */
  GDP_WISH_INSTALLING,   /* the unit has all of it, found its digest good, and starts it */
  GDP_WISH_GIVING_UP,    /* a person has given it up; the unit is told when it calls, and installs nothing */
  GDP_WISH_DONE,         /* the unit has called with the new version */
  GDP_WISH_FAILED,
  GDP_WISH_GIVEN_UP,
  GDP_N_WISH_STATES
} GdpWishState;

typedef struct {
  gint64       seq;               /* the store's */
  gint64       link;              /* key */
  gint64       id;                /* of this wish; a link's next one has a greater */
  GdpWishState state;
  char        *version;           /* "1.5.0" */
  char        *digest;            /* SHA-256 of the image, 64 small hexadecimal digits */
  char        *model;             /* that it is for */
  guint8       hardware;          /* … and the revision of it */
  guint32      size;              /* bytes */
  char        *before;            /* version that the unit ran then; NULL = it had never called */
  char        *who;
  gint64       since, changed;    /* µs: wished; in this state */
  guint32      boot;              /* INSTALLING: the unit's starts when it was told to: the next start shows it */
  char        *reason;            /* FAILED, GIVEN_UP: why, English; or NULL */
} GdpWish;

GdpWish *gdp_wish_copy (const GdpWish *wish);
void     gdp_wish_free (GdpWish *wish);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GdpWish, gdp_wish_free)

const char  *gdp_wish_word  (GdpWishState state);    /* "wanted", "giving-up" … */
const char  *gdp_wish_label (GdpWishState state);    /* English, marked for translation */
gboolean     gdp_wish_parse (const char *word, GdpWishState *state);
gboolean     gdp_wish_open  (GdpWishState state);    /* something may still come of it */
/* What is told of it: SENDING where @device, its unit as it was last heard of (or NULL), is just taking blocks. */
GdpWishState gdp_wish_shown (const GdpWish *wish, const GdpDevice *device);
/* Bytes that the unit has; as far as @device tells. */
guint32      gdp_wish_bytes (const GdpWish *wish, const GdpDevice *device);
double       gdp_wish_percent (const GdpWish *wish, const GdpDevice *device);

/* What a wish's reason begins with, English, marked for translation; NULL when that is not known, or @reason is NULL. */
const char  *gdp_wish_reason (const char *reason);

/* Whether a unit can be given a firmware. */
typedef enum {
  GDP_FIT_GOOD,
  GDP_FIT_UNKNOWN,          /* it has never called */
  GDP_FIT_OTHER_MODEL, GDP_FIT_OTHER_HARDWARE,
  GDP_FIT_THERE,            /* it runs this version */
  GDP_N_FITS
} GdpFit;
/* @model NULL, @hardware < 0: does not matter. */
GdpFit      gdp_firmware_fit (const GdpDevice *device, const char *version, const char *model, int hardware);
const char *gdp_fit_label    (GdpFit fit);   /* "it is of another model", English, marked for translation */

/* "1.5.0" or "1.5", each number 0–255. */
gboolean gdp_version_parse (const char *text, guint8 version[3]);
char    *gdp_version_text  (const guint8 version[3]);   /* "1.5.0" (transfer full) */

G_END_DECLS
