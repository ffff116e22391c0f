/*
 * tally.h - findings counted by Macs: by severity, and by what to do.
 *
 * One pass over report_finding fills these TEMP tables:
 *
 *   report_severity(rank PRIMARY KEY, severity, fail, unknown, accepted,
 *                   devices): devices are Macs with a failure
 *   report_remedy(no PRIMARY KEY, remedy, devices, accounts, fresh): failures
 *                   of counted rules that nobody accepted; fresh are Macs that
 *                   did not need it before
 *   report_cause(remedy, rule_no, severity, devices): the rules they failed
 *   report_remedy_mac(no, rank, device_id): those Macs, by client and serial
 */
#ifndef MUSTER_TALLY_H
#define MUSTER_TALLY_H

#include "report/report.h"

/* Fill them, unless they are there for this report. */
int tally_findings(const struct report *r, struct err *err) MUST_CHECK;

#endif
