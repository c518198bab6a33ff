import { readU32 } from '../bytes.js';
import { cdb } from '../cdb/cdb.js';
import { type CopyOperatingParameters, type CopyStatus, decodeCopyOperatingParameters, decodeCopyStatus } from '../data/copy/copy-results.js';
import { encodeExtendedCopy, type ExtendedCopyParameters } from '../data/copy/extended-copy.js';
import type { LogicalUnit } from '../logical-unit.js';
import { type CommandOptions, executeGrowing, executeIn, executeOut } from './execute.js';

/** EXTENDED COPY(LID1), SPC-4 6.4: the device copies by itself. Throws {@link ScsiError}: A/00/00 or A/0D/xx when a segment failed. */
export async function extendedCopy(
  lu: LogicalUnit,
  parameters: Pick<ExtendedCopyParameters, 'targets' | 'segments'> & Partial<ExtendedCopyParameters>,
  options?: CommandOptions,
): Promise<void> {
  const list = encodeExtendedCopy(parameters);
  await executeOut(lu, cdb.extendedCopyLid1({ parameterListLength: list.length }), list, options);
}

/** RECEIVE COPY OPERATING PARAMETERS, SPC-4 6.20.4: what a copy may ask for. */
export async function receiveCopyOperatingParameters(lu: LogicalUnit, options?: CommandOptions): Promise<CopyOperatingParameters> {
  const bytes = await executeGrowing(
    lu,
    {
      cdb: (allocationLength) => cdb.receiveCopyOperatingParameters({ allocationLength }),
      whole: (data) => 4 + readU32(data, 0),
      first: 512,
      most: 0xffff,
    },
    options,
  );
  return decodeCopyOperatingParameters(bytes);
}

/** RECEIVE COPY STATUS(LID1), SPC-4 6.20.2: how far the copy of this list identifier is. */
export async function receiveCopyStatus(lu: LogicalUnit, listIdentifier: number, options?: CommandOptions): Promise<CopyStatus> {
  const allocationLength = 12;
  return decodeCopyStatus(await executeIn(lu, cdb.receiveCopyStatusLid1({ listIdentifier, allocationLength }), allocationLength, options));
}
