import { type Attributes, type Scst } from '@scst/local';
import { type Argument, type Command, type Option } from 'commander';
import { parseAssignments } from '../address/parameters.js';
import { type Context } from '../context.js';
import { annotate, type Example } from '../definition.js';
import { type JsonValue } from '../output/json.js';

/** An object whose attributes are set. */
export interface Changeable {
  readonly attributes: Pick<Attributes, 'set'>;
  /** What it is, for `--json`. */
  readonly place: { readonly [name: string]: JsonValue };
}

/** What the `set` commands of a family of objects differ in. */
export interface AttributesCommand {
  /** `a group’s`. */
  readonly whose: string;
  readonly address: Argument;
  /** Help on the values. Default: that they are written one after the other. */
  readonly values?: string;
  readonly options: readonly Option[];
  readonly examples: readonly Example[];
  readonly find: (scst: Scst, address: string, driver: string | undefined) => Promise<Changeable>;
}

/**
 * Adds the command `set` to a family: it writes attributes one after the other, so that those before one that is refused have
 * been set.
 */
export const addAttributesCommand = (family: Command, context: Context, { whose, address, values, options, examples, find }: AttributesCommand): void => {
  const command = family
    .command('set')
    .description(`change ${whose} attributes`)
    .addArgument(address)
    .argument('<attributes...>', values ?? 'NAME=VALUE; written one after the other')
    .option('--force', 'even where a value takes away or changes what is in use')
    .action(async (name: string, words: string[], { force = false, driver }: { force?: boolean; driver?: string }) => {
      const assignments = parseAssignments(words);
      await context.withScst(async (scst) => {
        const { attributes, place } = await find(scst, name, driver);
        for (const [attribute, value] of assignments) await attributes.set(attribute, value, { unlessUsed: !force, signal: context.signal });
        context.result({ ...place, set: Object.fromEntries(assignments) }, '');
      });
    });
  for (const option of options) command.addOption(option);
  annotate(command, { examples });
};
