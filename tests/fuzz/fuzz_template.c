/*
 * fuzz_template.c - templates: compiled, checked, and where both succeed
 * rendered with values that try to break out of the page.
 */
#include "core/base.h"

#include "core/strbuf.h"
#include "report/template.h"
#include "tests/fuzz/fuzz.h"

#define EVIL "<i q=\"'&\x01"

static const struct template_var mac_vars[] = {
    {"serial", TEMPLATE_TEXT, NULL, ""}, {NULL, TEMPLATE_TEXT, NULL, NULL}};
static const struct template_var vars[] = {
    {"title", TEMPLATE_TEXT, NULL, ""},   {"any", TEMPLATE_FLAG, NULL, ""},
    {"chart", TEMPLATE_MARKUP, NULL, ""}, {"style", TEMPLATE_CODE, NULL, ""},
    {"logo", TEMPLATE_URL, NULL, ""},     {"macs", TEMPLATE_LIST, mac_vars, ""},
    {NULL, TEMPLATE_TEXT, NULL, NULL}};

struct page {
    const char *text;
    size_t n;
    size_t rows;
    struct strbuf out;
};

static int load(void *ctx, const char *name, const char **text, size_t *len,
                const char **shown, struct err *err)
{
    const struct page *p = ctx;

    (void)err;
    *shown = "page.html";
    *text = p->text;
    *len = p->n;
    if (strcmp(name, "page") == 0)
        return 1;
    *shown = "part.html";
    *text = "<p>{{title}}{{$body}}<b>{{title}}</b>{{/body}}</p>";
    *len = strlen(*text);
    return strcmp(name, "part") == 0;
}

static int find(void *ctx, const struct template_value *item, const char *name,
                struct template_value *out, struct err *err)
{
    static const char ours[] = "<em>1</em>";
    bool text = strcmp(name, "title") == 0 || strcmp(name, "serial") == 0;

    (void)ctx, (void)item, (void)err;
    *out = (struct template_value){.type = TEMPLATE_MISSING};
    if (text || strcmp(name, "logo") == 0) {
        out->type = TEMPLATE_STRING;
        out->text = EVIL;
        out->len = strlen(EVIL);
    } else if (strcmp(name, "chart") == 0 || strcmp(name, "style") == 0) {
        out->type = TEMPLATE_STRING;
        out->raw = true;
        out->text = ours;
        out->len = strlen(ours);
    } else if (strcmp(name, "any") == 0) {
        out->type = TEMPLATE_TRUE;
    } else if (strcmp(name, "macs") == 0) {
        out->type = TEMPLATE_ROWS;
    }
    return 0;
}

static int open_rows(void *ctx, const struct template_value *rows,
                     const struct template_scope *scope, void **cursor,
                     struct err *err)
{
    (void)ctx, (void)rows, (void)scope, (void)err;
    *cursor = calloc(1, sizeof(int));
    return *cursor ? 0 : err_nomem(err);
}

static int next_row(void *ctx, void *cursor, struct template_value *row,
                    struct err *err)
{
    struct page *p = ctx;
    int *at = cursor;

    if (++p->rows > 2000)
        return err_set(err, ERR_OUTPUT, "enough");
    *row = (struct template_value){.type = TEMPLATE_ITEM};
    return ++*at <= 2;
}

static void close_rows(void *ctx, void *cursor)
{
    (void)ctx;
    free(cursor);
}

static int sink(void *ctx, const char *s, size_t n, struct err *err)
{
    struct page *p = ctx;

    if (p->out.len > 100000)
        return err_set(err, ERR_OUTPUT, "enough");
    strbuf_add(&p->out, s, n);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct page p = {(const char *)data, n, 0, {0}};
    struct template_options o = {load, &p, false};
    struct template_source source = {&p, find, open_rows, next_row, close_rows};
    struct template_value root = {.type = TEMPLATE_ITEM};
    struct err err = {0};
    struct template *t = template_compile("page", &o, &err);

    fuzz_promise(t || err.code, "a refusal has a reason", "none");
    if (t && template_check(t, vars, &err) == 0) {
        (void)!template_render(t, &source, &root, sink, &p, &err);
        fuzz_promise(err.code == ERR_NONE || err.code == ERR_OUTPUT,
                     "what was checked is rendered", err.text);
        /* The page itself may not spell it: EVIL has a control character. */
        fuzz_promise(memchr(data, 1, n) != NULL ||
                         !strstr(strbuf_str(&p.out), EVIL),
                     "values are escaped", strbuf_str(&p.out));
    }
    template_free(t);
    strbuf_free(&p.out);
    return 0;
}
