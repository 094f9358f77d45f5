/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "catalogue.h"
#include "json-schema.h"

/* The passport's schema, ready to check with. */
DataJsonSchema *data_catalogue_passport_schema (DataCatalogue *catalogue);
