/*
 * rule_needs.c - whether a rule requires the facts that it judges by.
 */
#include "core/base.h"

#include "analyze/derive.h"
#include "analyze/explain_part.h"
#include "analyze/rule_needs.h"
#include "analyze/rule_text.h"
#include "core/facts.h"
#include "core/strbuf.h"

#define COLUMNS_MOST 40

/* A column of an expression of which the rule requires nothing. */
struct missed {
    struct token token;
    bool fact; /* itself one, not derived */
};

struct part_columns {
    struct missed missed[COLUMNS_MOST];
    size_t count;
    bool listed; /* "facts:" has something of a column */
};

/* Two-valued by their definition, or a name that every row has. */
static bool never_unknown(const char *name)
{
    static const char *const list[] = {
        "serial",           "account",
        "client",           "needs_token",
        "needs_token_weak", "reset_proved",
        "allow_list",       "accounts_seen",
        "recovery_open",    "any_login_known",
        "other_usable_yes", "any_restart_after_reset",
        "other_holder",     "other_admin_usable",
        "holders_min",      "unlockers_min",
        "usable_min",       "usable_admins_min",
        "needs_kext"};
    size_t i;

    for (i = 0; i < COUNT_OF(list); i++)
        if (strcmp(list[i], name) == 0)
            return true;
    return false;
}

static bool is_fact(const struct rule *r, const char *name)
{
    return fact_index(FACT_DEVICE, name) >= 0 || custom_name(name) ||
           (r->account_scope && fact_index(FACT_ACCOUNT, name) >= 0);
}

/* What a derived column is made of; NULL for a fact, and what is neither. */
static const char *made_of(const char *name)
{
    const char *of = explain_terms_of(true, name);

    return of ? of : explain_terms_of(false, name);
}

static bool requires(const struct rule *r, const char *name)
{
    size_t n = strlen(name), len;
    const char *s;

    for (s = r->facts; *s; s += len + (s[len] != '\0')) {
        len = strcspn(s, "|, \t\n");
        if (len == n && strncmp(s, name, n) == 0)
            return true;
    }
    return false;
}

/* The facts under a column, added to "out"; returns whether one is required.
 * The system's version is under nearly all, and stands for none but os. */
static bool facts_under(const struct rule *r, const char *name, int depth,
                        struct strbuf *out)
{
    const char *of = made_of(name);
    bool any = false;
    char term[64];
    size_t n;

    if (!of) {
        strbuf_addf(out, "%s%s", strbuf_str(out)[0] ? " " : "", name);
        return requires(r, name) &&
               (depth <= 1 || strcmp(name, "os_version") != 0);
    }
    for (; *of; of += n + (of[n] == ' ')) {
        bool each = *of == '@';

        n = strcspn(of, " ");
        snprintf(term, sizeof(term), "%.*s", (int)(n - each), of + each);
        if (facts_under(r, term, depth + 1, out))
            any = true;
    }
    return any;
}

static bool asked_by_is(const char *after)
{
    struct token t;

    token_next(after, &t);
    return token_is(&t, "is");
}

/* The end of what a "(" or CASE before "s" opens. */
static const char *end_of(const char *s, const char *opens, const char *closes)
{
    struct token t;
    int depth = 1;

    for (s = token_next(s, &t); t.text[0]; s = token_next(s, &t)) {
        depth += token_is(&t, opens) - token_is(&t, closes);
        if (depth == 0)
            break;
    }
    return s;
}

/* How far after a token the author says what unknown means: to the end of a
 * CASE, or of parentheses asked by IS. The token itself where not at all. */
static const char *settled_until(const struct token *t)
{
    const char *end;

    if (token_is(t, "case"))
        return end_of(t->end, "case", "end");
    if (!token_is(t, "("))
        return t->at;
    end = end_of(t->end, "(", ")");
    return asked_by_is(end) ? end : t->at;
}

/* Each column once, at its first place. */
static void take(struct part_columns *c, const struct token *t, bool fact)
{
    size_t i;

    for (i = 0; i < c->count; i++)
        if (token_is(&c->missed[i].token, t->text))
            return;
    if (c->count < COLUMNS_MOST)
        c->missed[c->count++] = (struct missed){*t, fact};
}

static void look(const struct rule *r, struct rule_part part,
                 struct part_columns *c)
{
    const char *s = part.text, *end = s + part.len, *settled = s, *until;
    struct strbuf facts = {0};
    struct token t;

    for (s = token_next(s, &t); t.text[0] && t.at < end;
         s = token_next(s, &t)) {
        bool fact = is_fact(r, t.text);

        until = settled_until(&t);
        settled = until > settled ? until : settled;
        if (!t.name || (!fact && !made_of(t.text)))
            continue;
        strbuf_reset(&facts);
        if (facts_under(r, t.text, 0, &facts))
            c->listed = true;
        else if (t.at >= settled && !never_unknown(t.text) && !asked_by_is(s))
            take(c, &t, fact);
    }
    strbuf_free(&facts);
}

static void tell(const struct rule *r, const struct part_columns *c,
                 bool derived, rule_needs_fn *fn, void *ctx)
{
    struct strbuf facts = {0};
    size_t i;

    for (i = 0; i < c->count; i++) {
        if (!c->missed[i].fact && !derived)
            continue;
        strbuf_reset(&facts);
        (void)facts_under(r, c->missed[i].token.text, 0, &facts);
        fn(ctx, c->missed[i].token.at, c->missed[i].token.text,
           strbuf_str(&facts));
    }
    strbuf_free(&facts);
}

/* What "applies" has told already is not told of "fails" again. */
static void drop_told(struct part_columns *c, const struct part_columns *told)
{
    size_t i, k, kept = 0;

    for (i = 0; i < c->count; i++) {
        for (k = 0; k < told->count; k++)
            if (token_is(&told->missed[k].token, c->missed[i].token.text))
                break;
        if (k == told->count)
            c->missed[kept++] = c->missed[i];
    }
    c->count = kept;
}

void rule_needs(const struct rule *r, rule_needs_fn *fn, void *ctx)
{
    struct part_columns applies = {.count = 0}, fails = {.count = 0};
    struct rule_parts parts;

    if (!rule_split(r, &parts))
        return;
    look(r, parts.applies, &applies);
    look(r, parts.fails, &fails);
    tell(r, &applies, true, fn, ctx);
    drop_told(&fails, &applies);
    tell(r, &fails, !fails.listed, fn, ctx);
}
