/*
 * next.c - labels for Fleet: one document a remedy, one line a Mac.
 */
#include "core/base.h"

#include "core/text.h"
#include "report/next.h"
#include "report/rows.h"
#include "report/sink.h"

#define HOST "    - "

static void write_label(struct sink *s, const struct cell *group)
{
    sink_adds(s, "---\napiVersion: v1\nkind: label\nspec:\n  name: ");
    sink_json(s, group->text, group->len); /* YAML takes JSON strings */
    sink_adds(s, "\n  label_membership_type: manual\n  hosts:\n");
}

static int write_hosts(struct sink *s, struct rows *rows, struct output *out,
                       struct err *err)
{
    size_t group = rows_column(rows, "group"),
           serial = rows_column(rows, "serial_number");
    struct strbuf last = {0};
    int step;

    out->rows = 0;
    while ((step = rows_next(rows, err)) == 1) {
        const struct cell *g = rows_cell(rows, group);
        const struct cell *c = rows_cell(rows, serial);

        if (strcmp(strbuf_str(&last), g->text) != 0) {
            write_label(s, g);
            strbuf_reset(&last);
            strbuf_add(&last, g->text, g->len);
        }
        sink_adds(s, HOST);
        sink_json(s, c->text, c->len);
        sink_addc(s, '\n');
        out->rows++;
    }
    strbuf_free(&last);
    return step;
}

int next_write_fleet(const struct report *r, const struct writer *w,
                     struct output *out, struct err *err)
{
    struct sink *s = sink_open(out->file, err);
    struct rows *rows = rows_open(r, w->query, err);
    int rc = -1;

    if (s && rows) {
        sink_adds(s, "# fleetctl apply -f THIS_FILE\n");
        rc = write_hosts(s, rows, out, err);
    }
    rows_close(rows);
    sink_close(s);
    return rc;
}

int next_recount_fleet(const char *path, struct output *found, struct err *err)
{
    FILE *f = fopen(path, "rb");
    char *line = NULL;
    size_t size = 0;
    int rc = 0;

    if (!f)
        return err_errno(err, ERR_OUTPUT, path, "cannot read back");
    found->rows = 0;
    while (getline(&line, &size, f) >= 0)
        found->rows += text_starts(line, HOST);
    if (ferror(f))
        rc = err_errno(err, ERR_OUTPUT, path, "cannot read back");
    fclose(f);
    free(line);
    return rc;
}
