/*
 * command.c - a report as the command line asks for it.
 */
#include "core/base.h"

#include "report/command.h"

struct report_options report_command_options(const struct options *o,
                                             const struct config *config)
{
    return (struct report_options){
        .config = config,
        .dir = opt_text(o, "output"),
        .period = opt_text(o, "period"),
        .client = opt_text(o, "client"),
        .use = opt_text(o, "use"),
        .formats = opt_text(o, "format"),
        .templates = opt_text(o, "templates"),
        .redact = opt_text(o, "redact"),
        .redact_key = opt_text(o, "redact-key"),
        .csv_raw = opt_flag(o, "csv-raw"),
        .csv_bom = opt_flag(o, "csv-bom"),
        .each_client = opt_flag(o, "each-client"),
        .new_only = opt_flag(o, "new-only"),
        .force = opt_flag(o, "force"),
    };
}
