/*
 * explain_parts.c - the truth of each part of a rule.
 *
 * A part is asked as a rule of its own, by the same machine and behind the same
 * guard, so it cannot be understood in another way than inside its rule.
 */
#include "core/base.h"

#include "analyze/explain_part.h"
#include "analyze/rule_text.h"
#include "core/strbuf.h"
#include "core/text.h"

enum { PARTS_MOST = 24, PART_STEPS = 100000 };

struct asking {
    json_t *out;
    const char *of;
    struct strbuf text; /* of the part, in one line */
};

/* Blanks and comments become one blank, literals stay as they are. */
static void one_line(struct strbuf *out, struct rule_part part)
{
    const char *s = part.text, *last = part.text;
    struct token t;

    for (s = token_next(s, &t); t.text[0] && t.at < part.text + part.len;
         last = t.end, s = token_next(s, &t)) {
        if (t.at > last)
            strbuf_adds(out, " ");
        strbuf_add(out, t.at, (size_t)(t.end - t.at));
    }
}

static int take_truth(void *ctx, const struct rule_row *row, struct err *err)
{
    struct asking *a = ctx;
    char key[32];
    json_t *list;

    (void)err;
    snprintf(key, sizeof(key), "%lld", (long long)row->id);
    list = json_object_get(a->out, key);
    if (!list) {
        list = json_array();
        json_object_set_new(a->out, key, list);
    }
    json_array_append_new(
        list,
        json_pack("{s:s, s:s, s:o}", "of", a->of, "part", strbuf_str(&a->text),
                  "truth",
                  row->applies < 0 ? json_null() : json_boolean(row->applies)));
    return 0;
}

/* A part that cannot stand alone is passed over. */
static int ask_part(struct asking *a, struct rule_guard *g,
                    const struct rule *r, int64_t first, int64_t last,
                    struct err *err)
{
    struct rule alone = *r;
    struct strbuf sql = {0};
    struct err fault = {0};
    struct rule_query *q = NULL;
    int rc = -1;

    strbuf_addf(&sql, "SELECT %s, %s AS applies, TRUE AS fails FROM %s",
                r->account_scope ? "account_id" : "device_id",
                strbuf_str(&a->text),
                r->account_scope ? "account_posture" : "device_posture");
    if (!strbuf_ok(&sql) || !strbuf_ok(&a->text)) {
        err_nomem(&fault);
    } else {
        alone.sql = alone.text = strbuf_str(&sql);
        q = rule_open(g, &alone, &fault);
    }
    if (q)
        rc = rule_run(q, first, last, PART_STEPS, take_truth, a, &fault);
    rule_close(q);
    strbuf_free(&sql);
    if (rc < 0 && fault.code != ERR_CONFIG) {
        *err = fault;
        return -1;
    }
    return 0;
}

static int ask_parts(struct asking *a, struct rule_guard *g,
                     const struct rule *r, struct rule_part whole,
                     int64_t first, int64_t last, struct err *err)
{
    struct rule_part parts[PARTS_MOST];
    size_t n = rule_terms(whole, parts, COUNT_OF(parts)), i;
    int rc = 0;

    for (i = 0; i < n && rc == 0; i++) {
        strbuf_reset(&a->text);
        one_line(&a->text, parts[i]);
        if (ascii_casecmp(strbuf_str(&a->text), "TRUE") != 0)
            rc = ask_part(a, g, r, first, last, err);
    }
    return rc;
}

json_t *explain_parts(struct rule_guard *g, const struct rule *r, int64_t first,
                      int64_t last, struct err *err)
{
    struct asking a = {.out = json_object()};
    struct rule_parts both;
    int rc = a.out ? 0 : err_nomem(err);

    if (rc == 0 && rule_split(r, &both)) {
        a.of = "applies";
        rc = ask_parts(&a, g, r, both.applies, first, last, err);
        a.of = "fails";
        if (rc == 0)
            rc = ask_parts(&a, g, r, both.fails, first, last, err);
    }
    strbuf_free(&a.text);
    if (rc == 0)
        return a.out;
    json_decref(a.out);
    return NULL;
}
