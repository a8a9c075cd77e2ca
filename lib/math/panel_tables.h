/* panel_tables.h - the tables of panel.h that only some processors run. */
#ifndef CF_MATH_PANEL_TABLES_H
#define CF_MATH_PANEL_TABLES_H

#include "math/panel.h"

extern const struct cf_panel_kernels cf_panel_sse2, cf_panel_avx2;

#endif
