/*
 * when.c - points in time: whole seconds UTC since 1970.
 *
 * A small scanner over the text, and no call of the C library that looks at
 * the locale or the time zone.
 */
#include "core/base.h"

#include "core/text.h"
#include "core/when.h"

struct scan {
    const char *p, *end;
};

struct parts {
    int64_t year, month, day, hour, minute, second;
    int64_t offset; /* seconds east of UTC */
};

static bool done(const struct scan *s)
{
    return s->p == s->end;
}

static bool take(struct scan *s, char c)
{
    if (!done(s) && *s->p == c) {
        s->p++;
        return true;
    }
    return false;
}

static void blanks(struct scan *s)
{
    while (!done(s) && ascii_isspace(*s->p))
        s->p++;
}

/* Up to "most" digits; the number of digits read. */
static size_t digits(struct scan *s, size_t most, int64_t *out)
{
    size_t n = 0;
    int64_t v = 0;

    while (!done(s) && n < most && *s->p >= '0' && *s->p <= '9') {
        v = v * 10 + (*s->p - '0');
        s->p++;
        n++;
    }
    *out = v;
    return n;
}

/* A run of letters, compared without case; true where it is "word". */
static bool word(struct scan *s, const char *w)
{
    size_t n = strlen(w);

    if ((size_t)(s->end - s->p) < n || ascii_ncasecmp(s->p, w, n) != 0)
        return false;
    if (s->p + n < s->end && isalpha((unsigned char)s->p[n]))
        return false;
    s->p += n;
    return true;
}

int64_t when_days(int year, int month, int day)
{
    int64_t y = year - (month <= 2), era, doe, yoe, doy;

    era = (y >= 0 ? y : y - 399) / 400;
    yoe = y - era * 400;
    doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return era * 146097 + doe - 719468;
}

static void civil(int64_t days, int *year, int *month, int *day)
{
    int64_t z = days + 719468, era, doe, yoe, doy, mp;

    era = (z >= 0 ? z : z - 146096) / 146097;
    doe = z - era * 146097;
    yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    mp = (5 * doy + 2) / 153;
    *day = (int)(doy - (153 * mp + 2) / 5 + 1);
    *month = (int)(mp < 10 ? mp + 3 : mp - 9);
    *year = (int)(yoe + era * 400 + (*month <= 2));
}

static bool valid_date(const struct parts *t)
{
    static const int length[] = {31, 28, 31, 30, 31, 30,
                                 31, 31, 30, 31, 30, 31};
    bool leap = (t->year % 4 == 0 && t->year % 100 != 0) || t->year % 400 == 0;

    if (t->year < 1 || t->month < 1 || t->month > 12 || t->day < 1)
        return false;
    return t->day <= length[t->month - 1] + (t->month == 2 && leap);
}

static bool finish(const struct parts *t, int64_t *out)
{
    bool midnight = t->hour == 24 && t->minute == 0 && t->second == 0;

    if (!valid_date(t) || (t->hour > 23 && !midnight) || t->minute > 59 ||
        t->second > 60)
        return false;
    *out = when_days((int)t->year, (int)t->month, (int)t->day) * WHEN_DAY +
           t->hour * 3600 + t->minute * 60 + t->second - t->offset;
    return true;
}

/* Z, UTC, GMT, +01:00, +0100, +01; nothing means UTC. */
static bool zone(struct scan *s, struct parts *t)
{
    int64_t h, m = 0, sign;

    blanks(s);
    if (done(s) || word(s, "Z") || word(s, "UTC") || word(s, "GMT"))
        return true;
    if (*s->p != '+' && *s->p != '-')
        return false;
    sign = *s->p++ == '-' ? -1 : 1;
    if (digits(s, 2, &h) != 2)
        return false;
    take(s, ':');
    if (!done(s) && digits(s, 2, &m) != 2)
        return false;
    if (h > 18 || m > 59)
        return false;
    t->offset = sign * (h * 3600 + m * 60);
    return true;
}

/* hh:mm[:ss[.fff]] [AM|PM] [zone], or nothing, up to the end of the text. */
static bool clock_part(struct scan *s, struct parts *t)
{
    int64_t fraction;

    blanks(s);
    if (done(s))
        return true;
    if (digits(s, 2, &t->hour) == 0 || !take(s, ':') ||
        digits(s, 2, &t->minute) != 2)
        return false;
    if (take(s, ':')) {
        if (digits(s, 2, &t->second) != 2)
            return false;
        if ((take(s, '.') || take(s, ',')) && digits(s, 12, &fraction) == 0)
            return false;
    }
    blanks(s);
    /* a narrow no-break space stands before AM and PM in newer locales */
    if (s->end - s->p >= 3 && memcmp(s->p, "\xe2\x80\xaf", 3) == 0)
        s->p += 3;
    if (word(s, "AM") || word(s, "a.m.")) {
        if (t->hour < 1 || t->hour > 12)
            return false;
        t->hour %= 12;
    } else if (word(s, "PM") || word(s, "p.m.")) {
        if (t->hour < 1 || t->hour > 12)
            return false;
        t->hour = t->hour % 12 + 12;
    }
    if (!zone(s, t))
        return false;
    blanks(s);
    return done(s);
}

static bool month_name(struct scan *s, int64_t *month)
{
    static const char *const names[] = {
        "January", "February", "March",     "April",   "May",      "June",
        "July",    "August",   "September", "October", "November", "December"};
    char shortened[4] = "";
    size_t i;

    for (i = 0; i < COUNT_OF(names); i++) {
        memcpy(shortened, names[i], 3);
        if (word(s, names[i]) || word(s, shortened) ||
            (i == 8 && word(s, "Sept"))) {
            *month = (int64_t)i + 1;
            take(s, '.');
            return true;
        }
    }
    return false;
}

static void weekday(struct scan *s)
{
    static const char *const names[] = {
        "Monday",   "Tuesday", "Wednesday", "Thursday", "Friday",
        "Saturday", "Sunday",  "Mon",       "Tue",      "Wed",
        "Thu",      "Fri",     "Sat",       "Sun"};
    size_t i;

    for (i = 0; i < COUNT_OF(names); i++)
        if (word(s, names[i]))
            break;
    take(s, ',');
    blanks(s);
}

/* Mar 02, 2026 09:14 UTC · Mon Mar 2 09:14:00 UTC 2026 */
static bool month_first(struct scan *s, struct parts *t)
{
    struct scan rest;

    blanks(s);
    if (digits(s, 2, &t->day) == 0)
        return false;
    rest = *s;
    take(&rest, ',');
    blanks(&rest);
    if (digits(&rest, 4, &t->year) == 4) {
        *s = rest;
        take(s, ',');
        blanks(s);
        if (word(s, "at"))
            blanks(s);
        return clock_part(s, t);
    }
    /* asctime: the year stands last */
    if (s->end - s->p < 5)
        return false;
    rest = (struct scan){s->end - 4, s->end};
    if (digits(&rest, 4, &t->year) != 4)
        return false;
    s->end -= 4;
    return clock_part(s, t);
}

/* 2 March 2026 09:14 · Mon, 02 Mar 2026 09:14:00 +0000 · 02-Mar-2026 */
static bool day_first(struct scan *s, struct parts *t)
{
    if (digits(s, 2, &t->day) == 0)
        return false;
    take(s, '.');
    take(s, '-');
    blanks(s);
    if (!month_name(s, &t->month))
        return false;
    take(s, ',');
    take(s, '-');
    blanks(s);
    if (digits(s, 4, &t->year) != 4)
        return false;
    take(s, ',');
    blanks(s);
    if (word(s, "at"))
        blanks(s);
    return clock_part(s, t);
}

/* 2026-03-02[T ]09:14... · 2026/03/02 · 20260302T091400Z is not offered */
static bool year_first(struct scan *s, struct parts *t)
{
    char sep;

    if (digits(s, 4, &t->year) != 4 || done(s))
        return false;
    sep = *s->p;
    if ((sep != '-' && sep != '/') || !take(s, sep) ||
        digits(s, 2, &t->month) == 0 || !take(s, sep) ||
        digits(s, 2, &t->day) == 0)
        return false;
    if (!take(s, 'T') && !take(s, 't')) {
        take(s, ',');
        blanks(s);
        if (word(s, "at"))
            blanks(s);
    }
    return clock_part(s, t);
}

static bool unix_number(struct scan s, int64_t divisor, int64_t *out)
{
    int64_t v, fraction;
    size_t n = digits(&s, 15, &v);

    if (n < 1)
        return false;
    if (take(&s, '.') && digits(&s, 9, &fraction) == 0)
        return false;
    if (!done(&s))
        return false;
    *out = v / divisor;
    return true;
}

/* /Date(1772442840000)/ or /Date(1772442840000+0100)/: milliseconds; the zone
 * only says where it was written. */
static bool shell_date(struct scan s, int64_t *out)
{
    static const char open[] = "/Date(", close[] = ")/";
    const char *p;

    if (s.end - s.p < 10 || memcmp(s.p, open, 6) != 0 ||
        memcmp(s.end - 2, close, 2) != 0)
        return false;
    s.p += 6;
    s.end -= 2;
    for (p = s.p; p < s.end; p++)
        if (*p == '+' || (*p == '-' && p > s.p))
            s.end = p;
    return unix_number(s, 1000, out);
}

bool when_parse(const char *str, size_t n, int64_t *out)
{
    struct scan s = {str, str + n}, t;
    struct parts p = {0};
    int64_t v;
    size_t count;

    blanks(&s);
    while (s.end > s.p && ascii_isspace(s.end[-1]))
        s.end--;
    if (done(&s) || s.end - s.p > 64)
        return false;
    t = s;
    if (year_first(&t, &p))
        return finish(&p, out);
    t = s;
    count = digits(&t, 15, &v);
    /* Unix seconds are 9 or 10 digits in our days, milliseconds 12 or 13. */
    if (count >= 9 && count <= 10 && unix_number(s, 1, out))
        return true;
    if (count >= 12 && count <= 13 && unix_number(s, 1000, out))
        return true;
    if (*s.p == '/')
        return shell_date(s, out);
    p = (struct parts){0};
    t = s;
    weekday(&t);
    if (!done(&t) && isdigit((unsigned char)*t.p))
        return day_first(&t, &p) && finish(&p, out);
    return month_name(&t, &p.month) && month_first(&t, &p) && finish(&p, out);
}

bool when_parse_day(const char *s, int64_t *out)
{
    static const char form[] = "dddd-dd-dd";
    const size_t n = sizeof(form) - 1;
    size_t i;

    for (i = 0; i < n; i++)
        if (form[i] == 'd' ? s[i] < '0' || s[i] > '9' : s[i] != form[i])
            return false;
    if (s[n] && strcmp(s + n, " 00:00") != 0 && strcmp(s + n, " 00:00:00") != 0)
        return false;
    return when_parse(s, n, out);
}

static const char *const forms[] = {"iso",  "mdy",     "dmy",
                                    "unix", "unix_ms", "cocoa"};

bool when_form_known(const char *form)
{
    size_t i;

    for (i = 0; i < COUNT_OF(forms); i++)
        if (strcmp(form, forms[i]) == 0)
            return true;
    return false;
}

static bool slashed(struct scan *s, bool month_leads, int64_t *out)
{
    struct parts p = {0};
    int64_t a, b;
    size_t n;
    char sep;

    if (digits(s, 2, &a) == 0 || done(s))
        return false;
    sep = *s->p;
    if ((sep != '/' && sep != '.' && sep != '-') || !take(s, sep) ||
        digits(s, 2, &b) == 0 || !take(s, sep))
        return false;
    n = digits(s, 4, &p.year);
    if (n != 2 && n != 4)
        return false;
    if (n == 2)
        p.year += 2000;
    p.month = month_leads ? a : b;
    p.day = month_leads ? b : a;
    take(s, ',');
    blanks(s);
    return clock_part(s, &p) && finish(&p, out);
}

bool when_parse_as(const char *form, const char *str, size_t n, int64_t *out)
{
    struct scan s = {str, str + n};
    int64_t v;

    blanks(&s);
    while (s.end > s.p && ascii_isspace(s.end[-1]))
        s.end--;
    if (done(&s))
        return false;
    if (strcmp(form, "mdy") == 0 || strcmp(form, "dmy") == 0)
        return slashed(&s, form[0] == 'm', out);
    if (strcmp(form, "unix") == 0)
        return unix_number(s, 1, out);
    if (strcmp(form, "unix_ms") == 0)
        return unix_number(s, 1000, out);
    if (strcmp(form, "cocoa") == 0) {
        if (!unix_number(s, 1, &v))
            return false;
        *out = v + 978307200;
        return true;
    }
    return when_parse(str, n, out);
}

/* "12/11/2026" and its like: two numbers and the year. */
struct numbers {
    int64_t a, b;
    bool short_year; /* two digits, behind slashes alone */
};

static bool take_numbers(struct scan *s, struct numbers *out)
{
    int64_t year;
    size_t n;
    char sep;

    *out = (struct numbers){0, 0, false};
    if (digits(s, 2, &out->a) == 0 || done(s))
        return false;
    sep = *s->p;
    if ((sep != '/' && sep != '.' && sep != '-') || !take(s, sep) ||
        digits(s, 2, &out->b) == 0 || !take(s, sep))
        return false;
    n = digits(s, 4, &year);
    out->short_year = n == 2;
    if (n == 2 ? sep != '/' : n != 4 || year < 1970 || year >= 2200)
        return false;
    return out->a >= 1 && out->a <= 31 && out->b >= 1 && out->b <= 31 &&
           (done(s) || (!isalnum((unsigned char)*s->p) && *s->p != sep));
}

/* What the numbers themselves show. A year of two digits could be a day, so
 * that "20/11/26" shows nothing; "11/20/26" can be one thing only. */
static enum when_order shown_order(const struct numbers *t)
{
    if (t->b > 12 && t->a <= 12)
        return WHEN_MONTH_FIRST;
    return t->a > 12 && t->b <= 12 && !t->short_year ? WHEN_DAY_FIRST
                                                     : WHEN_EITHER;
}

enum when_order when_order_of(const char *s, size_t n)
{
    bool seen[3] = {false, false, false}, inside = false;
    size_t i;

    for (i = 0; i < n; i++) {
        struct scan at = {s + i, s + n};
        struct numbers t;

        if (!inside && s[i] >= '0' && s[i] <= '9' && take_numbers(&at, &t))
            seen[shown_order(&t)] = true;
        inside = isalnum((unsigned char)s[i]) || strchr("./-:", s[i]) != NULL;
    }
    if (seen[WHEN_MONTH_FIRST] == seen[WHEN_DAY_FIRST])
        return WHEN_EITHER;
    return seen[WHEN_DAY_FIRST] ? WHEN_DAY_FIRST : WHEN_MONTH_FIRST;
}

bool when_parse_ordered(enum when_order order, const char *str, size_t n,
                        int64_t *out)
{
    struct scan s = {str, str + n}, at;
    struct numbers t;

    blanks(&s);
    while (s.end > s.p && ascii_isspace(s.end[-1]))
        s.end--;
    at = s;
    if (!take_numbers(&at, &t))
        return false;
    if (shown_order(&t) != WHEN_EITHER)
        order = shown_order(&t);
    else if (t.a == t.b && !t.short_year)
        order = WHEN_MONTH_FIRST; /* either way the same */
    if (order == WHEN_EITHER || (t.short_year && order != WHEN_MONTH_FIRST))
        return false;
    return slashed(&s, order == WHEN_MONTH_FIRST, out);
}

bool when_plausible(int64_t t, int64_t latest)
{
    return t >= 978307200 && (latest == 0 || t <= latest);
}

void when_format_date(int64_t t, char *out, size_t size)
{
    int64_t days = t >= 0 ? t / WHEN_DAY : -((-t + WHEN_DAY - 1) / WHEN_DAY);
    int y, m, d;

    civil(days, &y, &m, &d);
    snprintf(out, size, "%04d-%02d-%02d", y, m, d);
}

static void put_pair(char *out, int n)
{
    out[0] = (char)('0' + n / 10);
    out[1] = (char)('0' + n % 10);
}

/* By hand: a report of a large fleet holds millions of instants. */
void when_format(int64_t t, char *out, size_t size)
{
    int64_t days = t >= 0 ? t / WHEN_DAY : -((-t + WHEN_DAY - 1) / WHEN_DAY);
    int rest = (int)(t - days * WHEN_DAY), y, m, d;
    char text[] = "0000-00-00T00:00:00Z";
    size_t n = size < sizeof(text) ? size : sizeof(text);

    civil(days, &y, &m, &d);
    if (y < 0 || y > 9999) {
        snprintf(out, size, "%04d-%02d-%02dT%02d:%02d:%02dZ", y, m, d,
                 rest / 3600, rest / 60 % 60, rest % 60);
        return;
    }
    put_pair(text, y / 100);
    put_pair(text + 2, y % 100);
    put_pair(text + 5, m);
    put_pair(text + 8, d);
    put_pair(text + 11, rest / 3600);
    put_pair(text + 14, rest / 60 % 60);
    put_pair(text + 17, rest % 60);
    memcpy(out, text, n);
    if (n)
        out[n - 1] = '\0';
}

void when_format_month(int64_t as_of, char *out, size_t size)
{
    char date[16];

    when_format_date(as_of - 1, date, sizeof(date));
    snprintf(out, size, "%.7s", date);
}

bool when_parse_as_of(const char *str, int64_t *out)
{
    size_t n = strlen(str);
    bool date_only = n == 10 && str[4] == '-' && str[7] == '-';

    if (!when_parse(str, n, out))
        return false;
    if (date_only)
        *out += WHEN_DAY;
    return true;
}
