/*
 * map.c - columns, and which cell gives which fact.
 *
 * A column is bound when it is first met: every spec of the mapping that has
 * its name among the spellings reads it. The order of specs, and of spellings
 * in a spec, is their precedence.
 */
#include "core/base.h"

#include "core/text.h"
#include "ingest/mapping.h"
#include "ingest/secrets.h"

static struct column_spec *ask(struct map *m, const char *column,
                               struct err *err)
{
    struct column_spec *p =
        realloc(m->asked.items, (m->asked.count + 1) * sizeof(*p));

    if (!p) {
        err_nomem(err);
        return NULL;
    }
    m->asked.items = p;
    p = &m->asked.items[m->asked.count];
    *p = (struct column_spec){.fact = -1, .asked = true};
    p->names = calloc(1, sizeof(*p->names));
    if (p->names)
        p->names[0] = strdup(column);
    if (!p->names || !p->names[0]) {
        free(p->names);
        err_nomem(err);
        return NULL;
    }
    p->name_count = 1;
    m->asked.count++;
    return p;
}

static int no_fact(const struct map *m, const char *word, struct err *err)
{
    const char *names[FACT_DEVICE_MOST + FACT_ACCOUNT_MOST + 1], *near;
    size_t n = 0, i;

    for (i = 0; i < device_fact_count; i++)
        names[n++] = device_facts[i].name;
    for (i = 0; i < account_fact_count; i++)
        names[n++] = account_facts[i].name;
    names[n++] = "holders";
    err_set(err, ERR_USAGE, "--map: there is no fact \"%s\" in a file of %s",
            word, m->source->accounts ? "accounts" : "devices");
    near = text_nearest(word, names, n);
    return near && strcmp(near, word) != 0
               ? err_hint(err, "did you mean \"%s\"?", near)
               : err_hint(err, "see \"muster help ingest\" for the names");
}

/* COLUMN=GROUP: to be in the group means yes. */
static int ask_group(struct column_spec *c, struct err *err)
{
    char *group = strchr(c->names[0], '=');

    if (!group)
        return 0;
    if (c->use != USE_FACT || column_fact(c)->type != FACT_BOOL)
        return err_set(err, ERR_USAGE,
                       "--map: a group can give a yes-or-no fact only: \"%s\"",
                       c->names[0]);
    *group++ = '\0';
    c->words = calloc(1, sizeof(*c->words));
    if (!c->words)
        return err_nomem(err);
    c->words[0] = (struct word){strdup(group), WORD_VALUE, strdup("true")};
    c->word_count = 1;
    c->reading = READ_GROUPS;
    return c->words[0].pattern && c->words[0].value ? 0 : err_nomem(err);
}

/* --map FACT=COLUMN. In a file of devices an account fact means a list of the
 * accounts that have it; "holders" a complete list of token holders. */
static int ask_fact(struct map *m, const char *text, struct err *err)
{
    enum fact_scope scope = m->source->accounts ? FACT_ACCOUNT : FACT_DEVICE;
    const char *eq = strchr(text, '=');
    struct column_spec *c;
    char word[64];
    int fact;
    bool list = false, covers = false;

    if (!eq || eq == text || !eq[1] || (size_t)(eq - text) >= sizeof(word))
        return err_set(err, ERR_USAGE,
                       "--map: expected FACT=COLUMN, found \"%s\"", text);
    snprintf(word, sizeof(word), "%.*s", (int)(eq - text), text);
    fact = fact_index(scope, word);
    if (fact < 0 && scope == FACT_DEVICE) {
        covers = strcmp(word, "holders") == 0;
        fact = fact_index(FACT_ACCOUNT, covers ? "secure_token" : word);
        list = fact >= 0 && account_facts[fact].type == FACT_BOOL;
        scope = FACT_ACCOUNT;
    }
    if (fact < 0 || (scope == FACT_ACCOUNT && !m->source->accounts && !list))
        return no_fact(m, word, err);
    c = ask(m, eq + 1, err);
    if (!c)
        return -1;
    c->use = list ? USE_LIST : USE_FACT;
    c->scope = scope;
    c->fact = fact;
    c->covers = covers;
    if (secret_name(eq + 1))
        c->use = USE_SECRET;
    if (scope == FACT_DEVICE &&
        strcmp(column_fact(c)->name, "bootstrap_escrowed_device") == 0) {
        c->unsure = strdup(UNSURE_NO);
        if (!c->unsure)
            return err_nomem(err);
    }
    return ask_group(c, err);
}

static int ask_all(struct map *m, struct err *err)
{
    struct column_spec *c;
    size_t i;

    for (i = 0; i < m->options.map_count; i++)
        if (ask_fact(m, m->options.map[i], err) < 0)
            return -1;
    for (i = 0; i < m->options.keep_count; i++) {
        c = ask(m, m->options.keep[i], err);
        if (!c)
            return -1;
        c->use = USE_CUSTOM;
        c->scope = FACT_DEVICE;
    }
    m->asked_met = calloc(m->asked.count + 1, sizeof(*m->asked_met));
    return m->asked_met ? 0 : err_nomem(err);
}

/* ----------------------------------------------------------------- targets */

static struct target *target_of(struct set *set, enum fact_scope scope,
                                int fact)
{
    const struct fact *t;
    struct target *p;
    size_t i, n;

    for (i = 0; i < set->target_count; i++)
        if (set->targets[i].fact == fact && set->targets[i].scope == scope)
            return &set->targets[i];
    p = realloc(set->targets, (set->target_count + 1) * sizeof(*p));
    if (!p)
        return NULL;
    set->targets = p;
    t = fact_table(scope, &n);
    p = &set->targets[set->target_count++];
    *p = (struct target){.f = &t[fact], .fact = fact, .scope = scope};
    return p;
}

static int bind(struct bindings *list, const struct binding *b, struct err *err)
{
    struct binding *p = realloc(list->items, (list->count + 1) * sizeof(*p));
    size_t i;

    if (!p)
        return err_nomem(err);
    list->items = p;
    for (i = list->count; i > 0 && p[i - 1].rank > b->rank; i--)
        p[i] = p[i - 1];
    p[i] = *b;
    list->count++;
    return 0;
}

static bool is_simple(const struct column_spec *spec)
{
    return spec->use == USE_FACT && spec->reading == READ_PLAIN &&
           spec->word_count == 0 && !spec->date && !spec->empty_is_no &&
           !spec->unsure;
}

static int bind_target(struct map *m, struct set *set, const struct binding *b,
                       struct err *err)
{
    struct target *t = target_of(set, b->spec->scope, b->spec->fact);

    if (!t)
        return err_nomem(err);
    map_settle_counts(m); /* the first column of the fact may change */
    t->simple = t->by.count == 0 && is_simple(b->spec);
    return bind(&t->by, b, err);
}

/* "x_" and the header in lower case, other characters as "_". */
static char *custom_name(const struct column_spec *spec, const char *header)
{
    const char *s = spec->custom ? spec->custom : header;
    struct strbuf b = {0};

    if (text_starts(s, "x_"))
        s += 2;
    strbuf_adds(&b, "x_");
    for (; *s; s++)
        strbuf_addc(&b, (*s >= '0' && *s <= '9') || (ascii_lower(*s) >= 'a' &&
                                                     ascii_lower(*s) <= 'z')
                            ? ascii_lower(*s)
                            : '_');
    return strbuf_detach(&b);
}

/* Note what the column is for, as reports name it. */
static int describe(struct map *m, const struct binding *b, struct err *err)
{
    struct map_column *c = &m->columns[b->column];
    const struct column_spec *spec = b->spec;
    const struct fact *t;
    char *target = NULL;
    size_t n;

    c->wanted = true;
    c->uses++;
    if (spec->misleads)
        c->misleads = spec->misleads;
    if (*c->target) /* the first use is the one that is shown */
        return 0;
    t = fact_table(spec->scope, &n);
    if (spec->use == USE_CUSTOM)
        target = custom_name(spec, c->header);
    else if (spec->fact >= 0)
        target = strdup(t[spec->fact].name);
    else
        target = strdup("");
    if (!target)
        return err_nomem(err);
    free(c->target);
    c->target = target;
    c->use = spec->use;
    return 0;
}

static int bind_spec(struct map *m, struct set *set, const struct binding *b,
                     struct err *err)
{
    bool known = m->columns[b->column].wanted;

    if (describe(m, b, err) < 0)
        return -1;
    if (known && b->spec->use == USE_IGNORE)
        return 0; /* another entry reads it, and counts its cells */
    switch (b->spec->use) {
    case USE_FACT:
        if (b->spec->reading == READ_COMMAND)
            return bind(&set->commands, b, err);
        return bind_target(m, set, b, err);
    case USE_SECRET:
        if (b->spec->fact >= 0)
            return bind_target(m, set, b, err);
        return bind(&set->secrets, b, err);
    case USE_LIST:
        return bind(&set->lists, b, err);
    case USE_CUSTOM:
        return bind(&set->customs, b, err);
    case USE_SKIP:
        return bind(&set->skips, b, err);
    case USE_IGNORE:
        break;
    }
    return bind(&set->secrets, b, err); /* counted, and nothing else */
}

/* A header that speaks of those who lack it, or of how many: "Users without
 * Secure Token Users", "Number of Secure Token Users". */
static bool speaks_of_others(const char *header)
{
    static const char *const words[] = {
        "no",      "not",      "non",      "without",  "missing",
        "lacking", "lack",     "count",    "number",   "num",
        "total",   "disabled", "expected", "required", "allowed",
        "missed",  "never",    "previous", "old"};
    char word[16];
    size_t i, n;

    while (*header) {
        n = 0;
        while (*header && !isalnum((unsigned char)*header))
            header++;
        for (; isalnum((unsigned char)*header); header++)
            if (n < sizeof(word) - 1)
                word[n++] = ascii_lower(*header);
        word[n] = '\0';
        for (i = 0; i < COUNT_OF(words); i++)
            if (strcmp(words[i], word) == 0)
                return true;
    }
    return false;
}

static int bind_specs(struct map *m, struct set *set, const struct specs *specs,
                      struct binding b, int base, bool *met, struct err *err)
{
    bool by_name =
        m->source->included && specs == &m->source->included->columns;
    const char *header = m->columns[b.column].key;
    size_t i, k;

    for (i = 0; i < specs->count; i++) {
        for (k = 0; k < specs->items[i].name_count; k++) {
            const char *name = specs->items[i].names[k];

            if (strchr(name, '*') ? !text_glob(name, header) ||
                                        (by_name && speaks_of_others(header))
                                  : ascii_casecmp(name, header) != 0)
                continue;
            b.spec = &specs->items[i];
            b.rank = base + (int)(i * 64 + k);
            if (bind_spec(m, set, &b, err) < 0)
                return -1;
            if (met)
                met[i] = true;
            break;
        }
    }
    return 0;
}

static bool asked_for(const struct map *m, const char *header)
{
    size_t i;

    for (i = 0; i < m->asked.count; i++)
        if (m->asked.items[i].use != USE_CUSTOM &&
            ascii_casecmp(m->asked.items[i].names[0], header) == 0)
            return true;
    return false;
}

static int bind_column(struct map *m, size_t set_no, int local, int column,
                       struct err *err)
{
    struct set *set = &m->sets[set_no];
    struct binding b = {local, column, NULL, 0};

    if (set_no > 0)
        return bind_specs(m, set, &m->source->nested[set_no - 1].columns, b, 0,
                          NULL, err);
    if (bind_specs(m, set, &m->asked, b, INT_MIN / 2, m->asked_met, err) < 0)
        return -1;
    if (asked_for(m, m->columns[column].header))
        return 0; /* the operator's word on this column */
    if (bind_specs(m, set, &m->source->columns, b, 0, NULL, err) < 0 ||
        bind_specs(m, set, &m->source->device_columns, b, 0, NULL, err) < 0)
        return -1;
    if (!m->source->included || m->columns[column].wanted)
        return 0;
    if (bind_specs(m, set, &m->source->included->columns, b, INT_MAX / 2, NULL,
                   err) < 0)
        return -1;
    m->columns[column].by_name = m->columns[column].wanted;
    return 0;
}

/* --------------------------------------------------------------- public */

/* A column that gives several facts is counted once a record, so none of them
 * may take the quick way. */
static void forget_simple(struct map *m, int column)
{
    size_t i, k;

    if (m->columns[column].uses < 2)
        return;
    for (i = 0; i < m->set_count; i++)
        for (k = 0; k < m->sets[i].target_count; k++)
            if (m->sets[i].targets[k].by.count > 0 &&
                m->sets[i].targets[k].by.items[0].column == column)
                m->sets[i].targets[k].simple = false;
}

/* Keys of nested accounts are shown with the path that leads to them; a key
 * that is a secret is shown by a word. */
static char *shown_header(const struct map *m, size_t set, const char *header)
{
    struct strbuf b = {0};

    if (set > 0)
        strbuf_addf(&b, "%s.", m->source->nested[set - 1].path);
    secret_clean(&b, header, strlen(header));
    return strbuf_detach(&b);
}

static const char *key_of(const struct map *m, size_t set, const char *shown)
{
    return set == 0 ? shown
                    : shown + strlen(m->source->nested[set - 1].path) + 1;
}

int map_column(struct map *m, size_t set_no, const char *header,
               struct err *err)
{
    struct set *set = &m->sets[set_no];
    struct map_column *cols;
    int *places, global = (int)m->column_count;

    if (m->column_count >= MAP_COLUMNS_MOST)
        return err_at(err, ERR_INPUT, m->options.file, 0, 0,
                      "more than %d different columns or keys",
                      MAP_COLUMNS_MOST);
    cols = realloc(m->columns, (m->column_count + 1) * sizeof(*cols));
    if (!cols)
        return err_nomem(err);
    m->columns = cols;
    places = realloc(set->columns, (set->count + 1) * sizeof(*places));
    if (!places)
        return err_nomem(err);
    set->columns = places;
    cols = &m->columns[m->column_count++];
    *cols = (struct map_column){.use = USE_IGNORE};
    cols->header = shown_header(m, set_no, header);
    if (!cols->header)
        return err_nomem(err);
    cols->key = key_of(m, set_no, cols->header);
    cols->target = strdup("");
    if (!cols->target)
        return err_nomem(err);
    set->columns[set->count] = global;
    if (bind_column(m, set_no, (int)set->count, global, err) < 0)
        return -1;
    forget_simple(m, global);
    if (!m->columns[global].wanted) {
        struct binding b = {(int)set->count, global, NULL, 0};

        if (bind(&set->rest, &b, err) < 0)
            return -1;
    }
    return (int)set->count++;
}

const char *map_attribute(const struct map *m, const struct attributes *a,
                          const char *id)
{
    const char *name = NULL;
    size_t i;

    for (i = 0; a->kind && i < m->asked.count; i++)
        if (ascii_casecmp(m->asked.items[i].names[0], id) == 0)
            return id;
    if (a->kind)
        name = id_names_find(m->options.names, a->kind, id, strlen(id));
    return name ? name : id;
}

size_t map_columns(const struct map *m, size_t set)
{
    return m->sets[set].count;
}

bool map_wants(const struct map *m, size_t set, int column)
{
    return m->columns[m->sets[set].columns[column]].wanted;
}

static int add_constants(struct map *m, struct err *err)
{
    const struct source *s = m->source;
    struct target *t;
    size_t i;

    for (i = 0; i < s->constant_count; i++) {
        t = target_of(&m->sets[0], s->constants[i].scope, s->constants[i].fact);
        if (!t)
            return err_nomem(err);
        t->constant = &s->constants[i];
    }
    return 0;
}

static uint64_t who_facts(void)
{
    static const char *const names[] = {"serial",  "uuid",       "mdm_id",
                                        "uid",     "guid",       "full_name",
                                        "account", "observed_at"};
    uint64_t bits = 0;
    size_t i;

    for (i = 0; i < COUNT_OF(names); i++)
        bits |= BIT(fact_index(FACT_ACCOUNT, names[i]));
    return bits;
}

static void look_up_facts(struct map *m)
{
    m->f_serial = fact_index(FACT_DEVICE, "serial");
    m->f_platform = fact_index(FACT_DEVICE, "platform");
    m->f_chip = fact_index(FACT_DEVICE, "chip");
    m->f_model = fact_index(FACT_DEVICE, "model");
    m->f_client = fact_index(FACT_DEVICE, "client");
    m->f_accounts_listed = fact_index(FACT_DEVICE, "accounts_listed");
    m->f_holders_listed = fact_index(FACT_DEVICE, "holders_listed");
    m->f_provisional = fact_index(FACT_DEVICE, "provisional_until");
    m->a_account = fact_index(FACT_ACCOUNT, "account");
    m->a_admin = fact_index(FACT_ACCOUNT, "admin");
    m->a_secure_token = fact_index(FACT_ACCOUNT, "secure_token");
    m->who = who_facts();
}

struct map *map_new(const struct source *s, const struct map_options *o,
                    struct err *err)
{
    struct map *m = calloc(1, sizeof(*m));

    if (!m) {
        err_nomem(err);
        return NULL;
    }
    m->source = s;
    m->options = *o;
    look_up_facts(m);
    m->set_count = 1 + s->nested_count;
    m->sets = calloc(m->set_count, sizeof(*m->sets));
    if (!m->sets)
        err_nomem(err);
    else if (ask_all(m, err) == 0 && add_constants(m, err) == 0)
        return m;
    map_free(m);
    return NULL;
}

static void free_bindings(struct bindings *b)
{
    free(b->items);
}

static void free_set(struct set *set)
{
    size_t i;

    for (i = 0; i < set->target_count; i++) {
        free_bindings(&set->targets[i].by);
        free(set->targets[i].first_text);
    }
    free(set->targets);
    free_bindings(&set->lists);
    free_bindings(&set->customs);
    free_bindings(&set->commands);
    free_bindings(&set->secrets);
    free_bindings(&set->rest);
    free_bindings(&set->skips);
    free(set->columns);
}

void map_free(struct map *m)
{
    size_t i, k;

    if (!m)
        return;
    for (i = 0; m->sets && i < m->set_count; i++)
        free_set(&m->sets[i]);
    free(m->sets);
    for (i = 0; i < m->column_count; i++) {
        free(m->columns[i].header);
        free(m->columns[i].target);
        for (k = 0; k < m->columns[i].value_count; k++)
            free(m->columns[i].values[k].text);
        free(m->columns[i].values);
    }
    free(m->columns);
    for (i = 0; i < m->asked.count; i++) {
        if (m->asked.items[i].words) {
            free(m->asked.items[i].words[0].pattern);
            free(m->asked.items[i].words[0].value);
        }
        free(m->asked.items[i].words);
        free(m->asked.items[i].names[0]);
        free(m->asked.items[i].names);
        free(m->asked.items[i].unsure);
    }
    free(m->asked.items);
    free(m->asked_met);
    name_list_free(&m->names);
    free(m);
}

bool map_of_accounts(const struct map *m)
{
    return m->source->accounts;
}

bool map_about_device(const struct map *m)
{
    return m->source->accounts && m->source->device_columns.count > 0;
}

bool map_looks_everywhere(const struct map *m)
{
    return !m->source->accounts && !m->source->canonical && !m->source->work;
}

bool map_heard(const struct map *m)
{
    return m->heard;
}

bool map_nests(const struct map *m)
{
    return m->source->nested_count > 0;
}

bool map_keeps(const struct map *m)
{
    return m->sets[0].customs.count > 0;
}
