/*
 * fuzz.h - what the fuzz targets share.
 *
 * A target is tests/fuzz/fuzz_NAME.c with LLVMFuzzerTestOneInput(); "make fuzz"
 * builds and runs them all under ASan and UBSan. A promise that is broken ends
 * in abort(), which the driver takes as a finding.
 */
#ifndef MUSTER_FUZZ_H
#define MUSTER_FUZZ_H

#include "core/base.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* The bytes as a file in memory: its path, the same every time. */
const char *fuzz_file(const uint8_t *data, size_t n);

/* Say what was broken and abort, unless "ok". */
void fuzz_promise(bool ok, const char *what, const char *detail);

#endif
