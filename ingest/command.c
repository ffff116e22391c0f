/*
 * command.c - what "ingest" and "run" share.
 */
#include "core/base.h"

#include "core/db.h"
#include "core/progress.h"
#include "core/text.h"
#include "core/when.h"
#include "ingest/command.h"
#include "ingest/expected.h"

static int read_max_rejects(struct ingest_command *cmd, const char *s,
                            struct err *err)
{
    size_t n = strlen(s), i;
    int64_t v = 0;

    if (n > 0 && s[n - 1] == '%') {
        cmd->options.max_percent = true;
        n--;
    }
    for (i = 0; i < n && s[i] >= '0' && s[i] <= '9' && i < 15; i++)
        v = v * 10 + (s[i] - '0');
    if (n == 0 || i < n)
        return err_set(err, ERR_USAGE,
                       "--max-rejects: expected a number or a percentage, "
                       "found \"%s\"",
                       s);
    cmd->options.max_rejects = v;
    cmd->options.has_max_rejects = true;
    return 0;
}

static int read_list(const struct options *o, const char *name,
                     const char ***out, size_t *count, struct err *err)
{
    size_t n = opt_count(o, name), i;

    *out = calloc(n + 1, sizeof(**out));
    if (!*out)
        return err_nomem(err);
    for (i = 0; i < n; i++)
        (*out)[i] = opt_item(o, name, i);
    *count = n;
    return 0;
}

static int read_times(const struct options *o, struct ingest_command *cmd,
                      struct err *err)
{
    const char *collected = opt_text(o, "collected");
    struct ingest_options *io = &cmd->options;

    if (opt_as_of(o, &io->as_of, err) < 0 ||
        opt_period(o, io->as_of, cmd->period, sizeof(cmd->period), err) < 0)
        return -1;
    io->period = cmd->period;
    if (!collected)
        return 0;
    if (!when_parse(collected, strlen(collected), &io->collected))
        return err_set(err, ERR_USAGE,
                       "--collected: \"%s\" is no date or instant", collected);
    io->has_collected = true;
    return 0;
}

int ingest_command_options(const struct call *c, struct ingest_command *cmd,
                           struct err *err)
{
    const struct options *o = c->opt;
    struct ingest_options *io = &cmd->options;
    const char *max = opt_text(o, "max-rejects");

    cmd->telling.talk = opt_talk(o);
    io->client = opt_text(o, "client");
    io->source = opt_text(o, "source");
    io->sources = opt_text(o, "sources");
    io->encoding = opt_text(o, "encoding");
    io->replace = opt_flag(o, "replace");
    io->dry_run = opt_flag(o, "dry-run");
    io->progress =
        opt_talk(o) > 0 && progress_possible(!opt_flag(o, "no-progress"));
    if (read_times(o, cmd, err) < 0 ||
        (max && read_max_rejects(cmd, max, err) < 0) ||
        read_list(o, "map", &cmd->map, &io->map_count, err) < 0 ||
        read_list(o, "keep", &cmd->keep, &io->keep_count, err) < 0)
        return -1;
    io->map = cmd->map;
    io->keep = cmd->keep;
    return 0;
}

static void count(struct ingest_command *cmd, const struct ingest_summary *s)
{
    cmd->files++;
    cmd->failed += s->state == INGEST_FAILED;
    cmd->same += s->state == INGEST_SAME;
    cmd->loaded += s->state == INGEST_LOADED || s->state == INGEST_REPLACED;
    if (cmd->json.len)
        strbuf_addc(&cmd->json, ',');
    ingest_summary_json(s, &cmd->json);
}

/* One file; an error of its own is kept in "first" and told where others
 * follow. Returns -1 where going on makes no sense. */
static int one_file(struct ingest *in, struct ingest_command *cmd,
                    const struct operand *file, bool alone, struct err *first,
                    struct err *err)
{
    struct ingest_summary s = {0};
    struct err own = {0};
    int rc = ingest_file(in, file, &s, &own);

    telling_file(&cmd->telling, &s);
    count(cmd, &s);
    ingest_summary_free(&s);
    if (rc == 0)
        return 0;
    if (own.code != ERR_INPUT || alone) {
        *err = own;
        return -1;
    }
    err_print(&own, stderr);
    if (first->code == ERR_NONE)
        *first = own;
    return 0;
}

/* Files that give names to ids come before those that hold the ids; else the
 * order stays. */
static int all_files(struct ingest *in, struct ingest_command *cmd,
                     const struct operands *list, struct err *err)
{
    bool *first = calloc(list->count + 1, sizeof(*first));
    struct err fault = {0};
    size_t i, turn;
    int rc = 0;

    if (!first)
        return err_nomem(err);
    for (i = 0; list->count > 1 && i < list->count; i++)
        first[i] = ingest_gives_names(in, &list->items[i]);
    for (turn = 0; rc == 0 && turn < 2; turn++)
        for (i = 0; rc == 0 && i < list->count; i++)
            if (first[i] == (turn == 0))
                rc = one_file(in, cmd, &list->items[i], list->count == 1,
                              &fault, err);
    free(first);
    telling_end(&cmd->telling);
    if (rc == 0 && fault.code != ERR_NONE)
        return err_set(err, fault.code, "%lld of %lld files could not be used",
                       (long long)cmd->failed, (long long)cmd->files);
    return rc;
}

/* --expected: one that cannot be used stops the command, like its absence. */
static int expected(sqlite3 *db, struct ingest_command *cmd,
                    const struct call *c, struct err *err)
{
    const char *path = opt_text(c->opt, "expected");
    struct ingest_summary s = {0};
    int rc;

    if (!path)
        return 0;
    rc = expected_load(db, &cmd->options, path, &s, err);
    telling_file(&cmd->telling, &s);
    if (cmd->json.len)
        strbuf_addc(&cmd->json, ',');
    ingest_summary_json(&s, &cmd->json);
    ingest_summary_free(&s);
    return rc;
}

static void tell_reports(const struct operands *list, int talk)
{
    if (list->reports > 0 && talk > 0)
        fprintf(stderr, "passed over: %lld %s that muster wrote, no exports\n",
                COUNTED((long long)list->reports, "report"));
}

int ingest_command_files(sqlite3 *db, struct ingest_command *cmd,
                         const struct call *c, struct err *err)
{
    struct operands list = {0};
    struct ingest *in = NULL;
    int rc = -1;

    if (operands_expand(&list, c->operands, c->count,
                        opt_flag(c->opt, "client-per-folder"), err) == 0) {
        tell_reports(&list, opt_talk(c->opt));
        if (expected(db, cmd, c, err) == 0)
            in = ingest_open(db, &cmd->options, err);
    }
    if (in)
        rc = all_files(in, cmd, &list, err);
    ingest_close(in);
    operands_free(&list);
    return rc;
}

int ingest_command_run(sqlite3 *db, struct ingest_command *cmd,
                       const struct call *c, struct err *err)
{
    int rc = ingest_command_files(db, cmd, c, err);

    if (opt_flag(c->opt, "json") && cmd->files > 0) {
        fprintf(stdout,
                "{\"schema\":\"muster.ingest/1\",\"period\":\"%s\",\"files\":[",
                cmd->period);
        fputs(strbuf_str(&cmd->json), stdout);
        fputs("]}\n", stdout);
    }
    return rc;
}

void ingest_command_free(struct ingest_command *cmd)
{
    free(cmd->map);
    free(cmd->keep);
    strbuf_free(&cmd->json);
}
