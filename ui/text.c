/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "text.h"

GtkWidget *
ui_text_new (const char *said, const char *class)
{
  GtkWidget *label = gtk_label_new (said);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 60);
  if (class != NULL)
    gtk_widget_add_css_class (label, class);
  return label;
}
