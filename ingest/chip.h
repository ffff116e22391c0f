/*
 * chip.h - which chip a Mac has, from what exports say of its model.
 */
#ifndef MUSTER_CHIP_H
#define MUSTER_CHIP_H

#include "core/base.h"

/* "apple", "t2", "intel", or NULL where the text does not tell. A model
 * identifier (MacBookPro16,1) or a marketing name that names its chip. */
const char *chip_of_model(const char *s, size_t n);

/* A processor ("Apple M2 Pro", "Quad-Core Intel Core i5") or an architecture
 * ("arm64"): "apple" or NULL, because an Intel processor may sit beside a T2.
 */
const char *chip_of_processor(const char *s, size_t n);

#endif
