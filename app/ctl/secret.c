/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "secret.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "data/password.h"

#define LONGEST 4096   /* bytes that are looked at: what is too long for a password is said by the store */

/* ---- files -------------------------------------------------------------------------------- */

static gboolean
is_secret (int file, const char *path, GError **error)
{
  struct stat about;

  if (fstat (file, &about) != 0)
    return ctl_fail (error, CTL_ERROR_FAILED, _("cannot read the password in %s: %s"), path, g_strerror (errno));
  if ((about.st_mode & 077) == 0 || !S_ISREG (about.st_mode))   /* a pipe of the shell is nobody else's */
    return TRUE;
  return ctl_fail (error, CTL_ERROR_FAILED, _("%s: others may read it (mode %04o), so it is no secret; chmod 600 it, and "
                   "change the password"), path, about.st_mode & 07777);
}

/* The first line, up to its end. NULL: there is none. */
static char *
first_line (int file)
{
  char buffer[LONGEST] = { 0 };
  gsize n = 0;
  ssize_t got;
  char *line;

  while (n < sizeof buffer - 1 && (got = read (file, buffer + n, 1)) > 0 && buffer[n] != '\n')
    n++;
  buffer[n] = '\0';
  line = n > 0 ? g_strdup (g_strchomp (buffer)) : NULL;
  explicit_bzero (buffer, sizeof buffer);
  return line;
}

static char *
read_file (const char *path, GError **error)
{
  int file = open (path, O_RDONLY | O_CLOEXEC);
  char *line = NULL;

  if (file < 0) {
    ctl_fail (error, CTL_ERROR_FAILED, _("cannot read the password in %s: %s"), path, g_strerror (errno));
    return NULL;
  }
  if (is_secret (file, path, error) && (line = first_line (file)) == NULL)
    ctl_fail (error, CTL_ERROR_FAILED, _("%s: its first line should be the password, but is empty"), path);
  close (file);
  return line;
}

/* ---- the terminal ------------------------------------------------------------------------- */

static volatile sig_atomic_t broken;

static void
on_signal (int number)
{
  broken = number;
}

/* Nothing shows from before the question on: who answers fast, or pastes, is heard whole. Whoever breaks off gets back a
 * terminal that shows what is typed. */
static char *
read_unseen (int terminal, const char *question)
{
  static const int numbers[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP };
  struct sigaction before[G_N_ELEMENTS (numbers)], ours = { .sa_handler = on_signal };
  struct termios as_it_was, unseen;
  char *line;

  if (tcgetattr (terminal, &as_it_was) != 0)
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    sigaction (numbers[i], &ours, &before[i]);
  unseen = as_it_was;
  unseen.c_lflag &= ~(tcflag_t) (ECHO | ECHOE | ECHOK | ECHONL);
  tcsetattr (terminal, TCSAFLUSH, &unseen);
  dprintf (terminal, "%s", question);
  line = broken == 0 ? first_line (terminal) : NULL;
  tcsetattr (terminal, TCSAFLUSH, &as_it_was);
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    sigaction (numbers[i], &before[i], NULL);
  dprintf (terminal, "\n");
  if (broken != 0)
    raise (broken);
  return line;
}

static char *
ask (const char *question, GError **error)
{
  int terminal = open ("/dev/tty", O_RDWR | O_CLOEXEC);
  char *line;

  if (terminal < 0) {
    ctl_fail (error, CTL_ERROR_FAILED, _("there is no terminal to ask for the password on; name a file that holds it with "
              "--password-file, or in GDP_PASSWORD_FILE"));
    return NULL;
  }
  line = read_unseen (terminal, question);
  close (terminal);
  if (line == NULL)
    ctl_fail (error, CTL_ERROR_FAILED, _("no password was given"));
  return line;
}

/* ---- what they are for -------------------------------------------------------------------- */

/* Where the database knows its users: whoever acts is not the one whose connection it is. */
static gboolean
is_asked (const CtlCall *call, DataStore *store, const GPtrArray *operators)
{
  const char *user = data_store_user (store);

  if (user)
    return strcmp (user, ctl_call_user (call, store)) != 0;
  for (guint i = 0; i < operators->len; i++)
    if (((const DataOperator *) operators->pdata[i])->password)
      return TRUE;
  return FALSE;
}

gboolean
ctl_sign_in (const CtlCall *call, DataStore *store, GError **error)
{
  const char *file = call->password_file ? call->password_file : g_getenv ("GDP_PASSWORD_FILE");
  g_autoptr (GPtrArray) operators = data_store_operators (store, error);
  g_autofree char *question = g_strdup_printf (_("Password of %s: "), ctl_call_user (call, store));
  char *password;
  gboolean good;

  if (operators == NULL || !is_asked (call, store, operators))
    return operators != NULL;
  password = file && *file ? read_file (file, error) : ask (question, error);
  good = password && data_store_sign_in (store, ctl_call_user (call, store), password, NULL, data_store_now (store), error);
  data_password_forget (password);
  return good;
}

char *
ctl_new_password (const CtlCall *call, const char *name, GError **error)
{
  g_autofree char *question = g_strdup_printf (_("New password of %s: "), name);
  char *password, *again;

  if (call->new_password_file)
    return read_file (call->new_password_file, error);
  password = ask (question, error);
  again = password ? ask (_("Again: "), error) : NULL;
  if (again && strcmp (password, again) != 0) {
    ctl_fail (error, CTL_ERROR_FAILED, _("it was not the same twice; nothing was changed"));
    g_clear_pointer (&password, data_password_forget);
  } else if (!again)
    g_clear_pointer (&password, data_password_forget);
  data_password_forget (again);
  return password;
}
