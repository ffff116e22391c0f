/*
 * cmd_init.c - muster init: write a commented configuration, or the templates
 * of the reports as files to change.
 */
#include "core/base.h"

#include "core/commands.h"
#include "core/config.h"
#include "core/resource.h"
#include "core/strbuf.h"
#include "core/text.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define TEMPLATES "templates/"

/* A file to write to; NULL with err. */
static FILE *create(const char *path, bool force, struct err *err)
{
    int flags = O_WRONLY | O_CREAT | O_CLOEXEC | (force ? O_TRUNC : O_EXCL);
    int fd = open(path, flags, 0600);
    FILE *f;

    if (fd < 0 && errno == EEXIST) {
        err_at(err, ERR_OUTPUT, path, 0, 0, "exists; it was left as it is");
        err_hint(err, "--force overwrites it");
        return NULL;
    }
    if (fd < 0) {
        err_errno(err, ERR_OUTPUT, path, "cannot create");
        return NULL;
    }
    f = fdopen(fd, "w");
    if (!f) {
        close(fd);
        err_nomem(err);
    }
    return f;
}

static int write_config(const char *path, bool force, struct err *err)
{
    FILE *f = create(path, force, err);

    if (!f)
        return -1;
    config_template(f);
    if (ferror(f) | (fclose(f) != 0))
        return err_errno(err, ERR_OUTPUT, path, "cannot write");
    return 0;
}

static const char *template_name(size_t i)
{
    return text_starts(resources[i].name, TEMPLATES)
               ? resources[i].name + strlen(TEMPLATES)
               : NULL;
}

static void template_path(struct strbuf *b, const char *folder, size_t i)
{
    strbuf_reset(b);
    strbuf_addf(b, "%s/%s", folder, template_name(i));
}

/* Nothing is written where one of them is there already. */
static int none_exists(const char *folder, struct err *err)
{
    struct strbuf path = {0};
    size_t i;
    int rc = 0;

    for (i = 0; rc == 0 && i < resource_count; i++) {
        if (!template_name(i))
            continue;
        template_path(&path, folder, i);
        if (access(strbuf_str(&path), F_OK) == 0) {
            rc = err_at(err, ERR_OUTPUT, strbuf_str(&path), 0, 0,
                        "exists; nothing was written");
            err_hint(err, "--force overwrites it");
        }
    }
    strbuf_free(&path);
    return rc;
}

static int write_template(const char *path, size_t i, struct err *err)
{
    FILE *f = create(path, true, err);

    if (!f)
        return -1;
    fwrite(resources[i].data, 1, resources[i].size, f);
    if (ferror(f) | (fclose(f) != 0))
        return err_errno(err, ERR_OUTPUT, path, "cannot write");
    return 0;
}

static int write_templates(const struct call *c, const char *folder,
                           struct err *err)
{
    struct strbuf path = {0};
    size_t i, n = 0;
    int rc = 0;

    if (mkdir(folder, S_IRWXU) < 0 && errno != EEXIST)
        return err_errno(err, ERR_OUTPUT, folder, "cannot make the folder");
    if (!opt_flag(c->opt, "force") && none_exists(folder, err) < 0)
        return -1;
    for (i = 0; rc == 0 && i < resource_count; i++) {
        if (!template_name(i))
            continue;
        template_path(&path, folder, i);
        rc = strbuf_ok(&path) ? write_template(strbuf_str(&path), i, err)
                              : err_nomem(err);
        n++;
    }
    strbuf_free(&path);
    if (rc == 0 && opt_talk(c->opt)) {
        fprintf(stderr, "wrote %zu templates to ", n);
        text_print_safe(folder, stderr);
        fputs("; keep those you change, \"muster check --templates\" reads "
              "them\n",
              stderr);
    }
    return rc;
}

static int run(const struct call *c, struct err *err)
{
    const char *templates = opt_text(c->opt, "templates");
    const char *path = opt_text_or(c->opt, "config", "muster.conf");

    if (c->count > 0)
        return err_set(err, ERR_USAGE, "init: takes no operand");
    if (templates)
        return write_templates(c, templates, err);
    if (write_config(path, opt_flag(c->opt, "force"), err) < 0)
        return -1;
    if (opt_talk(c->opt)) {
        fputs("wrote ", stderr);
        text_print_safe(path, stderr);
        fputs("; every key is in it, commented out\n", stderr);
    }
    return 0;
}

static const char *const options[] = {"force", "templates", NULL};

const struct command cmd_init = {
    .name = "init",
    .no_json = true,
    .summary = "Write a commented muster.conf, or the templates",
    .usage = "init [OPTIONS]",
    .help =
        "Write muster.conf (or the file named by --config) with every key,\n"
        "its meaning and its default, all commented out. A file that is\n"
        "there already is left alone unless --force is given.\n"
        "\n"
        "With --templates DIR write the templates, style and scripts of the\n"
        "reports into that folder instead, to change and to hand to \"muster\n"
        "report --templates DIR\". What is not in the folder is taken from the\n"
        "program, so keep only the files you change.",
    .examples = "  muster init\n"
                "  muster init --templates my-templates\n"
                "  muster init --config ~/.config/muster/muster.conf\n",
    .options = options,
    .run = run,
};
