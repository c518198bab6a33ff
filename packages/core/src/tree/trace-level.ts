import { ScstError } from '../errors.js';
import { parseNumber, UL } from '../text/numbers.js';
import { Words } from '../text/words.js';
import { type TraceLevel } from '../trace-level.js';
import { type AttributeRow } from './attribute.js';

/** What the help text names; more tokens are taken than that. */
const NAMED = ['function', 'line', 'pid', 'out_of_mem', 'special', 'scsi', 'mgmt', 'minor', 'scsi_serializing', 'retry', 'pr'];

const help = (level: TraceLevel): string => {
  const named = level.area === 'vdisk' ? [...NAMED, 'order'] : NAMED;
  return `Usage: echo "all|none|default" >trace_level
       echo "value DEC|0xHEX|0OCT" >trace_level
       echo "add|del TOKEN" >trace_level

where TOKEN is one of [${named.join(', ')}]
`;
};

/** The file `trace_level` (SPEC sysfs 2.1). */
export const traceLevelRow = <T>(level: (owner: T) => TraceLevel, when?: (owner: T) => boolean): AttributeRow<T> => ({
  name: 'trace_level',
  mode: 0o644,
  text: (owner) => `${level(owner).tokens.join(' | ')}\n\n\n${help(level(owner))}`,
  store: (owner, text) => {
    const words = new Words(text);
    const action = words.next();
    act(level(owner), action, words);
  },
  ...(when === undefined ? {} : { when }),
});

const act = (level: TraceLevel, action: string, words: Words): void => {
  switch (action.toLowerCase()) {
    case 'all':
      level.setAll();
      return;
    case 'none':
    case 'null':
      level.setNone();
      return;
    case 'default':
      level.setDefault();
      return;
    case 'add':
      level.add(words.next());
      return;
    case 'del':
      level.remove(words.next());
      return;
    case 'value':
      level.setValue(traceValue(words.next()));
      return;
    default:
      throw new ScstError('EINVAL', `${action === '' ? 'no action is given' : `there is no action ${action}`}; there are all, none, default, add, del, value`);
  }
};

/** Any failure is `EINVAL`. */
const traceValue = (word: string): bigint => {
  try {
    return parseNumber(UL, word);
  } catch (error) {
    throw new ScstError('EINVAL', `${word} is not an unsigned number`, { cause: error });
  }
};
