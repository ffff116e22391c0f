/*
 * work.h - what people may decide about a finding in the Findings sheet.
 */
#ifndef MUSTER_WORK_H
#define MUSTER_WORK_H

#include "core/base.h"

/* The one word that means something to the program: the risk is accepted until
 * the day that is due. */
#define WORK_ACCEPTS "accept risk"

#endif
