/*
 * html_story.c - counts as sentences. Unknown is never left out, and Macs are
 * counted, not findings.
 */
#include "core/base.h"

#include "report/html_story.h"
#include "report/html_words.h"

static void macs(struct strbuf *b, int64_t n)
{
    html_number(b, n);
    strbuf_adds(b, n == 1 ? " Mac" : " Macs");
}

static const char *are(int64_t n)
{
    return n == 1 ? " is " : " are ";
}

static void share(struct strbuf *b, int64_t n, int64_t of)
{
    if (of <= 0)
        return;
    strbuf_adds(b, " (");
    html_percent(b, (double)n / (double)of);
    strbuf_adds(b, ")");
}

static void monthly(struct strbuf *b, const struct html_counts *n)
{
    if (n->at_risk == 0 && n->undetermined == 0) {
        strbuf_adds(b, "None of the ");
        macs(b, n->devices);
        strbuf_adds(b, " is at risk");
        return;
    }
    if (n->at_risk == 0)
        strbuf_adds(b, "No Mac is known to be at risk");
    else {
        html_number(b, n->at_risk);
        strbuf_adds(b, " of ");
        macs(b, n->devices);
        strbuf_adds(b, are(n->at_risk));
        strbuf_adds(b, "at risk");
    }
    if (n->undetermined == 0)
        return;
    strbuf_adds(b, "; for ");
    html_number(b, n->undetermined);
    strbuf_adds(b, n->at_risk == 0 ? " of " : " it is not known yet");
    if (n->at_risk > 0)
        return;
    macs(b, n->devices);
    strbuf_adds(b, " it is not known yet");
}

static void client(struct strbuf *b, const char *subject,
                   const struct html_counts *n)
{
    strbuf_adds(b, subject);
    strbuf_adds(b, ": ");
    if (n->at_risk > 0) {
        macs(b, n->at_risk);
        strbuf_adds(b, n->at_risk == 1 ? " needs" : " need");
        strbuf_adds(b, " action before ");
        strbuf_adds(b, n->at_risk == 1 ? "it" : "they");
        strbuf_adds(b, " can be recovered or updated safely");
    } else if (n->undetermined > 0) {
        strbuf_adds(b, "no Mac is known to need action; for ");
        html_number(b, n->undetermined);
        strbuf_adds(b, " it is not known yet");
    } else {
        strbuf_adds(b, "every Mac can be recovered and updated, as far as was "
                       "measured");
    }
}

static void migration(struct strbuf *b, const struct html_counts *n)
{
    if (n->judged == 0) {
        strbuf_adds(b, "Readiness for a move was not judged in this period");
        return;
    }
    if (n->ready > 0) {
        html_number(b, n->ready);
        strbuf_adds(b, " of ");
        macs(b, n->devices);
        strbuf_adds(b, are(n->ready));
    } else {
        strbuf_adds(b, "None of the ");
        macs(b, n->devices);
        strbuf_adds(b, " is ");
    }
    strbuf_adds(b, "ready to move");
    if (n->blocked > 0) {
        strbuf_adds(b, "; ");
        html_number(b, n->blocked);
        strbuf_adds(b, are(n->blocked));
        strbuf_adds(b, "blocked");
    }
    if (n->hands_on > 0) {
        strbuf_adds(b, n->blocked > 0 ? ", " : "; ");
        html_number(b, n->hands_on);
        strbuf_adds(b, n->hands_on == 1 ? " needs" : " need");
        strbuf_adds(b, " someone at the Mac");
    }
}

void html_verdict(struct strbuf *b, const char *use, const char *subject,
                  const struct html_counts *n)
{
    if (n->devices == 0)
        strbuf_adds(b, "No Mac was judged in this period");
    else if (strcmp(use, "client") == 0)
        client(b, subject, n);
    else if (strcmp(use, "migration") == 0)
        migration(b, n);
    else
        monthly(b, n);
    strbuf_addc(b, '.');
}

static void fine(struct strbuf *b, const struct html_counts *n)
{
    int64_t good = n->clean + n->partial;

    strbuf_adds(b, "No problem was found on ");
    macs(b, good);
    share(b, good, n->devices);
    if (n->partial > 0 && n->clean == 0)
        strbuf_adds(b, " in what was measured");
    else if (n->partial > 0) {
        strbuf_adds(b, ", on ");
        html_number(b, n->partial);
        strbuf_adds(b, " of them in what was measured");
    }
    strbuf_adds(b, ".");
}

static void unknown(struct strbuf *b, int64_t n)
{
    if (n <= 0)
        return;
    strbuf_adds(b, " For ");
    macs(b, n);
    strbuf_adds(b, " it is not known yet, which is no good news: they count as "
                   "neither safe nor at risk.");
}

void html_verdict_more(struct strbuf *b, const char *use,
                       const struct html_counts *n)
{
    int64_t open;

    if (n->devices == 0)
        return;
    if (strcmp(use, "migration") == 0 && n->judged > 0) {
        open =
            n->devices - n->ready - n->action_first - n->hands_on - n->blocked;
        html_number(b, n->action_first);
        strbuf_adds(b, " can be prepared from afar.");
        if (open > 0) {
            strbuf_adds(b, " For ");
            html_number(b, open);
            strbuf_adds(b, " it is not known yet; they count as not ready.");
        }
        return;
    }
    fine(b, n);
    if (strcmp(use, "client") == 0 && n->at_risk > 0)
        unknown(b, n->undetermined);
    if (n->attention > 0) {
        strbuf_addc(b, ' ');
        macs(b, n->attention);
        strbuf_adds(b, n->attention == 1 ? " has" : " have");
        strbuf_adds(b, " something to tidy.");
    }
    if (n->silent > 0) {
        strbuf_addc(b, ' ');
        macs(b, n->silent);
        strbuf_adds(b, n->silent == 1 ? " no longer reports."
                                      : " no longer report.");
    }
}

void html_change(struct strbuf *b, const char *before,
                 const struct html_counts *n)
{
    int64_t d = n->at_risk - n->before_at_risk;

    if (n->before_devices == 0)
        return;
    if (d == 0) {
        strbuf_addf(b, "As many at risk as in %s", before);
    } else {
        html_number(b, d < 0 ? -d : d);
        strbuf_addf(b, " %s at risk than in %s", d < 0 ? "fewer" : "more",
                    before);
    }
    d = n->devices - n->before_devices;
    if (d != 0) {
        strbuf_adds(b, ", on ");
        html_number(b, d < 0 ? -d : d);
        strbuf_addf(b, " %s Mac%s", d < 0 ? "fewer" : "more",
                    d == 1 || d == -1 ? "" : "s");
    }
    strbuf_addc(b, '.');
}
