import { type CdbValues, type Command, encodeCdb } from './command.js';
import { COMMANDS } from './commands.js';

type FieldsOf<Entry> = Entry extends Command<infer Fields> ? Fields : never;
type Builder<Values> = Partial<Values> extends Values ? (values?: Values) => Uint8Array : (values: Values) => Uint8Array;
type Builders<Table> = { readonly [Name in keyof Table]: Builder<CdbValues<FieldsOf<Table[Name]>>> };

function builders<Table extends Readonly<Record<string, Command>>>(table: Table): Builders<Table> {
  const entries = Object.entries<Command>(table).map(([name, command]) => [name, (values: CdbValues<Command['fields']> = {}) => encodeCdb(command, values)]);
  return Object.fromEntries(entries) as Builders<Table>;
}

/**
 * A builder for every command of {@link COMMANDS}. Fields not given are zero; those a command makes no sense without must be given.
 * Throws {@link ScsiDataError} `RANGE` for a value that does not fit its field.
 *
 * ```js
 * cdb.testUnitReady()
 * cdb.read16({ lba: 2n ** 40n, transferLength: 8, fua: true })
 * cdb.inquiry({ evpd: true, pageCode: 0x83, allocationLength: 255 })
 * ```
 */
export const cdb = builders(COMMANDS);
