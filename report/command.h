/*
 * command.h - what commands that write reports share.
 */
#ifndef MUSTER_REPORT_COMMAND_H
#define MUSTER_REPORT_COMMAND_H

#include "core/options.h"
#include "report/report.h"

/* The report that the command line asks for; its texts are borrowed. */
struct report_options report_command_options(const struct options *o,
                                             const struct config *config);

#endif
