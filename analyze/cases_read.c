/*
 * cases_read.c - cases as they stand in their file, a line each.
 */
#include "core/base.h"

#include "analyze/cases_part.h"
#include "core/strbuf.h"
#include "core/text.h"
#include "core/when.h"

#define DEFAULT_AS_OF "2026-06-30"

/* Where a key stands in the line of a case, counted in characters. */
static long column_of(const struct one_case *one, const char *key)
{
    size_t n = key ? strlen(key) : 0, i;

    for (i = 1; n && i + n + 1 <= one->length; i++)
        if (one->text[i - 1] == '"' && one->text[i + n] == '"' &&
            memcmp(one->text + i, key, n) == 0)
            return (long)utf8_length(one->text, i - 1) + 1;
    return 1;
}

void case_complain(struct runner *r, struct one_case *one, const char *key,
                   const char *fmt, ...)
{
    struct err fault = {0};
    char text[400];
    va_list args;

    if (one->refused)
        return;
    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    err_at(&fault, ERR_CONFIG, one->file, one->line, column_of(one, key),
           "%s: case \"%s\": %s", r->c->rules[one->rule]->id, one->name, text);
    r->fn(r->ctx, &fault);
    r->counts[one->rule].failed++;
    one->refused = true;
}

static const char *const keys[] = {"case",     "as_of",   "policy", "device",
                                   "accounts", "account", "expect", "severity",
                                   "remedy",   "evidence"};

static const char *const results[] = {
    "pass", "fail", "unknown", "notapplicable", "notchecked", "informational"};

const char *case_string(const json_t *o, const char *key)
{
    return json_string_value(json_object_get(o, key));
}

static void check_keys(struct runner *r, struct one_case *one)
{
    const char *key, *near, *expect = case_string(one->object, "expect");
    json_t *value;
    size_t i;

    json_object_foreach(one->object, key, value)
    {
        for (i = 0; i < COUNT_OF(keys) && strcmp(keys[i], key) != 0; i++)
            ;
        if (i < COUNT_OF(keys))
            continue;
        near = text_nearest(key, keys, COUNT_OF(keys));
        case_complain(r, one, key, "unknown key \"%s\"%s%s%s", key,
                      near ? "; did you mean \"" : "", near ? near : "",
                      near ? "\"?" : "");
        return;
    }
    for (i = 0; expect && i < COUNT_OF(results); i++)
        if (strcmp(results[i], expect) == 0)
            return;
    case_complain(r, one, "expect", "expect: a result is wanted, found \"%s\"",
                  expect ? expect : "");
}

static void read_as_of(struct runner *r, struct one_case *one)
{
    const json_t *value = json_object_get(one->object, "as_of");
    const char *text = json_string_value(value);

    if (json_is_integer(value)) {
        one->as_of = json_integer_value(value);
        return;
    }
    if (!when_parse_as_of(text ? text : DEFAULT_AS_OF, &one->as_of))
        case_complain(r, one, "as_of", "as_of: \"%s\" is no date",
                      text ? text : "");
}

static int add_case(struct runner *r, size_t rule, long line, const char *s,
                    size_t n, json_t *object, struct err *err)
{
    struct one_case *one;
    char *policy;
    struct strbuf group = {0};
    size_t cap = r->cap ? 2 * r->cap : 256;

    if (r->count == r->cap) {
        one = realloc(r->items, cap * sizeof(*one));
        if (!one) {
            json_decref(object);
            return err_nomem(err);
        }
        r->items = one;
        r->cap = cap;
    }
    one = &r->items[r->count++];
    *one = (struct one_case){.rule = rule,
                             .file = r->c->case_files[rule],
                             .line = line,
                             .text = s,
                             .length = n,
                             .object = object};
    one->name = case_string(object, "case");
    if (!one->name)
        one->name = "";
    check_keys(r, one);
    read_as_of(r, one);
    policy = json_dumps(json_object_get(object, "policy"),
                        JSON_COMPACT | JSON_SORT_KEYS);
    strbuf_addf(&group, "%020lld %s", (long long)one->as_of,
                policy ? policy : "");
    free(policy);
    one->group = strbuf_detach(&group);
    return one->group ? 0 : err_nomem(err);
}

static int read_line(struct runner *r, size_t rule, long line, const char *s,
                     size_t n, struct err *err)
{
    json_error_t fault;
    json_t *object = json_loadb(s, n, JSON_REJECT_DUPLICATES, &fault);
    struct err told = {0};

    if (json_is_object(object))
        return add_case(r, rule, line, s, n, object, err);
    err_at(&told, ERR_CONFIG, r->c->case_files[rule], line,
           object ? 1 : (long)fault.column, "%s: is no JSON object: %s",
           r->c->rules[rule]->id, object ? "another value" : fault.text);
    r->fn(r->ctx, &told);
    r->counts[rule].failed++;
    json_decref(object);
    return 0;
}

int cases_read(struct runner *r, size_t rule, struct err *err)
{
    const char *s = r->c->cases[rule];
    long line = 1;

    for (; *s; line++) {
        size_t n = strcspn(s, "\n");

        if (strspn(s, " \t\r") < n && read_line(r, rule, line, s, n, err) < 0)
            return -1;
        s += n + (s[n] == '\n');
    }
    return 0;
}
