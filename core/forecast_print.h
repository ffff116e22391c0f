/*
 * forecast_print.h - the forecast for people, at 80 columns.
 */
#ifndef MUSTER_FORECAST_PRINT_H
#define MUSTER_FORECAST_PRINT_H

#include <jansson.h>

/* "root" is the answer of muster forecast --json, "way" how the password is
 * reset: "if the management server resets this password". One account in full,
 * or a line for each. */
void forecast_print_account(const json_t *root, const json_t *account,
                            const char *way);
void forecast_print_all(const json_t *root, const json_t *accounts,
                        const char *way);

#endif
