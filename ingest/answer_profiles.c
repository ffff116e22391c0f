/*
 * answer_profiles.c - profiles and mdmclient: bootstrap token, enrollment.
 */
#include "core/base.h"

#include "ingest/answer_part.h"

bool answer_profiles(struct answer_reader *r, struct slice t)
{
    long at;
    int v;

    if (slice_starts(t, "profiles: "))
        t = slice_after(t, 10);
    if (slice_starts(t, "Bootstrap Token supported on server:")) {
        v = answer_yes_no(slice_after(t, 36));
        if (v >= 0)
            answer_set_bool(r, "bootstrap_supported", v);
        return true;
    }
    if (slice_starts(t, "Bootstrap Token escrowed to server:") ||
        slice_starts(t, "Bootstrap Token escrowed on server:")) {
        v = answer_yes_no(slice_after(t, 35));
        if (v >= 0)
            answer_set_bool(r, "bootstrap_escrowed_device", v);
        return true;
    }
    if (slice_starts(t, "Bootstrap Token functionality is not supported")) {
        answer_set_bool(r, "bootstrap_supported", false);
        return true;
    }
    at = slice_find(t, "EACSPreflight = ");
    if (at >= 0) {
        struct slice w = slice_after(t, (size_t)at + 16);

        while (w.n && (w.s[w.n - 1] == ';' || w.s[w.n - 1] == '"'))
            w.n--;
        if (w.n && w.s[0] == '"')
            w = slice_after(w, 1);
        answer_set_word(r, "eacs_preflight",
                        slice_is(w, "success")            ? "success"
                        : slice_has(w, "bootstrap token") ? "no_token"
                        : slice_has(w, "not supported")   ? "not_supported"
                        : slice_has(w, "sealed")          ? "unsealed"
                                                          : "failure");
        return true;
    }
    return false;
}

static void enrolled(struct answer_reader *r, bool in_mdm)
{
    answer_set_bool(r, "mdm_enrolled", in_mdm);
    if (!in_mdm)
        answer_set_word(r, "enrollment_type", "none");
    else if (r->dep_known)
        answer_set_word(r, "enrollment_type", r->dep ? "ade" : "manual");
}

bool answer_enrollment(struct answer_reader *r, struct slice t)
{
    int v;

    if (slice_starts(t, "Enrolled via DEP:")) {
        v = answer_yes_no(slice_after(t, 17));
        r->dep_known = v >= 0;
        r->dep = v == 1;
        return true;
    }
    if (slice_starts(t, "MDM enrollment:")) {
        struct slice w = slice_after(t, 15);

        if (slice_starts(w, "Yes")) {
            enrolled(r, true);
            answer_set_bool(r, "user_approved", slice_has(w, "User Approved"));
        } else if (slice_starts(w, "No")) {
            enrolled(r, false);
        }
        return true;
    }
    if (slice_starts(t, "MDM server:")) {
        struct slice w = slice_after(t, 11);
        long at = slice_find(w, "://");
        size_t end;

        if (at >= 0)
            w = slice_after(w, (size_t)at + 3);
        for (end = 0; end < w.n && !strchr("/?#", w.s[end]); end++)
            ;
        answer_set_text(r, r->mac, "mdm_server", (struct slice){w.s, end});
        return true;
    }
    if (slice_starts(t, "An enrollment profile is currently installed") ||
        slice_starts(t, "There is no enrollment profile installed")) {
        answer_set_bool(r, "mdm_enrolled", t.s[0] == 'A' || t.s[0] == 'a');
        return true;
    }
    return false;
}
