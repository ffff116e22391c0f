/*
 * explain_print.c - the explanation of one Mac for people, at 80 columns.
 */
#include "core/base.h"

#include "analyze/explain.h"
#include "analyze/rule.h"
#include "core/capability.h"
#include "core/color.h"
#include "core/strbuf.h"
#include "core/text.h"
#include "core/when.h"

static const char *text_of(const json_t *o, const char *key)
{
    const char *s = json_string_value(json_object_get(o, key));

    return s ? s : "";
}

/* A value as one word: yes, no, a number, a text; "?" for not known. */
static void add_value(struct strbuf *b, const json_t *v)
{
    if (json_is_true(v) || json_is_false(v))
        strbuf_adds(b, json_is_true(v) ? "yes" : "no");
    else if (json_is_integer(v))
        strbuf_addf(b, "%lld", (long long)json_integer_value(v));
    else if (json_is_string(v))
        text_escape(b, json_string_value(v), json_string_length(v));
    else
        strbuf_adds(b, "?");
}

static void heading(const char *title, FILE *out)
{
    fputc('\n', out);
    color_bold(title, out);
    fputc('\n', out);
}

/* "[2] line 14, 3 days old, cell "Enabled"" */
static void add_origin(struct strbuf *b, const json_t *fact)
{
    const json_t *source = json_object_get(fact, "source");
    const json_t *age = json_object_get(fact, "age_days");
    const json_t *raw = json_object_get(fact, "raw");
    long long days = json_integer_value(age);

    if (!source)
        return;
    strbuf_addf(b, "[%lld] line %lld", (long long)json_integer_value(source),
                (long long)json_integer_value(json_object_get(fact, "line")));
    if (age)
        strbuf_addf(b, ", %lld day%s old", days, days == 1 ? "" : "s");
    if (json_is_object(raw)) {
        strbuf_adds(b, ", ");
        text_escape(b, text_of(raw, "column"), strlen(text_of(raw, "column")));
        strbuf_adds(b, ": \"");
        text_escape(b, text_of(raw, "cell"), strlen(text_of(raw, "cell")));
        strbuf_adds(b, "\"");
        if (json_object_get(raw, "unsure"))
            strbuf_addf(b, ": %s", text_of(raw, "unsure"));
    }
}

/* The width of the widest word. */
static size_t widest_word(const char *s)
{
    size_t widest = 0, n;

    for (; *s; s += n + strspn(s + n, " ")) {
        n = strcspn(s, " ");
        if (text_columns(s, n) > widest)
            widest = text_columns(s, n);
    }
    return widest;
}

/* Value and origin in columns of their own, as far as words let them. */
static void print_fact(const json_t *fact, size_t indent, FILE *out)
{
    struct strbuf value = {0}, origin = {0};
    size_t column, at = 46;

    add_value(&value, json_object_get(fact, "value"));
    add_origin(&origin, fact);
    if (widest_word(strbuf_str(&origin)) > 79 - at)
        at = indent + 4;
    fprintf(out, "%*s%-26s ", (int)indent, "", text_of(fact, "fact"));
    column = indent + 27 + text_columns(strbuf_str(&value), value.len);
    if (origin.len && at == 46 && column <= 44) {
        fprintf(out, "%s%*s  ", strbuf_str(&value), (int)(44 - column), "");
        text_wrap(strbuf_str(&origin), 46, 46, out);
    } else {
        text_wrap(strbuf_str(&value), indent + 27, indent + 27, out);
        if (origin.len) {
            fprintf(out, "%*s", (int)at, "");
            text_wrap(strbuf_str(&origin), at, at, out);
        }
    }
    strbuf_free(&value);
    strbuf_free(&origin);
}

static void print_facts(const json_t *e, FILE *out)
{
    struct strbuf unknown = {0};
    const json_t *fact;
    size_t i;

    heading("FACTS", out);
    json_array_foreach(json_object_get(e, "facts"), i, fact)
    {
        if (json_is_null(json_object_get(fact, "value")))
            strbuf_addf(&unknown, "%s%s", unknown.len ? " " : "",
                        text_of(fact, "fact"));
        else
            print_fact(fact, 2, out);
    }
    if (unknown.len) {
        fputs("  not known: ", out);
        text_wrap(strbuf_str(&unknown), 13, 4, out);
    }
    strbuf_free(&unknown);
}

/* "os 150702, chip apple", or for accounts "token_real of ana yes, of bo ?" */
static void add_terms(struct strbuf *b, const json_t *terms)
{
    const char *name, *who;
    json_t *all = json_deep_copy(terms), *v, *of;
    const char *gap = "";

    json_object_foreach(all, name, v)
    {
        if (!json_is_object(v)) {
            strbuf_addf(b, "%s%s ", gap, name);
            add_value(b, v);
            gap = ", ";
            continue;
        }
        strbuf_addf(b, "%s%s", gap, name);
        gap = " of ";
        json_object_foreach(v, who, of)
        {
            strbuf_adds(b, gap);
            text_escape(b, who, strlen(who));
            strbuf_adds(b, " ");
            add_value(b, of);
            gap = ", of ";
        }
        strbuf_adds(b, json_object_size(v) ? "" : " of no account");
        gap = ", ";
    }
    json_decref(all);
}

/* Derived values, each with what it was made of. */
static void print_derived(const json_t *of, size_t indent, FILE *out)
{
    json_t *all = json_deep_copy(json_object_get(of, "derived")), *v;
    const json_t *terms = json_object_get(of, "terms");
    const char *name;

    json_object_foreach(all, name, v)
    {
        struct strbuf line = {0}, from = {0};

        add_value(&line, v);
        add_terms(&from, json_object_get(terms, name));
        if (from.len)
            strbuf_addf(&line, ", from %s", strbuf_str(&from));
        fprintf(out, "%*s%-26s ", (int)indent, "", name);
        text_wrap(strbuf_str(&line),
                  indent + 1 + (strlen(name) > 26 ? strlen(name) : 26),
                  indent + 8, out);
        strbuf_free(&line);
        strbuf_free(&from);
    }
    json_decref(all);
}

static void print_accounts(const json_t *e, FILE *out)
{
    const json_t *one, *fact;
    size_t i, k;

    heading("ACCOUNTS", out);
    if (json_array_size(json_object_get(e, "accounts")) == 0)
        fputs("  none were read\n", out);
    json_array_foreach(json_object_get(e, "accounts"), i, one)
    {
        fputs("  ", out);
        text_print_safe(text_of(one, "account"), out);
        if (json_is_true(json_object_get(one, "system"))) {
            fputs(" (an account of the system)\n", out);
            continue;
        }
        fputc('\n', out);
        json_array_foreach(json_object_get(one, "facts"), k, fact)
        {
            print_fact(fact, 4, out);
        }
        fputs("    derived\n", out);
        print_derived(one, 6, out);
    }
}

static void print_conflicts(const json_t *e, FILE *out)
{
    const json_t *c;
    size_t i;

    if (json_array_size(json_object_get(e, "conflicts")) == 0)
        return;
    heading("SOURCES DISAGREE (so the fact counts as not known)", out);
    json_array_foreach(json_object_get(e, "conflicts"), i, c)
    {
        struct strbuf line = {0};

        if (text_of(c, "account")[0])
            strbuf_addf(&line, "%s: ", text_of(c, "account"));
        strbuf_addf(&line, "%s = %s, [%lld] line %lld", text_of(c, "fact"),
                    text_of(c, "value"),
                    (long long)json_integer_value(json_object_get(c, "source")),
                    (long long)json_integer_value(json_object_get(c, "line")));
        if (text_of(c, "read_at")[0])
            strbuf_addf(&line, ", %s", text_of(c, "read_at"));
        fputs("  ", out);
        text_wrap(strbuf_str(&line), 2, 4, out);
        strbuf_free(&line);
    }
}

static void print_sources(const json_t *e, FILE *out)
{
    const json_t *s;
    size_t i;

    heading("SOURCES", out);
    json_array_foreach(json_object_get(e, "sources"), i, s)
    {
        struct strbuf line = {0};

        strbuf_addf(&line, "[%lld] %s, %s",
                    (long long)json_integer_value(json_object_get(s, "number")),
                    text_of(s, "title"), text_of(s, "file"));
        if (text_of(s, "collected")[0])
            strbuf_addf(&line, ", taken %s", text_of(s, "collected"));
        fputs("  ", out);
        text_wrap(strbuf_str(&line), 2, 6, out);
        strbuf_free(&line);
    }
}

/* ------------------------------------------------------------------- rules */

/* "os >= 101300: yes; sole_holder: ?": the parts of one condition (NULL: of
 * both), only those that are definitely no with "no_only". */
static void add_parts(struct strbuf *b, const json_t *rule, const char *of,
                      bool no_only)
{
    const json_t *one, *truth;
    size_t i;

    json_array_foreach(json_object_get(rule, "parts"), i, one)
    {
        truth = json_object_get(one, "truth");
        if ((of && strcmp(text_of(one, "of"), of) != 0) ||
            (no_only && !json_is_false(truth)))
            continue;
        strbuf_addf(b, "%s%s: ", b->len ? "; " : "", text_of(one, "part"));
        add_value(b, truth);
    }
}

static void add_list(struct strbuf *b, const json_t *list)
{
    const json_t *v;
    size_t i;

    json_array_foreach(list, i, v)
    {
        strbuf_addf(b, "%s%s", i ? ", " : "", json_string_value(v));
    }
}

/* One more line of a finding, if there is something to say. */
static void print_more(struct strbuf *line, FILE *out)
{
    if (line->len) {
        fprintf(out, "%20s", "");
        text_wrap(strbuf_str(line), 20, 20, out);
    }
    strbuf_reset(line);
}

/* "open since 2026-10-30, 28 days": the last day of the period that found it
 * first; as-of is the end of that day. */
static void add_history(struct strbuf *b, const json_t *r)
{
    const char *seen = text_of(r, "first_seen");
    long long days = json_integer_value(json_object_get(r, "days_open"));
    char day[32];
    int64_t t;

    if (!when_parse(seen, strlen(seen), &t))
        return;
    when_format_date(t - 1, day, sizeof(day));
    strbuf_addf(b, "%s since %s", text_of(r, "state"), day);
    if (days)
        strbuf_addf(b, ", %lld day%s", days, days == 1 ? "" : "s");
}

/* Whether a cause note speaks of a finding: BT-07 of BT-01, ST-12 of ST-01 to
 * ST-04 of its account. A cause of one's own stands alone. */
static bool explains(const json_t *cause, const json_t *r)
{
    const char *id = text_of(r, "rule"), *of = text_of(cause, "rule");
    bool fits = strcmp(of, "BT-07") == 0 ? strcmp(id, "BT-01") == 0
                : strcmp(of, "ST-12") == 0
                    ? text_starts(id, "ST-0") && id[4] >= '1' && id[4] <= '4'
                    : false;

    return fits && json_is_true(json_object_get(cause, "cause")) &&
           strcmp(text_of(cause, "result"), text_of(r, "result")) == 0 &&
           strcmp(text_of(cause, "account"), text_of(r, "account")) == 0;
}

/* What explains a finding, inside it. */
static void print_causes(const json_t *e, const json_t *r, FILE *out)
{
    const json_t *c;
    size_t i;

    json_array_foreach(json_object_get(e, "rules"), i, c)
    {
        if (explains(c, r)) {
            fprintf(out, "%20s%s: ", "", text_of(c, "rule"));
            text_wrap(text_of(c, "evidence"), 22 + strlen(text_of(c, "rule")),
                      20, out);
        }
    }
}

/* A cause note that stands inside the finding that it explains. */
static bool is_inside(const json_t *e, const json_t *cause)
{
    const json_t *r;
    size_t i;

    json_array_foreach(json_object_get(e, "rules"), i, r)
    {
        if (explains(cause, r))
            return true;
    }
    return false;
}

static void print_finding(const json_t *e, const json_t *r, FILE *out)
{
    struct strbuf line = {0};

    fprintf(out, "  %-8s ", text_of(r, "rule"));
    color_severity(text_of(r, "severity"), 9, out);
    if (!strstr(text_of(r, "evidence"), text_of(r, "account")))
        strbuf_addf(&line, "%s: ", text_of(r, "account"));
    strbuf_adds(&line, text_of(r, "evidence"));
    text_wrap(strbuf_str(&line), 20, 20, out);
    strbuf_reset(&line);
    print_causes(e, r, out);
    add_parts(&line, r, NULL, false);
    print_more(&line, out);
    if (text_of(r, "missing")[0])
        strbuf_addf(&line, "missing: %s", text_of(r, "missing"));
    print_more(&line, out);
    add_history(&line, r);
    if (text_of(r, "remedy")[0] && strcmp(text_of(r, "result"), "fail") == 0)
        strbuf_addf(&line, "%s%s", line.len ? "; " : "", text_of(r, "remedy"));
    if (json_object_get(r, "accepted_risk"))
        strbuf_addf(&line, "%saccepted risk: %s (%s, until %.10s)",
                    line.len ? "; " : "",
                    text_of(json_object_get(r, "accepted_risk"), "reason"),
                    text_of(json_object_get(r, "accepted_risk"), "owner"),
                    text_of(json_object_get(r, "accepted_risk"), "expires"));
    print_more(&line, out);
    strbuf_free(&line);
}

/* The gravest first. */
static void print_result(const json_t *e, const char *result, bool migration,
                         const char *title, FILE *out)
{
    const json_t *r;
    size_t i, n = 0;
    int severity;

    for (severity = SEVERITIES; severity-- > 0;) {
        const char *word = severity_word((enum severity)severity);

        json_array_foreach(json_object_get(e, "rules"), i, r)
        {
            if (strcmp(text_of(r, "result"), result) != 0 ||
                strcmp(text_of(r, "severity"), word) != 0 ||
                json_is_true(json_object_get(r, "migration")) != migration ||
                is_inside(e, r))
                continue;
            if (n++ == 0)
                heading(title, out);
            print_finding(e, r, out);
        }
    }
}

static void print_not_checked(const json_t *e, FILE *out)
{
    const json_t *r;
    size_t i, n = 0;
    const char *last = "";

    json_array_foreach(json_object_get(e, "rules"), i, r)
    {
        struct strbuf line = {0};

        if (strcmp(text_of(r, "result"), "notchecked") != 0 ||
            strcmp(text_of(r, "rule"), last) == 0)
            continue;
        if (n++ == 0)
            heading("NOT MEASURED (no export of this Mac carries it)", out);
        last = text_of(r, "rule");
        strbuf_addf(&line, "%s: ", text_of(r, "title"));
        add_list(&line, json_object_get(r, "not_carried"));
        fprintf(out, "  %-8s ", last);
        text_wrap(strbuf_str(&line), 11, 11, out);
        strbuf_free(&line);
    }
}

/* Rules of one result, each with the parts that decided it. */
static void print_short(const json_t *e, const char *result, const char *of,
                        const char *title, FILE *out)
{
    const json_t *r;
    size_t i, n = 0;

    json_array_foreach(json_object_get(e, "rules"), i, r)
    {
        struct strbuf line = {0}, parts = {0};

        if (strcmp(text_of(r, "result"), result) != 0)
            continue;
        if (n++ == 0)
            heading(title, out);
        if (of)
            add_parts(&parts, r, of, strcmp(of, "applies") == 0);
        else
            strbuf_adds(&parts, text_of(r, "evidence"));
        if (of)
            strbuf_adds(&line, text_of(r, "account"));
        if (line.len && parts.len)
            strbuf_adds(&line, ": ");
        strbuf_adds(&line, parts.len ? strbuf_str(&parts) : "");
        if (!line.len)
            strbuf_adds(&line, text_of(r, "title"));
        fprintf(out, "  %-8s ", text_of(r, "rule"));
        text_wrap(strbuf_str(&line), 11, 11, out);
        strbuf_free(&line);
        strbuf_free(&parts);
    }
}

static void print_errors(const json_t *e, FILE *out)
{
    const json_t *r;
    size_t i, n = 0;

    json_array_foreach(json_object_get(e, "rules"), i, r)
    {
        if (strcmp(text_of(r, "result"), "error") != 0)
            continue;
        if (n++ == 0)
            heading("RULES AT FAULT", out);
        fprintf(out, "  %-8s ", text_of(r, "rule"));
        text_wrap(text_of(r, "evidence"), 11, 11, out);
    }
}

static void print_remedies(const json_t *e, FILE *out)
{
    const json_t *m, *step;
    size_t i, k;

    if (json_array_size(json_object_get(e, "what_to_do")) == 0)
        return;
    heading("WHAT TO DO, IN THIS ORDER", out);
    json_array_foreach(json_object_get(e, "what_to_do"), i, m)
    {
        struct strbuf line = {0};

        strbuf_addf(&line, "%s (for ", text_of(m, "title"));
        add_list(&line, json_object_get(m, "for"));
        strbuf_addf(
            &line, "): %s, about %lld minutes", text_of(m, "who"),
            (long long)json_integer_value(json_object_get(m, "minutes")));
        fprintf(out, "  %-4s ", text_of(m, "remedy"));
        text_wrap(strbuf_str(&line), 7, 7, out);
        json_array_foreach(json_object_get(m, "steps"), k, step)
        {
            fprintf(out, "    %2zu. ", k + 1);
            text_wrap(json_string_value(step), 8, 8, out);
        }
        if (text_of(m, "risk")[0]) {
            fputs("    risk:   ", out);
            text_wrap(text_of(m, "risk"), 12, 12, out);
        }
        if (text_of(m, "verify")[0]) {
            fputs("    verify: ", out);
            text_wrap(text_of(m, "verify"), 12, 12, out);
        }
        strbuf_free(&line);
    }
}

static const json_t *fact_named(const json_t *e, const char *name)
{
    const json_t *fact;
    size_t i;

    json_array_foreach(json_object_get(e, "facts"), i, fact)
    {
        if (strcmp(text_of(fact, "fact"), name) == 0)
            return fact;
    }
    return NULL;
}

static void print_head(const json_t *e, FILE *out)
{
    struct strbuf line = {0};

    strbuf_addf(&line, "%s  %s  (%s)  %s, as of %s", text_of(e, "serial"),
                text_of(fact_named(e, "name"), "value"),
                text_of(fact_named(e, "client"), "value"), text_of(e, "period"),
                text_of(e, "as_of"));
    text_wrap(strbuf_str(&line), 0, 2, out);
    strbuf_reset(&line);
    strbuf_addf(&line, "verdict: %s%s", text_of(e, "verdict"),
                json_is_true(json_object_get(e, "not_reporting"))
                    ? "; not reporting"
                    : "");
    text_wrap(strbuf_str(&line), 0, 2, out);
    strbuf_free(&line);
}

/* A line for each code of a list, in words. */
static void print_capabilities(const json_t *e, const char *key,
                               const char *title, FILE *out)
{
    const char *s = text_of(e, key);
    char code[32];
    size_t n;

    if (!s[0])
        return;
    heading(title, out);
    for (; *s; s += n + (s[n] == ' ')) {
        const char *words;

        n = strcspn(s, " ");
        snprintf(code, sizeof(code), "%.*s", (int)n, s);
        words = capability_says(code);
        fprintf(out, "  %-17s  %s\n", code, words ? words : "");
    }
}

void explain_print(const json_t *e, FILE *out)
{
    print_head(e, out);
    print_result(e, "fail", false, "WRONG", out);
    print_result(e, "unknown", false, "NOT KNOWN", out);
    print_result(e, "fail", true, "BEFORE A MOVE TO ANOTHER SERVER", out);
    print_result(e, "unknown", true, "NOT KNOWN, FOR A MOVE", out);
    print_remedies(e, out);
    print_capabilities(e, "cannot_do", "CANNOT DO NOW", out);
    print_capabilities(e, "perhaps_not", "PERHAPS CANNOT", out);
    print_facts(e, out);
    print_accounts(e, out);
    print_conflicts(e, out);
    print_sources(e, out);
    heading("DERIVED", out);
    print_derived(e, 2, out);
    print_not_checked(e, out);
    print_errors(e, out);
    print_short(e, "informational", NULL, "NOTED, NOT COUNTED", out);
    print_short(e, "pass", "fails", "PASSED (each with what decided it)", out);
    print_short(e, "notapplicable", "applies", "DOES NOT APPLY, BECAUSE", out);
}
