import { readU16 } from '../bytes.js';
import { cdb } from '../cdb/cdb.js';
import { decodeToc, type Toc } from '../data/read-toc.js';
import type { LogicalUnit } from '../logical-unit.js';
import { PERIPHERAL_DEVICE_TYPE } from '../peripheral-device-type.js';
import { type CommandOptions, executeGrowing } from './execute.js';

export interface ReadTocOptions extends CommandOptions {
  /** {@link TOC_FORMAT}. Default: the tracks. */
  readonly format?: number | undefined;
  /** First track to tell of; in format 1 it is reserved. Default: 0, all of them. */
  readonly trackSessionNumber?: number | undefined;
  /** MSF: let the device write addresses as minutes, seconds and frames. The result holds logical block addresses either way. */
  readonly msf?: boolean | undefined;
}

/** READ TOC/PMA/ATIP, MMC-6 6.26: what is on the disc. Throws {@link ScsiError}: 2/3A/00 without one. */
export async function readToc(lu: LogicalUnit, options: ReadTocOptions = {}): Promise<Toc> {
  const { format, trackSessionNumber, msf } = options;
  const bytes = await executeGrowing(
    lu,
    {
      cdb: (allocationLength) => cdb.readToc({ format, trackSessionNumber, msf, allocationLength }),
      whole: (toc) => 2 + readU16(toc, 0),
      first: 804,
      most: 0xffff,
    },
    { deviceType: PERIPHERAL_DEVICE_TYPE.CD_DVD, ...options },
  );
  return decodeToc(bytes, { msf });
}
