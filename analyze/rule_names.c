/*
 * rule_names.c - rules that a configuration names and that do not exist.
 */
#include "core/base.h"

#include "analyze/rule_names.h"
#include "core/text.h"

struct naming {
    const struct catalogue *rules;
    const struct config *config;
    check_fn *fn;
    void *ctx;
};

static void tell(const struct naming *n, const char *word, const char *near,
                 const struct config_value *at)
{
    struct err e = {0};

    err_at(&e, ERR_CONFIG, at->file, at->line, 0, "there is no rule \"%s\"",
           word);
    if (near)
        err_hint(&e, "did you mean \"%s\"?", near);
    else
        err_hint(&e, "\"muster rules list\" has them all; your own are read "
                     "with --rules DIR");
    n->fn(n->ctx, &e);
}

static void look(const struct naming *n, const char *word,
                 const struct config_value *at)
{
    const char *ids[512];
    size_t i, count = 0;

    for (i = 0; i < n->rules->count; i++) {
        if (text_glob(word, n->rules->rules[i]->id))
            return;
        if (count < COUNT_OF(ids))
            ids[count++] = n->rules->rules[i]->id;
    }
    tell(n, word, text_nearest(word, ids, count), at);
}

static void look_words(const struct naming *n, const char *client,
                       const char *key)
{
    struct config_value v = config_value(n->config, client, key);
    const char *at = v.text, *word;
    char id[80];
    size_t len;

    if (client && !config_has(n->config, client, key))
        return;
    while (config_word(&at, &word, &len)) {
        snprintf(id, sizeof(id), "%.*s", (int)len, word);
        look(n, id, &v);
    }
}

void rules_not_there(const struct catalogue *rules, const struct config *config,
                     check_fn *fn, void *ctx)
{
    const struct naming n = {rules, config, fn, ctx};
    const char *client, *rule;
    struct config_value v;
    size_t i;

    if (!config)
        return;
    for (i = 0; i <= config_client_count(config); i++) {
        client = i ? config_client_at(config, i - 1) : NULL;
        look_words(&n, client, "disabled");
        look_words(&n, client, "required");
    }
    for (i = 0; config_severity_at(config, i, &client, &rule, &v); i++)
        look(&n, rule, &v);
}
