/*
 * map_command.c - cells that hold the output of commands.
 *
 * Custom facts and extension attributes often hold what a command printed, as
 * it is. Where a cell does not read as its column says and looks like such an
 * output, everything that it says is taken.
 */
#include "core/base.h"

#include "core/text.h"
#include "ingest/command_text.h"
#include "ingest/mapping.h"
#include "ingest/secrets.h"

bool map_note_command(struct map *m, int column, const struct map_cell *c)
{
    if (!command_text_looks(c->s, c->n))
        return false;
    if (m->text_count < COUNT_OF(m->texts)) {
        m->texts[m->text_count].column = column;
        m->texts[m->text_count++].cell = *c;
    }
    return true;
}

/* A JSON scalar as a value of a fact. */
static bool value_of(const struct map *m, const struct fact *f, const json_t *v,
                     struct fact_value *out)
{
    char number[32];

    if (json_is_boolean(v)) {
        *out = (struct fact_value){FACT_BOOL, true, json_is_true(v), NULL, 0};
        return f->type == FACT_BOOL;
    }
    if (json_is_integer(v)) {
        snprintf(number, sizeof(number), "%lld",
                 (long long)json_integer_value(v));
        return f->type != FACT_TEXT && f->type != FACT_VERSION &&
               fact_parse(f, number, strlen(number), m->options.latest, out) ==
                   FACT_KNOWN;
    }
    if (!json_is_string(v) ||
        secret_shape(json_string_value(v), json_string_length(v)))
        return false;
    return fact_parse(f, json_string_value(v), json_string_length(v),
                      m->options.latest, out) == FACT_KNOWN;
}

/* The cell as evidence: without the queries of URLs, which may hold tokens. */
static void keep_cell(struct map *m, struct map_record *r, const char *fact,
                      int column)
{
    const struct map_cell *c = &m->texts[m->text_count - 1].cell;
    struct strbuf b = {0};
    struct map_cell clean;
    bool url = false, query = false;
    size_t i;

    for (i = 0; i < c->n; i++) {
        if (ascii_isspace(c->s[i]))
            url = query = false;
        url = url || (c->n - i > 3 && memcmp(c->s + i, "://", 3) == 0);
        query = query || (url && (c->s[i] == '?' || c->s[i] == '#'));
        if (!query)
            strbuf_addc(&b, c->s[i]);
    }
    clean = (struct map_cell){strbuf_str(&b), (uint32_t)b.len, c->kind};
    map_add_raw(m, &r->dev_raw, 0, fact, column, &clean, NULL);
    strbuf_free(&b);
}

static void take_device(struct map *m, struct map_record *r, const char *key,
                        const json_t *v, int column)
{
    int fact = fact_index(FACT_DEVICE, key);
    struct fact_value value;

    if (fact < 0 || !value_of(m, &device_facts[fact], v, &value))
        return;
    m->said_device |= BIT(fact);
    if (r->has & BIT(fact))
        return; /* a column of its own counts */
    r->v[fact] = value;
    r->has |= BIT(fact);
    keep_cell(m, r, key, column);
}

static int take_person(struct map *m, struct map_record *r, json_t *o,
                       struct err *err)
{
    const json_t *name = json_object_get(o, "account");
    const char *s = json_is_string(name) ? json_string_value(name) : "";
    struct map_account *a;
    struct fact_value value;
    const char *key;
    json_t *v;
    int fact;

    a = *s ? map_account_named(m, r, s, strlen(s), err)
           : map_account_new(r, err);
    if (!a)
        return -1;
    json_object_foreach(o, key, v)
    {
        fact = fact_index(FACT_ACCOUNT, key);
        if (fact < 0 || fact == m->a_account ||
            !value_of(m, &account_facts[fact], v, &value))
            continue;
        m->said_account |= BIT(fact);
        if (a->has & BIT(fact))
            continue;
        a->v[fact] = value;
        a->has |= BIT(fact);
    }
    if (!*s &&
        !map_known_otherwise(m, a,
                             BIT(fact_index(FACT_ACCOUNT, "guid")) |
                                 BIT(fact_index(FACT_ACCOUNT, "full_name"))))
        r->account_count--; /* nobody */
    return 0;
}

/* Everyone who can unlock FileVault. */
static int take_unlockers(struct map *m, struct map_record *r, const json_t *v,
                          struct err *err)
{
    int fact = fact_index(FACT_ACCOUNT, "filevault_user");
    size_t i;

    name_list_reset(&m->names);
    for (i = 0; i < json_array_size(v); i++) {
        const json_t *e = json_array_get(v, i);

        if (json_is_string(e))
            name_list_add(&m->names, json_string_value(e),
                          json_string_length(e), -1, false);
    }
    m->said_list |= BIT(fact);
    return map_store_list(m, r, fact, true, err);
}

static int take_mac(struct map *m, struct map_record *r, json_t *mac,
                    int column, struct err *err)
{
    json_t *people = json_object_get(mac, "accounts"), *v;
    const char *key;
    size_t i;

    json_object_foreach(mac, key, v)
    {
        take_device(m, r, key, v, column);
    }
    if (json_is_true(json_object_get(mac, "accounts_listed")))
        r->reports = true;
    for (i = 0; i < json_array_size(people); i++)
        if (take_person(m, r, json_array_get(people, i), err) < 0)
            return -1;
    v = json_object_get(mac, "filevault_users");
    return json_is_array(v) ? take_unlockers(m, r, v, err) : 0;
}

int map_take_commands(struct map *m, struct map_record *r, struct err *err)
{
    size_t i, n = m->text_count;
    int64_t last = m->record;
    json_t *all;

    if (!r->held)
        r->held = json_array();
    for (i = 0; i < n; i++) {
        const struct map_cell *c = &m->texts[i].cell;

        all = command_text_read(c->s, c->n);
        if (!all || json_array_append_new(r->held, all) != 0)
            return err_nomem(err);
        if (json_array_size(all) != 1) {
            map_note_value(m, m->texts[i].column, c->s, c->n);
            continue;
        }
        m->text_count = i + 1;       /* the one that raw texts are from */
        m->record = m->whole_record; /* not of its last element */
        map_count(m, m->texts[i].column, true);
        m->record = last;
        if (take_mac(m, r, json_array_get(all, 0), m->texts[i].column, err) < 0)
            return -1;
    }
    m->text_count = 0;
    return 0;
}
