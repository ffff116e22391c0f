/*
 * find_out.c - see find_out.h.
 */
#include "core/base.h"

#include "core/supply.h"
#include "core/text.h"
#include "report/find_out.h"
#include "report/html_words.h"

/* Of "a|b" the words that fit both, which are those of what supplies them. */
static const char *words_of(char *fact)
{
    char *bar = strchr(fact, '|');
    const char *words = bar ? NULL : html_plain("fact", fact);
    const struct supply *s;

    if (bar)
        *bar = '\0';
    s = words ? NULL : supply_for(fact);
    return words ? words : s ? s->plain : fact;
}

static void add_item(struct strbuf *out, char *item)
{
    static const char conflict[] = "conflict:";
    bool disputed = text_starts(item, conflict);

    strbuf_addf(out, "%s%s%s", out->len ? ", " : "",
                words_of(item + (disputed ? sizeof(conflict) - 1 : 0)),
                disputed ? ", on which sources disagree" : "");
}

void find_out(struct strbuf *out, const char *missing)
{
    char item[128];

    while (*missing) {
        size_t n = strcspn(missing, " ");

        snprintf(item, sizeof(item), "%.*s", (int)n, missing);
        add_item(out, item);
        missing += n;
        missing += strspn(missing, " ");
    }
}
