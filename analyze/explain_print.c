/*
 * explain_print.c - the explanation of one Mac for people, at 80 columns.
 */
#include "core/base.h"

#include "analyze/explain.h"
#include "core/strbuf.h"
#include "core/text.h"

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
    fprintf(out, "\n%s\n", title);
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
    }
}

static void print_fact(const json_t *fact, size_t indent, FILE *out)
{
    struct strbuf value = {0}, origin = {0};
    size_t column;

    add_value(&value, json_object_get(fact, "value"));
    add_origin(&origin, fact);
    fprintf(out, "%*s%-26s ", (int)indent, "", text_of(fact, "fact"));
    column = indent + 27 + utf8_length(strbuf_str(&value), value.len);
    if (!origin.len) {
        text_wrap(strbuf_str(&value), indent + 27, indent + 27, out);
    } else if (column <= 44) {
        fprintf(out, "%s%*s  ", strbuf_str(&value), (int)(44 - column), "");
        text_wrap(strbuf_str(&origin), 46, 46, out);
    } else {
        text_wrap(strbuf_str(&value), indent + 27, indent + 27, out);
        fprintf(out, "%*s", 46, "");
        text_wrap(strbuf_str(&origin), 46, 46, out);
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

static void print_object(const json_t *o, const char *begin, size_t indent,
                         FILE *out)
{
    struct strbuf line = {0};
    const char *key;
    json_t *v, *all = json_deep_copy(o);

    json_object_foreach(all, key, v)
    {
        strbuf_addf(&line, "%s%s=", line.len ? " " : "", key);
        add_value(&line, v);
    }
    fputs(begin, out);
    text_wrap(line.len ? strbuf_str(&line) : "none", indent, indent, out);
    json_decref(all);
    strbuf_free(&line);
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
        print_object(json_object_get(one, "derived"), "    derived: ", 13, out);
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

static const char *parts_of(const json_t *rule)
{
    const json_t *applies = json_object_get(rule, "applies");
    const json_t *fails = json_object_get(rule, "fails");

    if (json_is_null(applies) && json_is_null(fails))
        return "whether it applies and whether it fails are not known";
    if (json_is_null(applies))
        return "it would fail; whether it applies is not known";
    return json_is_null(fails) ? "it applies; whether it fails is not known"
                               : "";
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

static void print_finding(const json_t *r, FILE *out)
{
    struct strbuf line = {0};

    fprintf(out, "  %-8s %-8s ", text_of(r, "rule"), text_of(r, "severity"));
    if (!strstr(text_of(r, "evidence"), text_of(r, "account")))
        strbuf_addf(&line, "%s: ", text_of(r, "account"));
    strbuf_adds(&line, text_of(r, "evidence"));
    text_wrap(strbuf_str(&line), 20, 20, out);
    strbuf_reset(&line);
    if (strcmp(text_of(r, "result"), "unknown") == 0) {
        strbuf_adds(&line, parts_of(r));
        if (text_of(r, "missing")[0])
            strbuf_addf(&line, "; missing: %s", text_of(r, "missing"));
        fprintf(out, "%20s", "");
        text_wrap(strbuf_str(&line), 20, 20, out);
        strbuf_reset(&line);
    }
    strbuf_addf(&line, "%s since %.10s", text_of(r, "state"),
                text_of(r, "first_seen"));
    if (text_of(r, "remedy")[0])
        strbuf_addf(&line, "; %s", text_of(r, "remedy"));
    if (json_object_get(r, "accepted_risk"))
        strbuf_addf(&line, "; accepted risk: %s (%s, until %.10s)",
                    text_of(json_object_get(r, "accepted_risk"), "reason"),
                    text_of(json_object_get(r, "accepted_risk"), "owner"),
                    text_of(json_object_get(r, "accepted_risk"), "expires"));
    fprintf(out, "%20s", "");
    text_wrap(strbuf_str(&line), 20, 20, out);
    strbuf_free(&line);
}

static void print_result(const json_t *e, const char *result, bool migration,
                         const char *title, FILE *out)
{
    const json_t *r;
    size_t i, n = 0;

    json_array_foreach(json_object_get(e, "rules"), i, r)
    {
        if (strcmp(text_of(r, "result"), result) != 0 ||
            json_is_true(json_object_get(r, "migration")) != migration)
            continue;
        if (n++ == 0)
            heading(title, out);
        print_finding(r, out);
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

static void print_ids(const json_t *e, const char *result, const char *title,
                      FILE *out)
{
    struct strbuf line = {0};
    const json_t *r;
    size_t i;

    json_array_foreach(json_object_get(e, "rules"), i, r)
    {
        if (strcmp(text_of(r, "result"), result) != 0)
            continue;
        strbuf_addf(&line, "%s%s", line.len ? " " : "", text_of(r, "rule"));
        if (text_of(r, "account")[0])
            strbuf_addf(&line, "(%s)", text_of(r, "account"));
    }
    if (line.len) {
        heading(title, out);
        fputs("  ", out);
        text_wrap(strbuf_str(&line), 2, 2, out);
    }
    strbuf_free(&line);
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
    if (text_of(e, "cannot_do")[0])
        strbuf_addf(&line, "; cannot do now: %s", text_of(e, "cannot_do"));
    if (text_of(e, "perhaps_not")[0])
        strbuf_addf(&line, "; perhaps not: %s", text_of(e, "perhaps_not"));
    text_wrap(strbuf_str(&line), 0, 2, out);
    strbuf_free(&line);
}

void explain_print(const json_t *e, FILE *out)
{
    print_head(e, out);
    print_result(e, "fail", false, "WRONG", out);
    print_result(e, "unknown", false, "NOT KNOWN", out);
    print_result(e, "fail", true, "BEFORE A MOVE TO ANOTHER SERVER", out);
    print_result(e, "unknown", true, "NOT KNOWN, FOR A MOVE", out);
    print_remedies(e, out);
    print_facts(e, out);
    print_accounts(e, out);
    print_conflicts(e, out);
    print_sources(e, out);
    heading("DERIVED", out);
    print_object(json_object_get(e, "derived"), "  ", 2, out);
    print_not_checked(e, out);
    print_errors(e, out);
    print_ids(e, "informational", "NOTED, NOT COUNTED", out);
    print_ids(e, "pass", "PASSED", out);
    print_ids(e, "notapplicable", "DOES NOT APPLY", out);
}
