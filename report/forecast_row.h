/*
 * forecast_row.h - the forecast of one account, from a row of facts.
 */
#ifndef MUSTER_REPORT_FORECAST_ROW_H
#define MUSTER_REPORT_FORECAST_ROW_H

#include "report/forecast.h"

#include <jansson.h>

/*
 * "row" holds the columns of core/queries/forecast.sql by their names. The
 * answer says verdict, reason, what to do instead, the missing facts with how
 * to get them, and what to check before and after. The caller frees.
 */
json_t *forecast_account(const json_t *row, enum forecast_by by);

/* A time of the row as text, or null. */
void forecast_time(json_t *o, const char *key, const json_t *row);

#endif
