/*
 * cmd_config.c - muster config: what is in force, and where it comes from.
 */
#include "core/base.h"

#include "core/commands.h"
#include "core/config.h"

static int run(const struct call *c, struct err *err)
{
    struct config *config;

    if (c->count > 0)
        return err_set(err, ERR_USAGE, "config: takes no operand");
    config = config_load(c->opt, err);
    if (!config)
        return -1;
    if (opt_flag(c->opt, "json"))
        config_print_json(config, stdout);
    else
        config_print(config, stdout);
    config_free(config);
    return 0;
}

const struct command cmd_config = {
    .name = "config",
    .summary = "Print the settings in force and where each came from",
    .usage = "config [OPTIONS]",
    .help =
        "Print every setting with its value and its origin: the file and line,\n"
        "--set, or the default. What is printed can be used as a muster.conf.\n"
        "\n"
        "The configuration is the file named by --config, else by the variable\n"
        "MUSTER_CONFIG, else ./muster.conf, else muster/muster.conf in\n"
        "$XDG_CONFIG_HOME (~/.config where that is not set).",
    .examples = "  muster config\n"
                "  muster config --set freshness_days=45 --json\n",
    .options = NULL,
    .run = run,
};
