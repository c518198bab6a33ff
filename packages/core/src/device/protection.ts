import { type ByteString } from '../bytes.js';

/** Where protection information is checked or kept, in the order `dif_mode` shows it. */
export const PROTECTION_MODES = ['tgt', 'scst', 'dev_check', 'dev_store'] as const;
export type ProtectionMode = (typeof PROTECTION_MODES)[number];

/** T10 protection information of a device (SPEC sysfs 8.2). */
export interface Protection {
  /** In the order of `PROTECTION_MODES`. */
  readonly modes: readonly ProtectionMode[];
  /** SBC-4 4.21.2. */
  readonly type: 1 | 2 | 3;
  /** What application tags are checked against. */
  staticAppTag: bigint;
  /** Where tags are kept (`dev_store`). */
  readonly tagFile: ByteString | null;
}
