/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is wrong with documents, gathered: the first hundred are kept for people, all are counted. */
#pragma once

#include "json.h"

G_BEGIN_DECLS

/* One thing wrong with a document. Path and message are cut to a readable length. */
typedef struct {
  char *path;      /* JSON pointer: "/sites/0/points/3/limits/H/value" */
  guint line;      /* 1-based, 0 = unknown */
  char *message;
  char *file;      /* as given by whoever read it */
} DataProblem;
void data_problem_free (DataProblem *problem);

#define DATA_PROBLEMS_MAX 100   /* more are counted, not kept */

typedef struct {
  const char *file;    /* borrowed: the one being read */
  guint       first;   /* its first problem among those kept */
  GPtrArray  *kept;    /* DataProblem */
  guint       n;       /* all */
} DataProblems;

void       data_problems_init  (DataProblems *problems);
/* Between these two, problems are @file's; the end puts them into document order. */
void       data_problems_begin (DataProblems *problems, const char *file);
void       data_problems_end   (DataProblems *problems);
/* Marks @node and what holds it as flawed. */
void       data_problems_add  (DataProblems *problems, DataJsonNode *node, const char *format, ...)
  G_GNUC_PRINTF (3, 4);
void       data_problems_add_at (DataProblems *problems, guint line, const char *message);
/* (transfer full): those kept; @problems is empty afterwards. */
GPtrArray *data_problems_steal (DataProblems *problems);
void       data_problems_clear (DataProblems *problems);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (DataProblems, data_problems_clear)

/* “text”, cut to sixty characters, for messages. */
char      *data_problem_quote (const char *text);
/* "passports.json:12: /sites/0/name: must not be empty" */
char      *data_problem_text (const DataProblem *problem);

G_END_DECLS
