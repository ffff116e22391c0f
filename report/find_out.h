/*
 * find_out.h - missing facts, in words for people.
 */
#ifndef MUSTER_REPORT_FIND_OUT_H
#define MUSTER_REPORT_FIND_OUT_H

#include "core/strbuf.h"

/*
 * finding.missing ("filevault conflict:os_version a|b") as what is to be found
 * out: "the state of FileVault, the system version, on which sources disagree".
 * A fact without words of its own keeps its name.
 */
void find_out(struct strbuf *out, const char *missing);

#endif
