import { defineLayout } from './layout.js';

/** `struct sg_io_hdr` of <scsi/sg.h>, version 3, on 64-bit machines: what SG_IO takes on /dev/sg*. Names are the kernel's, in camelCase. */
export const SG_IO_V3 = defineLayout('sg_io_hdr', 88, {
  /** {@link V3_INTERFACE_ID} */
  interfaceId: { offset: 0, type: 's32' },
  /** {@link DXFER} */
  dxferDirection: { offset: 4, type: 's32' },
  cmdLen: { offset: 8, type: 'u8' },
  mxSbLen: { offset: 9, type: 'u8' },
  iovecCount: { offset: 10, type: 'u16' },
  dxferLen: { offset: 12, type: 'u32' },
  dxferp: { offset: 16, type: 'u64' },
  cmdp: { offset: 24, type: 'u64' },
  sbp: { offset: 32, type: 'u64' },
  /** Milliseconds. */
  timeout: { offset: 40, type: 'u32' },
  /** {@link V3_FLAG} */
  flags: { offset: 44, type: 'u32' },
  packId: { offset: 48, type: 's32' },
  usrPtr: { offset: 56, type: 'u64' },
  status: { offset: 64, type: 'u8' },
  maskedStatus: { offset: 65, type: 'u8' },
  msgStatus: { offset: 66, type: 'u8' },
  sbLenWr: { offset: 67, type: 'u8' },
  hostStatus: { offset: 68, type: 'u16' },
  driverStatus: { offset: 70, type: 'u16' },
  resid: { offset: 72, type: 's32' },
  /** Milliseconds. */
  duration: { offset: 76, type: 'u32' },
  info: { offset: 80, type: 'u32' },
});

/** `'S'`, which says that the header is one of version 3. */
export const V3_INTERFACE_ID = 0x53;

/** `SG_DXFER_*`: the direction in which data moves. */
export const DXFER = { NONE: -1, TO_DEVICE: -2, FROM_DEVICE: -3 } as const;

/** `SG_FLAG_*`: where in the block layer's queue the command goes. */
export const V3_FLAG = { Q_AT_TAIL: 0x10, Q_AT_HEAD: 0x20 } as const;
