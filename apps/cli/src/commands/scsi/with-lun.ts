import { refuseWhileInUse } from '@scst/local';
import { type CommandOptions, describeSense, type LogicalUnit } from '@scst/scsi';
import { type Argument } from 'commander';
import { LUN_TEXT } from '../../address/options.js';
import { resolveLun } from '../../address/resolve.js';
import { type Context } from '../../context.js';
import { argument } from '../../definition.js';

/** The address of the LUN a command goes to. */
export const lunArgument = (): Argument => argument('<lun>', LUN_TEXT, 'lun-address');

/** How often a command is sent again after unit attentions: after a change of configuration several are waiting. */
const UNIT_ATTENTIONS = 8;

/**
 * Opens a LUN for the time of the work. Unit attentions that stand in the way are said and passed over.
 *
 * @param work Given the logical unit, and the options for its commands.
 */
export const withLun = async <T>(context: Context, address: string, work: (lu: LogicalUnit, options: CommandOptions) => Promise<T>): Promise<T> =>
  await context.withScst(async (scst) => {
    const { session, number } = await resolveLun(scst, address);
    const lu = await session.open(number);
    try {
      return await work(lu, {
        signal: context.signal,
        unitAttentionRetries: UNIT_ATTENTIONS,
        onUnitAttention: (sense) => {
          context.warn(`passed over ${describeSense(sense)}`);
        },
      });
    } finally {
      await lu.close();
    }
  });

/** Refuses to overwrite what somebody uses, through whichever LUN and session: a disk that is mounted, open, or part of something. */
export const refuseOthersUse = async (context: Context, address: string): Promise<void> => {
  await context.withScst(async (scst) => {
    const { session, number } = await resolveLun(scst, address);
    const group = await session.group();
    const { luns } = group === undefined ? session.target : session.target.group(group);
    const lun = (await luns.list()).find((mapped) => mapped.number === number);
    // What is not mapped answers for itself.
    if (lun !== undefined) refuseWhileInUse(`LUN ${number} of ${session.target.name}/${session.name}`, await scst.device(lun.device).uses({ signal: context.signal }));
  });
};

/** A number as people write it, decimal or `0x…`; undefined where it is none. */
export const parseNumber = (text: string): bigint | undefined => (/^(?:\d+|0x[\da-f]+)$/iu.test(text) ? BigInt(text) : undefined);
