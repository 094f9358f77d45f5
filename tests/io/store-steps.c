/* SPDX-License-Identifier: GPL-3.0-or-later */
/* store-steps N — the SQL that makes a store of the first N steps of the schema in PostgreSQL, as an older program left it. */
#include <stdio.h>
#include <stdlib.h>

#include "data/postgres-private.h"

int
main (int argc, char **argv)
{
  guint n = argc == 2 ? (guint) atoi (argv[1]) : 0;

  if (n == 0 || n > sql_schema_version) {
    fprintf (stderr, "usage: store-steps N, from 1 to %u\n", sql_schema_version);
    return 2;
  }
  puts ("CREATE TABLE store_version (one bigint PRIMARY KEY CHECK (one = 1), version bigint NOT NULL);");
  for (guint i = 0; i < n; i++) {
    g_autofree char *sql = postgres_schema_step (i);
    puts (sql);
  }
  printf ("INSERT INTO store_version VALUES (1, %u);\n", n);
  return 0;
}
