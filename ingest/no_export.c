/*
 * no_export.c - files that are no export at all, told for what they are.
 *
 * The reader of property lists or of CSV would refuse them too, and speak of
 * damage that is not there.
 */
#include "core/base.h"

#include "core/text.h"
#include "ingest/no_export.h"
#include "ingest/slice.h"

/* The text behind the first "end" of t; nothing where it is not there. */
static struct slice behind(struct slice t, const char *end)
{
    long at = slice_find(t, end);

    return at < 0 ? (struct slice){"", 0}
                  : slice_after(t, (size_t)at + strlen(end));
}

/* The name of the outermost element, behind declarations and remarks. */
static struct slice outermost(struct slice t, bool *declared)
{
    size_t n;

    for (t = slice_trim(t); t.n > 1 && t.s[0] == '<';) {
        if (slice_starts(t, "<!--")) {
            t = behind(t, "-->");
        } else if (t.s[1] == '?' || t.s[1] == '!') {
            *declared = *declared || slice_starts(t, "<?xml");
            t = behind(t, ">");
        } else {
            for (n = 1; n < t.n && !strchr(" \t\r\n/>", t.s[n]); n++)
                ;
            return (struct slice){t.s + 1, n - 1};
        }
    }
    return (struct slice){"", 0};
}

static bool is_classic(struct slice name)
{
    static const char *const roots[] = {"computer",
                                        "computers",
                                        "computer_group",
                                        "computer_history",
                                        "advanced_computer_search",
                                        "mobile_device",
                                        "mobile_devices"};
    size_t i;

    for (i = 0; i < COUNT_OF(roots); i++)
        if (slice_is(name, roots[i]))
            return true;
    return false;
}

int no_export(const struct input *in, const char *name, struct err *err)
{
    struct slice t, root;
    bool declared = false;

    t.s = input_head(in, &t.n);
    root = outermost(t, &declared);
    if (slice_is(root, "html")) {
        err_at(err, ERR_INPUT, name, 0, 0,
               "is a web page (HTML), no export: perhaps the page to log in");
        return err_hint(err, "save what the export or the API gives");
    }
    if (is_classic(root)) {
        err_at(err, ERR_INPUT, name, 0, 0,
               "is an answer of the Jamf Pro Classic API as XML, which is not "
               "read");
        return err_hint(err, "ask for the same as JSON: curl -H 'Accept: "
                             "application/json' ...");
    }
    if (declared && root.n > 0 && !slice_is(root, "plist"))
        return err_at(err, ERR_INPUT, name, 0, 0,
                      "is XML of <%.*s>, and no property list: that is not "
                      "read",
                      (int)(root.n < 40 ? root.n : 40), root.s);
    return 0;
}
