/*
 * html_story.h - the few sentences that a page opens with, made from counts.
 */
#ifndef MUSTER_HTML_STORY_H
#define MUSTER_HTML_STORY_H

#include "core/strbuf.h"

/* Macs, as the query html-totals counts them. */
struct html_counts {
    int64_t devices, at_risk, undetermined, attention, partial, clean, silent;
    int64_t before_devices, before_at_risk; /* 0: no period before */
    int64_t judged, ready, action_first, hands_on, blocked; /* migration */
    int64_t lines; /* of findings, those not in the page included */
};

/* The verdict of a use ("monthly", "client", "migration"); "subject" is the
 * client as people call it. */
void html_verdict(struct strbuf *b, const char *use, const char *subject,
                  const struct html_counts *n);

/* The sentences after it: what was not known, what was fine. */
void html_verdict_more(struct strbuf *b, const char *use,
                       const struct html_counts *n);

/* "3 fewer at risk than in 2026-10"; nothing for a first period. */
void html_change(struct strbuf *b, const char *before,
                 const struct html_counts *n);

#endif
