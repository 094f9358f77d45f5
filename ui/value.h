/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a value is written on the screen. Pure: everything that it depends on comes in.
 *
 * Good: the number. Uncertain: the number and a mark. Stale, or not live: the number struck out,
 * with its age. Bad: no number, the reason; what was last known is only told in words. */
#pragma once

#include "gdp/engine.h"

G_BEGIN_DECLS

typedef enum {
  UI_LOOK_GOOD,
  UI_LOOK_FORCED,      /* set by hand: boxed, with a letter */
  UI_LOOK_UNCERTAIN,
  UI_LOOK_STALE,       /* struck: the number was true once */
  UI_LOOK_BAD,
  UI_N_LOOKS
} UiLook;

typedef struct {
  UiLook look;
  char  *text;         /* number, state's name, or the reason */
  char  *unit;         /* "" when the text is no number */
  char  *mark;         /* "" or a sign beside the number: "?", "F" */
  char  *age;          /* "" unless older than expected or not live */
  char  *detail;       /* a sentence for the tooltip and the screen reader; "" when nothing is to be said */
} UiValue;

/**
 * ui_value_describe:
 * @point: configuration
 * @reading: the last committed one, or NULL when there is none yet
 * @age: µs since the value was last proven; negative = never
 * @expected: seconds after which it counts as old
 * @live: FALSE when the store or the server is silent: then no value counts as true now
 * @value: (out caller-allocates): cleared with ui_value_clear()
 */
void ui_value_describe (const GdpPoint *point, const GdpReading *reading,
                        gint64 age, double expected, gboolean live, UiValue *value);
void ui_value_clear    (UiValue *value);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (UiValue, ui_value_clear)

/* "good", "forced", "uncertain", "stale", "bad": the CSS class. */
const char *ui_look_class (UiLook look);

/* @number with @decimals in the locale's way, with a true minus sign; "" for NaN. (transfer full) */
char *ui_number_text (double number, int decimals);
/* "−71 dBm"; @unit: English, marked for translation somewhere; "" for NaN. (transfer full) */
char *ui_quantity_text (double number, int decimals, const char *unit);
/* "0.302 MPa", or the state's name of a discrete point. (transfer full) */
char *ui_point_number_text (const GdpPoint *point, double number);
/* What people call it, translated. (borrowed) */
const char *ui_point_name  (const GdpPoint *point);
/* As the language writes it, "МПа"; "" for discrete points. (borrowed) */
const char *ui_point_unit  (const GdpPoint *point);
const char *ui_point_state (const GdpPoint *point, int state);

G_END_DECLS
