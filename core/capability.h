/*
 * capability.h - what a Mac may be unable to do: codes, and words for people.
 */
#ifndef MUSTER_CORE_CAPABILITY_H
#define MUSTER_CORE_CAPABILITY_H

#include <stddef.h>

#define CAPABILITIES 13

/* A set of them is a word of bits, in the order of the table. */
enum {
    CAN_UNLOCK = 1 << 0,
    CAN_ENABLE = 1 << 1,
    CAN_UPDATE = 1 << 2,
    CAN_GRANT = 1 << 3,
    CAN_AUTO = 1 << 4,
    CAN_UPDATE_BY_SERVER = 1 << 5,
    CAN_ERASE = 1 << 6,
    CAN_SETTINGS = 1 << 7,
    CAN_KEXTS = 1 << 8,
    CAN_BOOT_POLICY = 1 << 9,
    CAN_RESCUE = 1 << 10,
    CAN_RECOVERYOS = 1 << 11,
    CAN_PSSO = 1 << 12
};

struct capability {
    const char *code;  /* in rules, columns and JSON */
    const char *words; /* what it is */
};

/* In the order of their bits. */
extern const struct capability capabilities[CAPABILITIES];

/* The words of a code; NULL for no such code. */
const char *capability_says(const char *code);

#endif
