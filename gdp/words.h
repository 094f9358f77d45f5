/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Marks an English string of a table for translation; whoever shows it translates it. */
#pragma once
#define N_(string) (string)
