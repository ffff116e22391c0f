/*
 * rule_names.h - rules that a configuration names and that do not exist.
 */
#ifndef MUSTER_ANALYZE_RULE_NAMES_H
#define MUSTER_ANALYZE_RULE_NAMES_H

#include "analyze/check.h"
#include "core/config.h"

/*
 * Tell "fn" every word of "disabled", "required" and [severity], in general
 * and of each client, that fits no rule of the catalogue: it would do nothing,
 * and nobody would know. Each is ERR_CONFIG with the file and line it stands
 * in, and the nearest id as a hint. A NULL configuration names nothing.
 */
void rules_not_there(const struct catalogue *rules, const struct config *config,
                     check_fn *fn, void *ctx);

#endif
