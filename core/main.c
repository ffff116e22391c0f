/*
 * main.c - the front door: finds the command, prints the one error, exits.
 */
#include "core/base.h"

#include "core/commands.h"
#include "core/db.h"
#include "core/text.h"

#include <expat.h>
#include <jansson.h>
#include <malloc.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xlsxwriter.h>

static volatile sig_atomic_t caught;

static void on_signal(int sig)
{
    caught = sig;
}

int command_signal(void)
{
    return caught;
}

const struct command *command_find(const char *name)
{
    size_t i;

    for (i = 0; commands[i]; i++)
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    return NULL;
}

/* What one stage gave back is there for the next. By itself the C library keeps
 * ever larger pieces, once some were freed, and they cannot be returned. */
static void keep_memory_small(void)
{
    mallopt(M_MMAP_THRESHOLD, 128 * 1024);
    mallopt(M_TRIM_THRESHOLD, 128 * 1024);
}

/*
 * Files are private from their first byte, nothing is left of a crash, and a
 * full disk or a closed pipe is an error that is reported, not a death.
 */
static void prepare_process(void)
{
    struct sigaction act = {.sa_handler = on_signal};
    struct rlimit none = {0, 0};

    keep_memory_small();
    umask(077);
    setrlimit(RLIMIT_CORE, &none);
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); /* a lock for each allocation */
    sigemptyset(&act.sa_mask);
    sigaction(SIGINT, &act, NULL);
    sigaction(SIGTERM, &act, NULL);
    sigaction(SIGHUP, &act, NULL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
}

static int version(bool json)
{
    const char *xlsx = lxw_version();

    if (json) {
        printf("{\"schema\":\"muster.version/1\",\"version\":\"%s\","
               "\"sqlite\":\"%s\",\"jansson\":\"%s\",\"libxlsxwriter\":\"%s\","
               "\"store\":%d}\n",
               MUSTER_VERSION, sqlite3_libversion(), JANSSON_VERSION, xlsx,
               DB_SCHEMA_VERSION);
        return 0;
    }
    printf("muster %s\n", MUSTER_VERSION);
    printf("SQLite %s, jansson %s, libxlsxwriter %s, store version %d\n",
           sqlite3_libversion(), JANSSON_VERSION, xlsx, DB_SCHEMA_VERSION);
    return 0;
}

/* The commands in the order a newcomer needs them; the rest follows. */
static const struct {
    const char *title;
    const char *names[12];
} groups[] = {
    {"Do it all:", {"run", NULL}},
    {"Step by step:",
     {"ingest", "analyze", "report", "verify", "diff", "prune", NULL}},
    {"Answers:",
     {"explain", "forecast", "leaver", "path", "suggest", "sample", "status",
      "query", NULL}},
    {"Catalogues:",
     {"rules", "remedies", "sources", "clients", "collector", NULL}},
    {"Set up:", {"init", "config", "check", NULL}},
};

static void general_help(FILE *out)
{
    size_t g, i;

    fputs("muster - find the Macs that are one reset password from a lockout\n"
          "\nUsage:\n  muster COMMAND [OPTIONS] [FILE...]\n"
          "  muster help COMMAND\n"
          "\nExamples:\n"
          "  muster run exports/               read, judge, write the reports\n"
          "  muster run --client-per-folder exports/\n"
          "                                    one folder a client\n"
          "  muster explain C02XK1ABCD         why this Mac is flagged\n"
          "  muster sources check export.csv   what a file can tell\n",
          out);
    for (g = 0; g < COUNT_OF(groups); g++) {
        fprintf(out, "\n%s\n", groups[g].title);
        for (i = 0; groups[g].names[i]; i++) {
            const struct command *c = command_find(groups[g].names[i]);

            if (c)
                fprintf(out, "  %-10s %s\n", c->name, c->summary);
        }
    }
    fputs("\nExit status:\n"
          "  0 ok   1 failure   2 usage   3 a gate said no   4 input\n"
          "  5 configuration   6 output   7 database busy   8 facts too old\n"
          "\nManual: man muster\n",
          out);
}

static int unknown_command(const char *name, struct err *err)
{
    const char *words[64], *near;
    size_t n;

    for (n = 0; n < COUNT_OF(words) && commands[n]; n++)
        words[n] = commands[n]->name;
    err_set(err, ERR_USAGE, "unknown command \"%s\"", name);
    if (name[0] == '-')
        return err_hint(err,
                        "the command comes first: muster COMMAND [OPTIONS]");
    near = text_nearest(name, words, n);
    if (near)
        return err_hint(err, "did you mean \"%s\"? See \"muster --help\"",
                        near);
    return err_hint(err, "see \"muster --help\"");
}

static int run_command(const struct command *cmd, int argc, char **argv,
                       struct err *err)
{
    struct call call;
    struct options *o = options_parse(cmd, argc, argv, &call, err);
    int rc;

    if (!o)
        return -1;
    if (opt_flag(o, "help")) {
        options_help(cmd, stdout);
        rc = 0;
    } else if (opt_flag(o, "version")) {
        rc = version(opt_flag(o, "json"));
    } else {
        rc = cmd->run(&call, err);
    }
    options_free(o);
    return rc;
}

static int help_about(const char *name, struct err *err)
{
    const struct command *cmd = command_find(name);

    if (!cmd)
        return unknown_command(name, err);
    options_help(cmd, stdout);
    return 0;
}

static int dispatch(int argc, char **argv, struct err *err)
{
    const char *word = argc > 1 ? argv[1] : NULL;
    const struct command *cmd;

    if (!word) {
        general_help(stderr);
        return err_set(err, ERR_USAGE, "no command given");
    }
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 ||
        (strcmp(word, "help") == 0 && argc == 2)) {
        general_help(stdout);
        return 0;
    }
    if (strcmp(word, "help") == 0)
        return help_about(argv[2], err);
    if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0)
        return version(argc > 2 && strcmp(argv[2], "--json") == 0);
    cmd = command_find(word);
    if (!cmd)
        return unknown_command(word, err);
    return run_command(cmd, argc - 2, argv + 2, err);
}

/* A closed stdout ends as if SIGPIPE had been left alone: 128 + 13. */
static int close_stdout(struct err *err)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return 0;
    if (errno == EPIPE)
        return 128 + SIGPIPE;
    err_set(err, ERR_OUTPUT, "standard output: %s", strerror(errno));
    return 0;
}

/* Die of the signal, so that the caller's shell sees it. */
static int end_by_signal(int sig)
{
    signal(sig, SIG_DFL);
    raise(sig);
    return 128 + sig;
}

int main(int argc, char **argv)
{
    struct err err = {0};
    int pipe_closed;

    prepare_process();
    if (dispatch(argc, argv, &err) < 0 && err.code == ERR_NONE)
        err_set(&err, ERR_FAIL, "unexpected failure");
    pipe_closed = close_stdout(&err);
    if (caught)
        return end_by_signal(caught);
    if (pipe_closed)
        return pipe_closed;
    if (err.code != ERR_NONE)
        err_print(&err, stderr);
    return (int)err.code;
}
