/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What network.c and its builder know of each other: the typed index that an id leads to. */
#pragma once

#include "network.h"

typedef enum { GDP_OBJECT_SITE = 1, GDP_OBJECT_LINK, GDP_OBJECT_UNIT, GDP_OBJECT_POINT } GdpObjectType;

static inline gpointer
gdp_object (GdpObjectType type, guint index)
{
  return GSIZE_TO_POINTER ((gsize) index << 3 | type);
}

static inline GdpObjectType
gdp_object_type (gpointer object)
{
  return GPOINTER_TO_SIZE (object) & 7;
}

static inline guint
gdp_object_index (gpointer object)
{
  return GPOINTER_TO_SIZE (object) >> 3;
}
