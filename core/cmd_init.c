/*
 * cmd_init.c - muster init: write a commented configuration.
 */
#include "core/base.h"

#include "core/commands.h"
#include "core/config.h"
#include "core/text.h"

#include <fcntl.h>
#include <unistd.h>

static int write_config(const char *path, bool force, struct err *err)
{
    int flags = O_WRONLY | O_CREAT | O_CLOEXEC | (force ? O_TRUNC : O_EXCL);
    int fd = open(path, flags, 0600);
    FILE *f;

    if (fd < 0 && errno == EEXIST) {
        err_at(err, ERR_OUTPUT, path, 0, 0, "exists; it was left as it is");
        return err_hint(err, "--force overwrites it");
    }
    if (fd < 0)
        return err_errno(err, ERR_OUTPUT, path, "cannot create");
    f = fdopen(fd, "w");
    if (!f) {
        close(fd);
        return err_nomem(err);
    }
    config_template(f);
    if (ferror(f) | (fclose(f) != 0))
        return err_errno(err, ERR_OUTPUT, path, "cannot write");
    return 0;
}

static int run(const struct call *c, struct err *err)
{
    const char *path = opt_text_or(c->opt, "config", "muster.conf");

    if (c->count > 0)
        return err_set(err, ERR_USAGE, "init: takes no operand");
    if (write_config(path, opt_flag(c->opt, "force"), err) < 0)
        return -1;
    if (opt_talk(c->opt)) {
        fputs("wrote ", stderr);
        text_print_safe(path, stderr);
        fputs("; every key is in it, commented out\n", stderr);
    }
    return 0;
}

static const char *const options[] = {"force", NULL};

const struct command cmd_init = {
    .name = "init",
    .summary = "Write a commented muster.conf",
    .usage = "init [OPTIONS]",
    .help =
        "Write muster.conf (or the file named by --config) with every key,\n"
        "its meaning and its default, all commented out. A file that is\n"
        "there already is left alone unless --force is given.",
    .examples = "  muster init\n"
                "  muster init --config ~/.config/muster/muster.conf\n",
    .options = options,
    .run = run,
};
