/*
 * rule_lint.c - what SQLite takes silently and a rule must not say.
 *
 * SQL is cut into words and marks; whether a name stands where a truth value
 * is wanted follows from its two neighbours.
 */
#include "core/base.h"

#include "analyze/derive.h"
#include "analyze/rule_lint.h"
#include "core/facts.h"
#include "core/policy.h"
#include "core/text.h"

/* Texts among the derived columns. */
static const char *const derived_texts[] = {
    "bootstrap_state",   "repair_path", "holder_names",
    "token_admin_names", "reset_names", "refused_names",
    "device_serial",     "device_uuid", "device_mdm_id",
};

static bool is_text_fact(enum fact_scope scope, const char *name)
{
    int i = fact_index(scope, name);
    size_t n;
    const struct fact *f = fact_table(scope, &n);

    return i >= 0 && (f[i].type == FACT_TEXT || f[i].type == FACT_ENUM ||
                      f[i].type == FACT_VERSION);
}

bool posture_is_text(const char *column)
{
    size_t i;

    for (i = 0; i < COUNT_OF(derived_texts); i++)
        if (strcmp(derived_texts[i], column) == 0)
            return true;
    if (text_starts(column, "p_")) {
        const struct policy_key *k = policy_find(column + 2);

        return k && k->type == POLICY_TEXT;
    }
    return is_text_fact(FACT_DEVICE, column) ||
           is_text_fact(FACT_ACCOUNT, column) || custom_name(column);
}

/* ------------------------------------------------------------------ reading */

struct token {
    char text[64]; /* in lower case; "" at the end, "'" for a literal */
    const char *at;
    bool name; /* an identifier or keyword */
};

static bool is_name_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || c == '_' || (unsigned char)c >= 0x80;
}

static const char *skip_blank(const char *s)
{
    for (;;) {
        if (ascii_isspace(*s)) {
            s++;
        } else if (s[0] == '-' && s[1] == '-') {
            s += strcspn(s, "\n");
        } else if (s[0] == '/' && s[1] == '*') {
            const char *end = strstr(s + 2, "*/");

            s = end ? end + 2 : s + strlen(s);
        } else {
            return s;
        }
    }
}

/* The end of a literal or quoted name; doubled quotes stand for one. */
static const char *skip_quoted(const char *s)
{
    char quote = *s++;

    for (; *s; s++)
        if (*s == quote) {
            if (s[1] != quote)
                return s + 1;
            s++;
        }
    return s;
}

static const char *next_token(const char *s, struct token *t)
{
    const char *end;
    size_t n, i;

    *t = (struct token){.at = s = skip_blank(s)};
    if (*s == '\'') {
        snprintf(t->text, sizeof(t->text), "'");
        return skip_quoted(s);
    }
    if (*s == '"') {
        end = skip_quoted(s);
        s++;
        n = (size_t)(end - s) - (end[-1] == '"');
        t->name = true;
    } else if (is_name_byte(*s)) {
        for (end = s; is_name_byte(*end); end++)
            ;
        n = (size_t)(end - s);
        t->name = !(*s >= '0' && *s <= '9');
    } else {
        end = *s ? s + 1 : s;
        n = (size_t)(end - s);
    }
    for (i = 0; i < n && i < sizeof(t->text) - 1; i++)
        t->text[i] = ascii_lower(s[i]);
    return end;
}

static bool is(const struct token *t, const char *word)
{
    return strcmp(t->text, word) == 0;
}

static bool any_of(const struct token *t, const char *const *words)
{
    for (; *words; words++)
        if (is(t, *words))
            return true;
    return false;
}

/* ----------------------------------------------------------------- checking */

/* What stands before and after a name in question. */
struct view {
    struct token before, after, after2, after3;
    bool between;     /* BETWEEN came last: its AND joins no truths */
    bool simple_case; /* CASE x WHEN y: y is compared */
};

static bool opens_truth(const struct view *v)
{
    if (is(&v->before, "not"))
        return true;
    if (is(&v->before, "and"))
        return !v->between;
    if (is(&v->before, "when"))
        return !v->simple_case;
    return is(&v->before, "or") || is(&v->before, "where") ||
           is(&v->before, "having");
}

/* The expression that starts before the name does not go on after it. */
static bool ends_here(const struct view *v)
{
    static const char *const ends[] = {"and",   "or",    "then", "else", "end",
                                       ")",     ",",     "as",   "from", "when",
                                       "order", "group", "",     ";",    NULL};

    return any_of(&v->after, ends);
}

static bool wants_truth(const struct view *v)
{
    static const char *const starts[] = {"select", "(",    ",",
                                         "then",   "else", NULL};

    if (is(&v->after, "is")) { /* x IS [NOT] TRUE */
        const struct token *t = is(&v->after2, "not") ? &v->after3 : &v->after2;

        return is(t, "true") || is(t, "false");
    }
    if (opens_truth(v) && ends_here(v))
        return true;
    if (any_of(&v->before, starts)) {
        if (is(&v->after, "and") || is(&v->after, "or"))
            return true;
        if (is(&v->after, "as"))
            return is(&v->after2, "applies") || is(&v->after2, "fails");
    }
    return false;
}

static int refuse(const struct rule *r, const struct token *t, struct err *err)
{
    const char *s, *start = r->sql;
    long line = r->sql_line;

    for (s = r->sql; s < t->at; s++)
        if (*s == '\n') {
            line++;
            start = s + 1;
        }
    err_at(err, ERR_CONFIG, r->file, line,
           (long)utf8_length(start, (size_t)(t->at - start)) + 1,
           "%s is a text, in the place of a truth value", t->text);
    return err_hint(err, "compare it: %s = '...', or %s IS NOT NULL", t->text,
                    t->text);
}

int rule_lint(const struct rule *r, struct err *err)
{
    struct token now, dot;
    struct view v = {.between = false};
    const char *s = next_token(r->sql, &now), *ahead;
    bool cases[32]; /* whether each open CASE is a simple one */
    size_t depth = 0;

    for (; now.text[0]; v.before = now, s = next_token(s, &now)) {
        /* "d.chip" is chip */
        next_token(s, &dot);
        if (is(&dot, ".") && now.name) {
            s = next_token(s, &dot);
            s = next_token(s, &now);
        }
        ahead = next_token(s, &v.after);
        ahead = next_token(ahead, &v.after2);
        next_token(ahead, &v.after3);
        if (is(&now, "between"))
            v.between = true;
        if (is(&now, "case") && depth < COUNT_OF(cases))
            cases[depth++] = !is(&v.after, "when");
        if (is(&now, "end") && depth)
            depth--;
        v.simple_case = depth && cases[depth - 1];
        if (now.name && !is(&v.after, "(") && posture_is_text(now.text) &&
            !is(&v.before, "as") && wants_truth(&v))
            return refuse(r, &now, err);
        if (is(&v.before, "and"))
            v.between = false;
    }
    return 0;
}

void rule_customs(const struct rule *r, void (*fn)(void *ctx, const char *name),
                  void *ctx)
{
    struct token t;
    const char *s = r->sql;

    for (s = next_token(s, &t); t.text[0]; s = next_token(s, &t))
        if (t.name && custom_name(t.text))
            fn(ctx, t.text);
}
