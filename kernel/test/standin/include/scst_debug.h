/* SPDX-License-Identifier: GPL-2.0-only */
/* The trace flags that scst_local uses, with SCST's values. */
#ifndef STANDIN_SCST_DEBUG_H
#define STANDIN_SCST_DEBUG_H

#define TRACE_PID		0x0008
#define TRACE_OUT_OF_MEM	0x0100
#define TRACE_MGMT		0x0400
#define TRACE_SPECIAL		0x2000

#endif /* STANDIN_SCST_DEBUG_H */
