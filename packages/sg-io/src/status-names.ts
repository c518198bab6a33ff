/** Host status: what became of the command on its way to the device and back, `DID_*` of the kernel's <scsi/scsi_status.h>. */
export const HOST_STATUS = {
  OK: 0x00,
  NO_CONNECT: 0x01,
  BUS_BUSY: 0x02,
  TIME_OUT: 0x03,
  BAD_TARGET: 0x04,
  ABORT: 0x05,
  PARITY: 0x06,
  ERROR: 0x07,
  RESET: 0x08,
  BAD_INTR: 0x09,
  PASSTHROUGH: 0x0a,
  SOFT_ERROR: 0x0b,
  IMM_RETRY: 0x0c,
  REQUEUE: 0x0d,
  TRANSPORT_DISRUPTED: 0x0e,
  TRANSPORT_FAILFAST: 0x0f,
  TARGET_FAILURE: 0x10,
  NEXUS_FAILURE: 0x11,
  ALLOC_FAILURE: 0x12,
  MEDIUM_ERROR: 0x13,
  TRANSPORT_MARGINAL: 0x14,
} as const;

/** Driver status: what the kernel's own layers say, `DRIVER_*`. Newer kernels give no other than `OK` and `SENSE`. */
export const DRIVER_STATUS = {
  OK: 0x00,
  BUSY: 0x01,
  SOFT: 0x02,
  MEDIA: 0x03,
  ERROR: 0x04,
  INVALID: 0x05,
  TIMEOUT: 0x06,
  HARD: 0x07,
  /** Sense data is there. */
  SENSE: 0x08,
} as const;

const named = (prefix: string, table: Readonly<Record<string, number>>) => {
  const names = new Map(Object.entries(table).map(([name, value]) => [value, `${prefix}_${name}`]));
  return (value: number): string => names.get(value) ?? `${prefix} 0x${value.toString(16).padStart(2, '0')}`;
};

/** `DID_NO_CONNECT`; a value without a name comes as `DID 0x7f`. */
export const hostStatusName = named('DID', HOST_STATUS);

/** `DRIVER_SENSE`; only the low four bits count, the others of old kernels are suggestions. */
export const driverStatusName = (value: number): string => nameDriver(value & 0x0f);

const nameDriver = named('DRIVER', DRIVER_STATUS);
