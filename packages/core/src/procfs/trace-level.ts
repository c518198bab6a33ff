import { type ScstCore } from '../core.js';
import { ScstError } from '../errors.js';
import { leadingNumber } from '../text/numbers.js';
import { trimSpaceBefore } from '../text/words.js';
import { type TraceLevel } from '../trace-level.js';
import { type AttributeRow } from '../tree/attribute.js';
import { commandStore, procFile } from './proc-file.js';

/** The file `trace_level` of the core or a handler (SPEC sysfs 17). */
export const traceLevelFile = <T>(level: (owner: T) => TraceLevel, core: (owner: T) => ScstCore): AttributeRow<T> =>
  procFile<T>({
    name: 'trace_level',
    show: (owner) => {
      const { tokens } = level(owner);
      return `${tokens.length === 0 ? 'none' : tokens.join(' | ')}\n`;
    },
    store: commandStore<T>({
      core,
      commands: [
        {
          start: 'all',
          run: (owner) => {
            level(owner).setAll();
          },
        },
        ...['none', 'null'].map((start) => ({
          start,
          run: (owner: T) => {
            level(owner).setNone();
          },
        })),
        {
          start: 'default',
          run: (owner) => {
            level(owner).setDefault();
          },
        },
        {
          start: 'add ',
          run: (owner, words) => {
            level(owner).add(words.next());
          },
        },
        {
          start: 'del ',
          run: (owner, words) => {
            level(owner).remove(words.next());
          },
        },
        {
          start: 'value ',
          run: (owner, words) => {
            level(owner).setValue(leadingNumber(trimSpaceBefore(words.rest)).value);
          },
        },
        {
          start: 'dump_prs ',
          run: (owner, words) => {
            const name = words.next();
            // The kernel's log is where the dump would go: there is none here.
            if (!core(owner).devices.has(name)) throw new ScstError('ENOENT', `there is no device ${name}`);
          },
        },
      ],
    }),
  });
