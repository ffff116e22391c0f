/*
 * map_report.c - what became of the columns of a file.
 */
#include "core/base.h"

#include "core/text.h"
#include "ingest/command_text.h"
#include "ingest/mapping.h"

#define REPORTED 20

static bool target_filled(const struct map *m, const struct target *t)
{
    size_t i;

    for (i = 0; i < t->by.count; i++)
        if (m->columns[t->by.items[i].column].filled > 0)
            return true;
    return t->by.count == 0 && t->constant;
}

/* Columns of the customer's own may hold the output of commands. */
static bool map_may_hear_commands(const struct map *m)
{
    size_t i;

    if (m->source->accounts)
        return false;
    for (i = 0; i < m->column_count; i++)
        if (m->columns[i].by_name)
            return true;
    return m->heard || m->sets[0].commands.count > 0 || m->asked.count > 0;
}

/* Some accounts have an empty name. */
static bool map_names_nobody(const struct source *s)
{
    uint64_t known_by = s->known_by;
    size_t i;

    for (i = 0; i < s->nested_count; i++)
        known_by |= s->nested[i].known_by;
    return known_by != 0;
}

uint64_t map_gives(const struct map *m, enum fact_scope scope)
{
    uint64_t bits = 0;
    size_t i, k;

    for (i = 0; i < m->set_count; i++)
        for (k = 0; k < m->sets[i].target_count; k++)
            if (m->sets[i].targets[k].scope == scope)
                bits |= BIT(m->sets[i].targets[k].fact);
    if (map_may_hear_commands(m))
        return scope == FACT_DEVICE ? BIT(device_fact_count) - 1
                                    : BIT(account_fact_count) - 1;
    if (scope == FACT_DEVICE) {
        if (bits & BIT(m->f_model))
            bits |= BIT(m->f_chip);
        for (i = 0; i < m->sets[0].lists.count; i++)
            bits |= BIT(m->f_holders_listed);
        if (m->source->nested_count > 0)
            bits |= BIT(m->f_accounts_listed);
    } else {
        if (map_names_nobody(m->source))
            bits |= BIT(m->a_account);
        for (i = 0; i < m->sets[0].lists.count; i++)
            bits |= BIT(m->sets[0].lists.items[i].spec->fact) |
                    BIT(m->a_admin) | BIT(m->a_account);
    }
    return bits;
}

struct map_carries map_carries(const struct map *m)
{
    struct map_carries c = {0};
    size_t i, k;

    for (i = 0; i < m->set_count; i++) {
        for (k = 0; k < m->sets[i].target_count; k++) {
            const struct target *t = &m->sets[i].targets[k];

            if (!target_filled(m, t))
                continue;
            if (t->scope == FACT_DEVICE)
                c.device |= BIT(t->fact);
            else
                c.account |= BIT(t->fact);
            if (t->derived)
                c.device |= BIT(m->f_chip);
        }
        if (i > 0 && m->sets[i].listed && m->source->nested[i - 1].complete)
            c.device |= BIT(m->f_accounts_listed);
    }
    for (i = 0; i < m->sets[0].lists.count; i++) {
        const struct binding *b = &m->sets[0].lists.items[i];

        if (m->columns[b->column].filled > 0)
            c.listed |= BIT(b->spec->fact);
    }
    if (m->labelled)
        c.listed |= BIT(m->a_admin);
    c.device |= m->said_device;
    c.listed |= m->said_list | m->said_account;
    if (m->holders_read)
        c.device |= BIT(m->f_holders_listed);
    return c;
}

bool map_newest(const struct map *m, int64_t *out)
{
    *out = m->newest;
    return m->newest_known;
}

static int commonest(const void *a, const void *b)
{
    const struct map_value *x = a, *y = b;

    if (x->count != y->count)
        return x->count > y->count ? -1 : 1;
    return strcmp(x->text, y->text);
}

void map_finish(struct map *m)
{
    size_t i;

    map_settle_counts(m);
    for (i = 0; i < m->column_count; i++) {
        struct map_column *c = &m->columns[i];

        if (c->commands) { /* it was of use after all */
            c->wanted = true;
            c->use = USE_FACT;
        }
        if (c->value_count == 0)
            continue;
        qsort(c->values, c->value_count, sizeof(*c->values), commonest);
        while (c->value_count > REPORTED) {
            c->value_count--;
            c->values_other += c->values[c->value_count].count;
            free(c->values[c->value_count].text);
        }
    }
}

size_t map_all_columns(const struct map *m)
{
    return m->column_count;
}

const struct map_column *map_get_column(const struct map *m, size_t i)
{
    return &m->columns[i];
}

int64_t map_left_out(const struct map *m, size_t n, const char **why)
{
    if (n >= COUNT_OF(m->left_out) || !m->left_out[n].why)
        return 0;
    *why = m->left_out[n].why;
    return m->left_out[n].count;
}

/* Facts that are rightly the same for everyone, or that describe. */
static bool may_be_constant(const struct target *t)
{
    static const char *const names[] = {
        "platform",   "mdm_server", "client",      "recovery_key_server",
        "abm_server", "in_abm",     "mdm_enrolled"};
    size_t i;

    if (t->f->type == FACT_TEXT || t->by.count == 0)
        return true;
    for (i = 0; i < COUNT_OF(names); i++)
        if (strcmp(t->f->name, names[i]) == 0)
            return true;
    return false;
}

void map_constants(const struct map *m, int64_t devices, struct strbuf *out)
{
    char value[128];
    size_t i, k, n = 0;

    for (i = 0; i < m->set_count; i++) {
        for (k = 0; k < m->sets[i].target_count; k++) {
            const struct target *t = &m->sets[i].targets[k];

            if (t->varies || t->known <= 20 || t->known < devices ||
                may_be_constant(t))
                continue;
            fact_format(t->f, t->first.number, t->first_text, value,
                        sizeof(value));
            strbuf_addf(out, "%s%s=%s", n++ ? ", " : "", t->f->name, value);
        }
    }
}

static int remark_columns(const struct map *m, map_remark_fn *fn, void *ctx,
                          struct strbuf *b, struct err *err)
{
    size_t i;

    for (i = 0; i < m->column_count; i++) {
        const struct map_column *c = &m->columns[i];

        strbuf_reset(b);
        if (c->misleads && c->filled > 0)
            strbuf_addf(b, "column \"%s\" misleads: %s", c->header,
                        c->misleads);
        if (b->len && fn(ctx, strbuf_str(b), err) < 0)
            return -1;
        strbuf_reset(b);
        if (c->by_name && c->filled > 0 && c->use != USE_IGNORE)
            strbuf_addf(b, "column \"%s\" is taken as %s by its name",
                        c->header,
                        *c->target ? c->target : "the output of commands");
        if (b->len && fn(ctx, strbuf_str(b), err) < 0)
            return -1;
        strbuf_reset(b);
        if (c->commands) {
            strbuf_addf(b, "column \"%s\" is read as the output of ",
                        c->header);
            command_text_names(c->commands, b);
            strbuf_addf(b, " in %lld of %lld cells, by its lines",
                        (long long)c->understood, (long long)c->filled);
        }
        if (b->len && fn(ctx, strbuf_str(b), err) < 0)
            return -1;
        strbuf_reset(b);
        if (c->withheld > 0)
            strbuf_addf(b,
                        "column \"%s\" holds secrets in %lld cells: none was "
                        "kept",
                        c->header, (long long)c->withheld);
        if (b->len && fn(ctx, strbuf_str(b), err) < 0)
            return -1;
    }
    return 0;
}

static int remark_failed(const struct map *m, map_remark_fn *fn, void *ctx,
                         struct strbuf *b, struct err *err)
{
    size_t i;

    for (i = 0; i < m->column_count; i++) {
        const struct map_column *c = &m->columns[i];

        if (c->failed == 0 || !c->wanted)
            continue;
        strbuf_reset(b);
        strbuf_addf(b,
                    "\"%s\" has an error in the place of %lld %s, first at "
                    "line %lld: unknown there",
                    c->header, COUNTED(c->failed, "value"),
                    (long long)c->failed_line);
        if (fn(ctx, strbuf_str(b), err) < 0)
            return -1;
    }
    return 0;
}

/* Does a column say what a Mac is called or is, rather than how it stands? */
static bool describes(const char *target)
{
    int i = fact_index(FACT_DEVICE, target);

    return i >= 0 && (device_facts[i].type == FACT_TEXT ||
                      device_facts[i].merge == MERGE_KEY);
}

/* Which columns of any product's report are taken as what. */
static int remark_guesses(const struct map *m, map_remark_fn *fn, void *ctx,
                          struct strbuf *b, struct err *err)
{
    size_t i, n = 0;

    if (!m->source->last)
        return 0;
    strbuf_reset(b);
    for (i = 0; i < m->column_count; i++) {
        const struct map_column *c = &m->columns[i];

        if (!c->wanted || c->by_name || !c->filled || !*c->target ||
            describes(c->target))
            continue;
        strbuf_addf(b, "%s\"%s\" as %s",
                    n++ ? ", " : "column names alone say what they hold: ",
                    c->header, c->target);
    }
    return n && fn(ctx, strbuf_str(b), err) < 0 ? -1 : 0;
}

static int remark_targets(const struct map *m, map_remark_fn *fn, void *ctx,
                          struct strbuf *b, struct err *err)
{
    size_t i, k;

    for (i = 0; i < m->set_count; i++) {
        for (k = 0; k < m->sets[i].target_count; k++) {
            const struct target *t = &m->sets[i].targets[k];

            if (t->disagree == 0)
                continue;
            strbuf_reset(b);
            strbuf_addf(b,
                        "columns that give %s disagree in %lld %s; \"%s\" "
                        "counts",
                        t->f->name, (long long)t->disagree,
                        t->disagree == 1 ? "record" : "records",
                        m->columns[t->by.items[0].column].header);
            if (fn(ctx, strbuf_str(b), err) < 0)
                return -1;
        }
    }
    return 0;
}

static int remark_nameless(const struct map *m, map_remark_fn *fn, void *ctx,
                           struct strbuf *b, struct err *err)
{
    if (m->nameless == 0)
        return 0;
    strbuf_reset(b);
    strbuf_addf(b,
                "%lld nested %s without a name left out, on %lld %s: there, "
                "who else has an account is not known",
                COUNTED(m->nameless, "account"),
                COUNTED(m->nameless_macs, "Mac"));
    return fn(ctx, strbuf_str(b), err);
}

static int remark_empty(const struct map *m, map_remark_fn *fn, void *ctx,
                        struct strbuf *b, struct err *err)
{
    if (m->empty_lists == 0)
        return 0;
    strbuf_reset(b);
    strbuf_addf(b,
                "%lld %s without any account in the list: more likely was it "
                "not collected, so that who has an account is not known",
                COUNTED(m->empty_lists, "Mac"));
    return fn(ctx, strbuf_str(b), err);
}

static int remark_known_by(const struct map *m, map_remark_fn *fn, void *ctx,
                           struct strbuf *b, struct err *err)
{
    static const struct {
        const char *fact, *by;
    } words[] = {
        {"uid", "user number"}, {"guid", "UUID"}, {"full_name", "full name"}};
    size_t i;

    for (i = 0; i < COUNT_OF(words); i++) {
        int64_t n = m->known_by[fact_index(FACT_ACCOUNT, words[i].fact)];

        if (n == 0)
            continue;
        strbuf_reset(b);
        strbuf_addf(b,
                    "%lld %s of accounts known by their %s alone: joined to "
                    "the account of the same Mac that has it, in this or "
                    "another file of the period",
                    COUNTED(n, "row"), words[i].by);
        if (fn(ctx, strbuf_str(b), err) < 0)
            return -1;
    }
    return 0;
}

int map_remarks(const struct map *m, map_remark_fn *fn, void *ctx,
                struct err *err)
{
    struct strbuf b = {0};
    int rc = remark_columns(m, fn, ctx, &b, err);
    size_t i;

    if (rc == 0)
        rc = remark_failed(m, fn, ctx, &b, err);
    if (rc == 0)
        rc = remark_guesses(m, fn, ctx, &b, err);
    if (rc == 0)
        rc = remark_targets(m, fn, ctx, &b, err);
    if (rc == 0)
        rc = remark_nameless(m, fn, ctx, &b, err);
    if (rc == 0)
        rc = remark_empty(m, fn, ctx, &b, err);
    if (rc == 0)
        rc = remark_known_by(m, fn, ctx, &b, err);
    for (i = 0; rc == 0 && i < m->asked.count && !m->source->naming; i++) {
        if (m->asked_met[i])
            continue;
        strbuf_reset(&b);
        strbuf_addf(&b, "there is no column \"%s\", which --%s names",
                    m->asked.items[i].names[0],
                    m->asked.items[i].use == USE_CUSTOM ? "keep" : "map");
        rc = fn(ctx, strbuf_str(&b), err);
    }
    strbuf_free(&b);
    return rc;
}

const char *map_complete(const struct map *m)
{
    if (m->source->accounts)
        return m->source->complete_accounts ? "accounts" : "none";
    return m->holders_read ? "holders" : "none";
}

static bool begins(const char *word, const struct map_cell *c)
{
    return strlen(word) > c->n && ascii_ncasecmp(word, c->s, c->n) == 0;
}

/* Can more letters make another word of it? "no" may be "not collected". */
static bool could_go_on(const struct column_spec *spec, const struct fact *f,
                        const struct map_cell *c)
{
    size_t i;

    if (f->type == FACT_BOOL && (c->n < 3 || begins("not ", c)))
        return true;
    for (i = 0; i < spec->word_count; i++)
        if (begins(spec->words[i].pattern, c))
            return true;
    for (i = 0; f->words && f->words[i]; i++)
        if (begins(f->words[i], c))
            return true;
    return false;
}

bool map_survives_cut(const struct map *m, int column, const struct map_cell *c)
{
    const struct set *set = &m->sets[0];
    bool wanted = false;
    size_t i, k;

    for (i = 0; i < set->target_count; i++) {
        const struct target *t = &set->targets[i];

        for (k = 0; k < t->by.count; k++) {
            const struct column_spec *spec = t->by.items[k].spec;

            if (t->by.items[k].local != column)
                continue;
            if ((t->f->type != FACT_BOOL && t->f->type != FACT_ENUM) ||
                spec->reading != READ_PLAIN || c->n == 0 ||
                could_go_on(spec, t->f, c))
                return false;
            wanted = true;
        }
    }
    return wanted || !map_wants(m, 0, column);
}
