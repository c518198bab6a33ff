/** Tokens of trace_level with their bits (SPEC 2.1). */
const BITS: readonly (readonly [token: string, bit: bigint])[] = [
  ['out_of_mem', 0x100n],
  ['minor', 0x200n],
  ['sg', 0x80n],
  ['mem', 0x40n],
  ['buff', 0x20n],
  ['entryexit', 0x10n],
  ['pid', 8n],
  ['line', 4n],
  ['function', 2n],
  ['debug', 1n],
  ['special', 0x2000n],
  ['scsi', 0x1000n],
  ['mgmt', 0x400n],
  ['mgmt_dbg', 0x800n],
  ['flow_control', 0x4000n],
  ['pr', 0x8000n],
];

/** Tokens that only some levels have: the root's, and `order` of scst_vdisk, which shares a bit with one of them. */
const FURTHER_BITS: readonly (readonly [token: string, bit: bigint])[] = [
  ['retry', 0x80000000n],
  ['scsi_serializing', 0x40000000n],
  ['data_send', 0x20000000n],
  ['data_received', 0x1000000n],
  ['block', 0x10000n],
  ['order', 0x80000000n],
];

/** The command that sets a trace level to what is shown. */
export const traceLevelCommand = (shown: string): string => {
  const set = tokensOf(shown);
  const value = [...BITS, ...FURTHER_BITS].reduce((sum, [token, bit]) => (set.has(token) ? sum | bit : sum), 0n);
  return `value 0x${value.toString(16)}`;
};

const tokensOf = (shown: string): ReadonlySet<string> => {
  const [first = ''] = shown.split('\n', 1);
  return new Set(first.split('|').map((token) => token.trim()).filter((token) => token !== ''));
};

const DEFAULT = ['out_of_mem', 'pid', 'special', 'mgmt'];

/** Whether the trace level shown is what a command written to it would leave: `default`, `add TOKEN`, `del TOKEN`, `value N` … */
export const traceLevelHolds = (command: string, shown: string): boolean => {
  const set = tokensOf(shown);
  const [action = '', token = ''] = command.trim().toLowerCase().split(/\s+/u);
  switch (action) {
    case 'all':
      return BITS.every(([name]) => set.has(name));
    case 'none':
    case 'null':
      return set.size === 0;
    case 'default':
      return sameSet(set, DEFAULT);
    case 'add':
      return set.has(token);
    case 'del':
      return !set.has(token);
    case 'value':
      return valueHolds(token, set);
    default:
      return sameSet(set, command.split('|').map((part) => part.trim()).filter((part) => part !== ''));
  }
};

const valueHolds = (text: string, set: ReadonlySet<string>): boolean => {
  if (!/^(?:0x[0-9a-f]+|\d+)$/u.test(text)) return false;
  const value = BigInt(text);
  return BITS.every(([name, bit]) => set.has(name) === ((value & bit) !== 0n));
};

const sameSet = (set: ReadonlySet<string>, tokens: readonly string[]): boolean => set.size === new Set(tokens).size && tokens.every((token) => set.has(token));
