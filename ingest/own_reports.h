/*
 * own_reports.h - reports that muster itself wrote, in a folder of exports.
 *
 * A report has columns that look like those of an export, but it is no witness:
 * read again it would prove its own results. Its manifest names it.
 */
#ifndef MUSTER_OWN_REPORTS_H
#define MUSTER_OWN_REPORTS_H

#include "core/base.h"

#include <jansson.h>

/* Where "name" in folder "dir" is one of our manifests, add it and the files
 * that it names to the set "found" (an object whose keys are names). */
void own_reports_add(json_t *found, const char *dir, const char *name);

#endif
