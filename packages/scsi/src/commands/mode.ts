import { readU16, readU8 } from '../bytes.js';
import { cdb } from '../cdb/cdb.js';
import { ScsiDataError } from '../data-error.js';
import { type ModePage, PAGE_CONTROL } from '../data/mode/mode-page.js';
import { ALL_MODE_PAGES } from '../data/mode/pages.js';
import {
  decodeModeParameters10, decodeModeParameters6, encodeModeParameters10, encodeModeParameters6, type ModeParameters,
} from '../data/mode/parameter-list.js';
import type { BitFields } from '../field.js';
import type { StructInput } from '../data/struct.js';
import type { LogicalUnit } from '../logical-unit.js';
import { type CommandOptions, executeGrowing, executeOut } from './execute.js';

export interface ModeSenseOptions extends CommandOptions {
  /** Default: all pages. */
  readonly pageCode?: number | undefined;
  readonly subpageCode?: number | undefined;
  /** {@link PAGE_CONTROL}. Default: current values. */
  readonly pageControl?: number | undefined;
  /** DBD: leave out the block descriptors. */
  readonly disableBlockDescriptors?: boolean | undefined;
  /** Which form of the command. Default: 10. */
  readonly cdbLength?: 6 | 10 | undefined;
}

/** MODE SENSE(10) or (6), SPC-5 6.14 and 6.15. Throws {@link ScsiError}: 5/24/00 for a page the device does not have. */
export async function modeSense(lu: LogicalUnit, options: ModeSenseOptions = {}): Promise<ModeParameters> {
  const { pageCode = ALL_MODE_PAGES, subpageCode, pageControl, disableBlockDescriptors, cdbLength = 10 } = options;
  const fields = { pageCode, subpageCode, pageControl, disableBlockDescriptors };
  if (cdbLength === 6) {
    return decodeModeParameters6(
      await executeGrowing(
        lu,
        { cdb: (allocationLength) => cdb.modeSense6({ ...fields, allocationLength }), whole: (data) => 1 + readU8(data, 0), first: 255, most: 255 },
        options,
      ),
    );
  }
  return decodeModeParameters10(
    await executeGrowing(
      lu,
      { cdb: (allocationLength) => cdb.modeSense10({ ...fields, allocationLength }), whole: (data) => 2 + readU16(data, 0), first: 1024, most: 0xffff },
      options,
    ),
  );
}

export interface ModeSelectOptions extends CommandOptions {
  /** Whole pages, as a page's encoder gives them. */
  readonly pages: readonly Uint8Array[];
  /** SP: keep the values over resets. */
  readonly savePages?: boolean | undefined;
  /** Which form of the command. Default: 10. */
  readonly cdbLength?: 6 | 10 | undefined;
}

/** MODE SELECT(10) or (6), SPC-5 6.12 and 6.13, without block descriptors. */
export async function modeSelect(lu: LogicalUnit, options: ModeSelectOptions): Promise<void> {
  const { pages, savePages, cdbLength = 10 } = options;
  const parameters = { pages, forSelect: true };
  const list = cdbLength === 6 ? encodeModeParameters6(parameters) : encodeModeParameters10(parameters);
  const build = cdbLength === 6 ? cdb.modeSelect6 : cdb.modeSelect10;
  await executeOut(lu, build({ pageFormat: true, savePages, parameterListLength: list.length }), list, options);
}

/** One mode page, taken apart: `modePage(lu, CACHING_PAGE)`. Throws {@link ScsiDataError} `MALFORMED` when the device answers without it. */
export async function modePage<Fields extends BitFields>(
  lu: LogicalUnit,
  page: ModePage<Fields>,
  options: Omit<ModeSenseOptions, 'pageCode' | 'subpageCode'> = {},
): Promise<ReturnType<ModePage<Fields>['decode']>> {
  const parameters = await modeSense(lu, { disableBlockDescriptors: true, ...options, pageCode: page.pageCode });
  const found = parameters.pages.find(({ pageCode, subpageCode }) => pageCode === page.pageCode && subpageCode === 0);
  if (found === undefined) throw new ScsiDataError('MALFORMED', 0, `the device answered without the ${page.name} mode page`);
  return page.decode(found.bytes);
}

/**
 * Changes some fields of a mode page: reads its current values and sends them back with the changes, as SPC-5 6.12 asks of an initiator.
 * Another initiator that changes the page in between is not noticed.
 */
export async function changeModePage<Fields extends BitFields>(
  lu: LogicalUnit,
  page: ModePage<Fields>,
  changes: StructInput<Fields>,
  options: CommandOptions & Pick<ModeSelectOptions, 'savePages' | 'cdbLength'> = {},
): Promise<void> {
  const current = await modePage(lu, page, { ...options, pageControl: PAGE_CONTROL.CURRENT });
  // PS is reserved in what a MODE SELECT sends.
  const values = { ...current, ...changes, parametersSaveable: false };
  await modeSelect(lu, { ...options, pages: [page.encode(values)] });
}
