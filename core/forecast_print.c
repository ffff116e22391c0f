/*
 * forecast_print.c - the forecast for people, at 80 columns.
 *
 * It leads with the age of the facts and with what to do instead.
 */
#include "core/base.h"

#include "core/forecast_print.h"
#include "core/strbuf.h"
#include "core/text.h"
#include "core/when.h"

/* What is printed for a verdict. "refused" is of recoveryOS alone. */
static const struct {
    const char *word, *title;
} verdicts[] = {
    {"notapplicable", "NO TOKEN HERE"}, {"safe", "SAFE"},
    {"login-first", "LOG IN FIRST"},    {"token-lost", "TOKEN LOST"},
    {"lockout-risk", "LOCKOUT RISK"},   {"refused", "CANNOT BE DONE"},
    {"unknown", "NOT KNOWN"},
};

static const char *text_of(const json_t *o, const char *key)
{
    const char *s = json_string_value(json_object_get(o, key));

    return s ? s : "";
}

static void print_age(const json_t *root, const json_t *account)
{
    const char *read = text_of(account, "read_at"),
               *seen = text_of(root, "last_checkin");
    int64_t as_of = 0, t = 0;

    when_parse(text_of(root, "as_of"), strlen(text_of(root, "as_of")), &as_of);
    if (when_parse(read, strlen(read), &t))
        printf("Facts of %.10s, %lld %s old", read,
               COUNTED((as_of - t) / WHEN_DAY, "day"));
    else
        printf("The age of the facts is not known");
    if (seen[0])
        printf("; last check-in %.10s\n", seen);
    else
        printf("; last check-in not known\n");
}

static const char *verdict_title(const char *word)
{
    size_t i;

    for (i = 0; i < COUNT_OF(verdicts); i++)
        if (strcmp(verdicts[i].word, word) == 0)
            return verdicts[i].title;
    return word;
}

static void print_mac(const json_t *root)
{
    text_print_safe(text_of(root, "serial"), stdout);
    if (text_of(root, "name")[0]) {
        fputs(" (", stdout);
        text_print_safe(text_of(root, "name"), stdout);
        fputc(')', stdout);
    }
}

/* Sentences of the table have no full stop. */
static void print_paragraph(const char *title, const char *text)
{
    struct strbuf b = {0};

    printf("\n%s\n  ", title);
    strbuf_addf(&b, "%s.", text);
    text_wrap(strbuf_str(&b), 2, 2, stdout);
    strbuf_free(&b);
}

static void print_missing(const json_t *account)
{
    const json_t *list = json_object_get(account, "missing"), *o;
    size_t i;

    if (json_array_size(list) == 0)
        return;
    printf("\nNot known\n");
    json_array_foreach(list, i, o)
    {
        printf("  %s", text_of(o, "fact"));
        if (text_of(o, "title")[0])
            printf(": %s", text_of(o, "title"));
        printf("\n    ");
        text_wrap(text_of(o, "how"), 4, 4, stdout);
    }
}

static void print_before(const json_t *account)
{
    const json_t *list = json_object_get(account, "before"), *o;
    size_t i;

    if (json_array_size(list) == 0)
        return;
    printf("\nBefore any reset\n");
    json_array_foreach(list, i, o)
    {
        printf("  %-16s %s\n", text_of(o, "what"), text_of(o, "state"));
    }
}

static void print_after(const json_t *account)
{
    const json_t *list = json_object_get(account, "after"), *o;
    size_t i;

    if (json_array_size(list) == 0)
        return;
    printf("\nCheck afterwards\n");
    json_array_foreach(list, i, o)
    {
        printf("  ");
        text_wrap(json_string_value(o), 2, 4, stdout);
    }
}

void forecast_print_account(const json_t *root, const json_t *account,
                            const char *way)
{
    const char *instead = text_of(account, "instead");

    print_mac(root);
    fputs(", account ", stdout);
    text_print_safe(text_of(account, "account"), stdout);
    fputc('\n', stdout);
    print_age(root, account);
    printf("\n%s %s\n", verdict_title(text_of(account, "verdict")), way);
    if (json_is_false(json_object_get(account, "way_open")))
        print_paragraph("This way is not open",
                        "No other account of the Mac is known to be an "
                        "administrator with a token and a known password; what "
                        "follows is for a reset without one");
    if (instead[0])
        print_paragraph(strcmp(text_of(account, "verdict"), "safe") == 0
                            ? "Mind this"
                            : "Do this instead",
                        instead);
    print_paragraph("Why", text_of(account, "reason"));
    if (json_is_true(json_object_get(account, "last_token")))
        printf("  This is the last token of the Mac.\n");
    if (json_is_true(json_object_get(account, "other_admin_not_known")))
        printf("  Whether another token admin could help is not known: taken "
               "as none.\n");
    print_missing(account);
    print_before(account);
    print_after(account);
}

void forecast_print_all(const json_t *root, const json_t *accounts,
                        const char *way)
{
    const json_t *o;
    size_t i, n, width = 7;

    print_mac(root);
    fputc('\n', stdout);
    print_age(root, json_array_get(accounts, 0));
    printf("What happens %s:\n\n", way);
    json_array_foreach(accounts, i, o)
    {
        n = text_columns(text_of(o, "account"), strlen(text_of(o, "account")));
        width = n > width ? n : width;
    }
    json_array_foreach(accounts, i, o)
    {
        const char *name = text_of(o, "account");
        const char *text = text_of(o, "instead");
        struct strbuf b = {0};

        if (json_is_false(json_object_get(o, "way_open")))
            strbuf_adds(&b,
                        "No other token admin is known, so as without one: ");
        strbuf_adds(&b, text[0] ? text : text_of(o, "reason"));
        fputs("  ", stdout);
        text_print_safe(name, stdout);
        n = text_columns(name, strlen(name));
        printf("%*s  %-15s", (int)(width - n), "",
               verdict_title(text_of(o, "verdict")));
        text_wrap(strbuf_str(&b), width + 19, width + 19, stdout);
        strbuf_free(&b);
    }
    printf("\nName an account to see why, and what to check.\n");
}
