import { defineLayout } from './layout.js';

/** `struct sg_io_v4` of <linux/bsg.h>: what SG_IO takes on /dev/bsg/*. Names are the kernel's, in camelCase. */
export const SG_IO_V4 = defineLayout('sg_io_v4', 160, {
  /** {@link V4_GUARD} */
  guard: { offset: 0, type: 's32' },
  /** 0: SCSI. */
  protocol: { offset: 4, type: 'u32' },
  /** 0: a SCSI command. */
  subprotocol: { offset: 8, type: 'u32' },
  requestLen: { offset: 12, type: 'u32' },
  request: { offset: 16, type: 'u64' },
  requestTag: { offset: 24, type: 'u64' },
  requestAttr: { offset: 32, type: 'u32' },
  requestPriority: { offset: 36, type: 'u32' },
  requestExtra: { offset: 40, type: 'u32' },
  maxResponseLen: { offset: 44, type: 'u32' },
  response: { offset: 48, type: 'u64' },
  doutIovecCount: { offset: 56, type: 'u32' },
  doutXferLen: { offset: 60, type: 'u32' },
  dinIovecCount: { offset: 64, type: 'u32' },
  dinXferLen: { offset: 68, type: 'u32' },
  doutXferp: { offset: 72, type: 'u64' },
  dinXferp: { offset: 80, type: 'u64' },
  /** Milliseconds. */
  timeout: { offset: 88, type: 'u32' },
  /** {@link V4_FLAG} */
  flags: { offset: 92, type: 'u32' },
  usrPtr: { offset: 96, type: 'u64' },
  spareIn: { offset: 104, type: 'u32' },
  driverStatus: { offset: 108, type: 'u32' },
  /** The host status. */
  transportStatus: { offset: 112, type: 'u32' },
  /** The SCSI status. */
  deviceStatus: { offset: 116, type: 'u32' },
  retryDelay: { offset: 120, type: 'u32' },
  info: { offset: 124, type: 'u32' },
  /** Milliseconds. */
  duration: { offset: 128, type: 'u32' },
  responseLen: { offset: 132, type: 'u32' },
  dinResid: { offset: 136, type: 's32' },
  doutResid: { offset: 140, type: 's32' },
  generatedTag: { offset: 144, type: 'u64' },
  spareOut: { offset: 152, type: 'u32' },
});

/** `'Q'`, which says that the header is one of version 4. */
export const V4_GUARD = 0x51;

/** `BSG_FLAG_*`: where in the block layer's queue the command goes. */
export const V4_FLAG = { Q_AT_TAIL: 0x10, Q_AT_HEAD: 0x20 } as const;
