/*
 * cmd_remedies.c - muster remedies: what to do, step by step.
 */
#include "core/base.h"

#include "analyze/catalogue.h"
#include "core/commands.h"
#include "core/table.h"
#include "core/text.h"
#include "core/text.h"

#include <jansson.h>

static json_t *remedy_json(const struct remedy *m)
{
    json_t *steps = json_array();
    size_t i;

    for (i = 0; i < m->step_count; i++)
        json_array_append_new(steps, json_string(m->steps[i]));
    return json_pack("{s:s, s:s, s:s, s:s, s:I, s:s, s:s, s:s, s:o}", "id",
                     m->id, "title", m->title, "who", m->who, "effort",
                     m->effort, "minutes", (json_int_t)m->minutes, "risk",
                     m->risk, "verify", m->verify, "plain", m->plain, "steps",
                     steps);
}

static int print_json(json_t *o, struct err *err)
{
    int rc = o ? json_dumpf(o, stdout, JSON_INDENT(2)) : -1;

    json_decref(o);
    putchar('\n');
    return rc < 0 ? err_set(err, ERR_FAIL, "cannot write JSON") : 0;
}

static int list(const struct remedies *all, bool json, struct err *err)
{
    json_t *out = json ? json_array() : NULL;
    struct table *t = table_new("llll");
    size_t i;
    int rc = 0;

    for (i = 0; i < all->count; i++) {
        const struct remedy *m = &all->items[i];

        if (out)
            json_array_append_new(out, remedy_json(m));
        else
            table_row(t, m->id, m->who, m->effort, m->title);
    }
    if (out)
        rc = print_json(out, err);
    else if (!table_print(t, 0, stdout))
        rc = err_nomem(err);
    table_free(t);
    return rc;
}

/* Text behind a label or number. */
static void paragraph(const char *label, const char *text)
{
    if (!text[0])
        return;
    printf("%-10s", label);
    text_wrap(text, 10, 10, stdout);
}

static void show(const struct remedy *m)
{
    char text[64];
    size_t i;

    printf("%s  %s\n", m->id, m->title);
    paragraph("Who", m->who);
    snprintf(text, sizeof(text), "%s, about %lld minutes", m->effort,
             (long long)m->minutes);
    paragraph("Effort", text);
    paragraph("Risk", m->risk);
    paragraph("In short", m->plain);
    putchar('\n');
    for (i = 0; i < m->step_count; i++) {
        snprintf(text, sizeof(text), "%7zu.", i + 1);
        paragraph(text, m->steps[i]);
    }
    putchar('\n');
    paragraph("Verify", m->verify);
}

static int show_one(const struct remedies *all, const char *id, bool json,
                    struct err *err)
{
    const struct remedy *m = remedies_find(all, id);

    if (!m) {
        err_set(err, ERR_USAGE, "there is no remedy %s", id);
        return err_hint(err, "see \"muster remedies list\"");
    }
    if (json)
        return print_json(remedy_json(m), err);
    show(m);
    return 0;
}

static int run(const struct call *c, struct err *err)
{
    bool json = opt_flag(c->opt, "json");
    struct remedies all;
    int rc;

    if (remedies_load(&all, opt_text(c->opt, "remedies"), err) < 0)
        return -1;
    if (c->count == 1 && strcmp(c->operands[0], "list") == 0)
        rc = list(&all, json, err);
    else if (c->count == 2 && strcmp(c->operands[0], "show") == 0)
        rc = show_one(&all, c->operands[1], json, err);
    else
        rc = err_set(err, ERR_USAGE, "remedies: list or show ID");
    remedies_free(&all);
    return rc;
}

static const char *const options[] = {"remedies", NULL};

const struct command cmd_remedies = {
    .name = "remedies",
    .summary = "What to do: list, show",
    .usage = "remedies list | show ID",
    .help = "list      every remedy: id, who must act, effort, title\n"
            "show ID   one of them, with its steps and how to verify them\n"
            "\n"
            "--remedies DIR puts your own in front.",
    .examples = "  muster remedies list\n"
                "  muster remedies show R1\n",
    .options = options,
    .run = run,
};
