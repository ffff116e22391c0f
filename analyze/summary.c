/*
 * summary.c - what an analysis says of itself.
 */
#include "core/base.h"

#include "analyze/summary.h"
#include "core/text.h"

void summary_accepted(const struct analyze_summary *s, const char *indent,
                      FILE *out)
{
    const struct {
        int64_t count;
        const char *what;
    } parts[] = {{s->expiring, "ending within 30 days"},
                 {s->expired, "expired"},
                 {s->unmatched, "without a match"},
                 {s->overlapping, "overlapping"},
                 {s->own, "approved by their own owner"}};
    size_t i;

    for (i = 0; i < COUNT_OF(parts) && !parts[i].count; i++)
        ;
    if (!s->waived && i == COUNT_OF(parts))
        return;
    fprintf(out, "%saccepted risks: %lld finding%s covered", indent,
            (long long)s->waived, s->waived == 1 ? "" : "s");
    for (; i < COUNT_OF(parts); i++)
        if (parts[i].count)
            fprintf(out, ", %lld %s", (long long)parts[i].count, parts[i].what);
    fputc('\n', out);
}

void summary_sections(const struct analyze_summary *s, const char *indent,
                      FILE *out)
{
    if (!s->section[0])
        return;
    fprintf(out, "%ssettings: no client is called \"", indent);
    text_print_safe(s->section, out);
    fputs("\"; did you mean \"", out);
    text_print_safe(s->client, out);
    fputs("\"?\n", out);
}

void summary_required(const struct analyze_summary *s, const char *indent,
                      FILE *out)
{
    if (s->required[0])
        fprintf(out, "%srequired: %s\n", indent, s->required);
}

void summary_strangers(const struct analyze_summary *s, const char *indent,
                       FILE *out)
{
    int64_t none = s->strangers - s->ambiguous;

    if (!s->strangers)
        return;
    fprintf(out, "%saccounts not found:", indent);
    if (none)
        fprintf(out,
                " %lld row%s know%s an account by a number or full name that "
                "no account of the Mac has",
                (long long)none, none == 1 ? "" : "s", none == 1 ? "s" : "");
    if (s->ambiguous)
        fprintf(out, "%s %lld row%s by one that several have", none ? "," : "",
                (long long)s->ambiguous, s->ambiguous == 1 ? "" : "s");
    fputs(" (first: ", out);
    text_print_safe(s->stranger, out);
    fputs(")\n", out);
}

json_t *summary_accepted_json(const struct analyze_summary *s)
{
    return json_pack(
        "{s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "in_force",
        (json_int_t)s->waivers, "findings", (json_int_t)s->waived, "expiring",
        (json_int_t)s->expiring, "expired", (json_int_t)s->expired, "unmatched",
        (json_int_t)s->unmatched, "overlapping", (json_int_t)s->overlapping,
        "own_approval", (json_int_t)s->own);
}

void summary_replay(const struct analyze_summary *s, const char *indent,
                    FILE *out)
{
    if (s->replayed + s->not_replayed == 0)
        return;
    fprintf(out, "%sjudged anew by these rules: %lld earlier period%s", indent,
            (long long)s->replayed, s->replayed == 1 ? "" : "s");
    if (s->not_replayed)
        fprintf(out, "; %lld without facts stay%s as %s",
                (long long)s->not_replayed, s->not_replayed == 1 ? "s" : "",
                s->not_replayed == 1 ? "it was" : "they were");
    fputc('\n', out);
}
