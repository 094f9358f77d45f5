/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "changes.h"

#include "scaling.h"
#include "words.h"

static const char *const contact_words[GDP_N_CONTACT_STATES] = { "unknown", "ok", "silent", "sleeping" };
static const char *const contact_labels[GDP_N_CONTACT_STATES] = {
  N_("Not heard yet"), N_("Answers"), N_("Silent"), N_("Sleeping"),
};

#define DRIFT (10 * GDP_SECOND)   /* a unit's clock may be so far ahead in a long session */

gboolean
gdp_reading_is_newer (const GdpReading *reading, const GdpReading *other)
{
  const GdpReading *later = reading->seq >= other->seq ? reading : other, *earlier = later == reading ? other : reading;
  gboolean from_the_future = earlier->time > later->received + DRIFT;

  if (reading->reason == GDP_REASON_AVERAGED)
    return FALSE;
  return (later == reading) == (from_the_future || later->time >= earlier->time);
}

const char *
gdp_contact_state_word (GdpContactState state)
{
  g_return_val_if_fail (state < GDP_N_CONTACT_STATES, "unknown");
  return contact_words[state];
}

const char *
gdp_contact_state_label (GdpContactState state)
{
  g_return_val_if_fail (state < GDP_N_CONTACT_STATES, contact_labels[0]);
  return contact_labels[state];
}

gboolean
gdp_contact_state_parse (const char *word, GdpContactState *state)
{
  for (guint i = 0; i < GDP_N_CONTACT_STATES; i++)
    if (g_strcmp0 (contact_words[i], word) == 0) {
      *state = i;
      return TRUE;
    }
  return FALSE;
}

GdpContactInfo *
gdp_contact_info_copy (const GdpContactInfo *info)
{
  GdpContactInfo *copy = g_memdup2 (info, sizeof *info);
  copy->detail = g_strdup (info->detail);
  return copy;
}

void
gdp_contact_info_free (GdpContactInfo *info)
{
  if (info == NULL)
    return;
  g_free (info->detail);
  g_free (info);
}

GdpChanges *
gdp_changes_new (void)
{
  GdpChanges *changes = g_new0 (GdpChanges, 1);

  changes->readings = g_array_new (FALSE, FALSE, sizeof (GdpReading));
  changes->alarms = g_ptr_array_new_with_free_func ((GDestroyNotify) gdp_alarm_free);
  changes->events = g_ptr_array_new_with_free_func ((GDestroyNotify) gdp_event_free);
  changes->contacts = g_ptr_array_new_with_free_func ((GDestroyNotify) gdp_contact_info_free);
  changes->places = g_hash_table_new (g_str_hash, g_str_equal);
  return changes;
}

void
gdp_changes_clear (GdpChanges *changes)
{
  g_hash_table_remove_all (changes->places);   /* first: it borrows the alarms' ids */
  g_array_set_size (changes->readings, 0);
  g_ptr_array_set_size (changes->alarms, 0);
  g_ptr_array_set_size (changes->events, 0);
  g_ptr_array_set_size (changes->contacts, 0);
}

void
gdp_changes_free (GdpChanges *changes)
{
  if (changes == NULL)
    return;
  g_hash_table_unref (changes->places);
  g_array_unref (changes->readings);
  g_ptr_array_unref (changes->alarms);
  g_ptr_array_unref (changes->events);
  g_ptr_array_unref (changes->contacts);
  g_free (changes);
}

gboolean
gdp_changes_empty (const GdpChanges *changes)
{
  return changes->readings->len == 0 && changes->alarms->len == 0
         && changes->events->len == 0 && changes->contacts->len == 0;
}

void
gdp_changes_set_alarm (GdpChanges *changes, const GdpAlarm *alarm)
{
  GdpAlarm *copy = gdp_alarm_copy (alarm);
  gpointer place;

  if (g_hash_table_lookup_extended (changes->places, alarm->id, NULL, &place)) {
    guint index = GPOINTER_TO_UINT (place);
    g_hash_table_replace (changes->places, (gpointer) copy->id, place);
    gdp_alarm_free (g_ptr_array_index (changes->alarms, index));
    g_ptr_array_index (changes->alarms, index) = copy;
    return;
  }
  g_hash_table_insert (changes->places, (gpointer) copy->id, GUINT_TO_POINTER (changes->alarms->len));
  g_ptr_array_add (changes->alarms, copy);
}
