import { type ByteString } from '../bytes.js';
import { type Protection } from './protection.js';

/** What a virtual device is made with. What is left out takes the default of its kind. */
export interface VirtualDeviceOptions {
  filename?: ByteString;
  /** Bytes, a power of two. */
  blockSize?: number;
  /** Bytes. Others than vdisk_nullio devices show it only until their file is open. */
  size?: bigint;
  readOnly?: boolean;
  writeThrough?: boolean;
  nvCache?: boolean;
  async?: boolean;
  oDirect?: boolean;
  removable?: boolean;
  rotational?: boolean;
  thinProvisioned?: boolean;
  active?: boolean;
  bindAluaState?: boolean;
  clusterMode?: boolean;
  dummy?: boolean;
  lbPerPbExp?: boolean;
  tst?: 0 | 1;
  numaNodeId?: number;
  t10DevId?: ByteString;
  protection?: Protection;
}
