/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Passwords as they come from a person: typed without being seen, or in a file of their own; never on a command line,
 * which everybody on the machine can read. */
#pragma once

#include "command.h"

G_BEGIN_DECLS

/* Signs in who acts, where the store asks for passwords. */
gboolean ctl_sign_in        (const CtlCall *call, DataStore *store, GError **error);
/* A new password for @name: of --new-password-file, or typed twice. Free with data_password_forget(). */
char    *ctl_new_password   (const CtlCall *call, const char *name, GError **error);

G_END_DECLS
