/*
 * when.h - points in time: whole seconds UTC since 1970.
 *
 * Reading accepts what exports print: ISO 8601 and RFC 3339 with or without
 * seconds, fraction and zone ("2026-03-02T09:14:00.123Z", "2026-03-02
 * 09:14:00 +0100", "2026-03-02"), the forms of consoles ("Mar 02, 2026 09:14
 * UTC", "Mar 2, 2026, 9:14 AM", "2 March 2026 09:14"), the form of RFC 822,
 * Unix seconds or milliseconds, also as shells write them ("/Date(...)/"). No
 * zone means UTC. Forms in which day and month could be taken for each other
 * (03/02/2026) are read only where a mapping names their order,
 * when_parse_as(), or the file itself shows it, when_parse_ordered().
 */
#ifndef MUSTER_WHEN_H
#define MUSTER_WHEN_H

#include "core/base.h"

#define WHEN_DAY 86400

/* False where "s" is no time; *out is untouched then. */
bool when_parse(const char *s, size_t n, int64_t *out);

/*
 * Read by a form named in a mapping: "mdy" or "dmy" with / . or - between
 * (time of day with or without AM/PM may follow), "unix", "unix_ms", "cocoa"
 * (seconds since 2001), or "iso" for when_parse() itself.
 */
bool when_parse_as(const char *form, const char *s, size_t n, int64_t *out);
bool when_form_known(const char *form);

/* Which leads where a file prints day and month as numbers. */
enum when_order { WHEN_EITHER, WHEN_MONTH_FIRST, WHEN_DAY_FIRST };

/*
 * The order that the dates within a text show: what is above 12 is no month.
 * WHEN_EITHER where none shows it, or some show the one and some the other.
 */
enum when_order when_order_of(const char *s, size_t n);

/*
 * A date such as 11/20/2026 or 20.11.2026, with or without a time of day, that
 * shows itself which number is the month, or else is read by "order". False
 * where it is no such date, or could be either.
 */
bool when_parse_ordered(enum when_order order, const char *s, size_t n,
                        int64_t *out);

/* From 2001 on, and not later than "latest" (0: no limit). */
bool when_plausible(int64_t t, int64_t latest);

/* "2026-11-01T09:14:00Z"; "size" of 21 is enough for years to 9999. */
void when_format(int64_t t, char *out, size_t size);

/* "2026-11-01" */
void when_format_date(int64_t t, char *out, size_t size);

/* "2026-11": the default name of a period. A date given as as-of means 24:00
 * of that day, so midnight belongs to the day before. */
void when_format_month(int64_t as_of, char *out, size_t size);

/* A day and nothing else ("2026-11-30"), but the midnight that a spreadsheet
 * adds: the second in which it begins. False where "s" is no such text. */
bool when_parse_day(const char *s, int64_t *out);

/* Days since 1970-01-01 of a date in the proleptic Gregorian calendar. */
int64_t when_days(int year, int month, int day);

/*
 * Read --as-of: a date means the end of that day (24:00 UTC), an instant means
 * itself. False where "s" is neither.
 */
bool when_parse_as_of(const char *s, int64_t *out);

#endif
