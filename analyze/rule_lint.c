/*
 * rule_lint.c - what SQLite takes silently and a rule must not say.
 *
 * SQL is cut into words and marks; whether a name stands where a truth value
 * is wanted follows from its two neighbours.
 */
#include "core/base.h"

#include "analyze/derive.h"
#include "analyze/rule_lint.h"
#include "analyze/rule_place.h"
#include "analyze/rule_text.h"
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

/* -------------------------------------------------------------- checking */

static bool any_of(const struct token *t, const char *const *words)
{
    for (; *words; words++)
        if (token_is(t, *words))
            return true;
    return false;
}

/* What stands before and after a name in question. */
struct view {
    struct token before, after, after2, after3;
    bool between;     /* BETWEEN came last: its AND joins no truths */
    bool simple_case; /* CASE x WHEN y: y is compared */
};

static bool opens_truth(const struct view *v)
{
    if (token_is(&v->before, "not"))
        return true;
    if (token_is(&v->before, "and"))
        return !v->between;
    if (token_is(&v->before, "when"))
        return !v->simple_case;
    return token_is(&v->before, "or") || token_is(&v->before, "where") ||
           token_is(&v->before, "having");
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

    if (token_is(&v->after, "is")) { /* x IS [NOT] TRUE */
        const struct token *t =
            token_is(&v->after2, "not") ? &v->after3 : &v->after2;

        return token_is(t, "true") || token_is(t, "false");
    }
    if (opens_truth(v) && ends_here(v))
        return true;
    if (any_of(&v->before, starts)) {
        if (token_is(&v->after, "and") || token_is(&v->after, "or"))
            return true;
        if (token_is(&v->after, "as"))
            return token_is(&v->after2, "applies") ||
                   token_is(&v->after2, "fails");
    }
    return false;
}

static int refuse(const struct rule *r, const struct token *t, struct err *err)
{
    long line, column;

    rule_place(r, t->at, &line, &column);
    err_at(err, ERR_CONFIG, r->file, line, column,
           "%s is a text, in the place of a truth value", t->text);
    return err_hint(err, "compare it: %s = '...', or %s IS NOT NULL", t->text,
                    t->text);
}

int rule_lint(const struct rule *r, struct err *err)
{
    struct token now, dot;
    struct view v = {.between = false};
    const char *s = token_next(r->sql, &now), *ahead;
    bool cases[32]; /* whether each open CASE is a simple one */
    size_t depth = 0;

    for (; now.text[0]; v.before = now, s = token_next(s, &now)) {
        /* "d.chip" is chip */
        token_next(s, &dot);
        if (token_is(&dot, ".") && now.name) {
            s = token_next(s, &dot);
            s = token_next(s, &now);
        }
        ahead = token_next(s, &v.after);
        ahead = token_next(ahead, &v.after2);
        token_next(ahead, &v.after3);
        if (token_is(&now, "between"))
            v.between = true;
        if (token_is(&now, "case") && depth < COUNT_OF(cases))
            cases[depth++] = !token_is(&v.after, "when");
        if (token_is(&now, "end") && depth)
            depth--;
        v.simple_case = depth && cases[depth - 1];
        if (now.name && !token_is(&v.after, "(") && posture_is_text(now.text) &&
            !token_is(&v.before, "as") && wants_truth(&v))
            return refuse(r, &now, err);
        if (token_is(&v.before, "and"))
            v.between = false;
    }
    return 0;
}

void rule_customs(const struct rule *r, void (*fn)(void *ctx, const char *name),
                  void *ctx)
{
    struct token t;
    const char *s = r->sql;

    for (s = token_next(s, &t); t.text[0]; s = token_next(s, &t))
        if (t.name && custom_name(t.text))
            fn(ctx, t.text);
}
