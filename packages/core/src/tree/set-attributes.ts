import { type ByteString } from '../bytes.js';
import { reassignThreadIndexes } from '../device/thread-index.js';
import { ScstError } from '../errors.js';
import { type AccessGroup, type AddressingMethod, type BlackHole, type IoGrouping } from '../target/access-group.js';
import { formatCpuMask, parseCpuMask } from '../text/cpu-mask.js';
import { L, parseNumber } from '../text/numbers.js';
import { matchesPrefix } from '../text/prefix.js';
import { untilNul } from '../text/words.js';
import { type AttributeRow } from './attribute.js';
import { Queued } from './work-queue.js';

const ADDRESSING_METHODS: readonly AddressingMethod[] = ['FLAT', 'PERIPHERAL', 'LUN'];
const NAMED_GROUPINGS = ['auto', 'this_group_only', 'never'] as const;
/** What the two names but `auto` are inside, as 32-bit numbers. */
const THIS_GROUP_ONLY = 0xffffffff;
const NEVER = 0xfffffffe;

const parseGrouping = (text: ByteString): IoGrouping => {
  const named = NAMED_GROUPINGS.find((name) => matchesPrefix(name, text));
  if (named !== undefined) return named;
  let number: bigint;
  try {
    number = parseNumber(L, untilNul(text));
  } catch {
    number = 0n;
  }
  if (number <= 0n) throw new ScstError('EINVAL', `an I/O grouping is ${NAMED_GROUPINGS.join(', ')} or a number above 0`);
  const stored = Number(BigInt.asUintN(32, number));
  if (stored === THIS_GROUP_ONLY) return 'this_group_only';
  if (stored === NEVER) return 'never';
  return stored === 0 ? 'auto' : stored | 0;
};

/** The attributes of a set of LUNs: a target has them for its own, and each group (SPEC sysfs 4, 6.1). */
export const setAttributes = <T>(set: (owner: T) => AccessGroup): readonly AttributeRow<T>[] => [
  {
    name: 'addr_method',
    mode: 0o644,
    value: (owner) => set(owner).addrMethod,
    key: (owner) => set(owner).addrMethod !== 'PERIPHERAL',
    raw: true,
    store: (owner, text) => {
      const method = ADDRESSING_METHODS.find((name) => matchesPrefix(name, text));
      if (method === undefined) throw new ScstError('EINVAL', 'an addressing method is PERIPHERAL, FLAT or LUN');
      set(owner).addrMethod = method;
    },
  },
  {
    name: 'black_hole',
    mode: 0o644,
    value: (owner) => set(owner).blackHole,
    store: (owner, text) => {
      const digit = /^[0-4]/.exec(text)?.[0];
      if (digit === undefined) throw new ScstError('EINVAL', 'black_hole is a digit from 0 to 4');
      set(owner).blackHole = Number(digit) as BlackHole;
    },
  },
  {
    name: 'cpu_mask',
    mode: 0o644,
    value: (owner) => formatCpuMask(set(owner).cpuMask, set(owner).target.core.cpus),
    key: (owner) => set(owner).cpuMask !== set(owner).target.core.allCpus,
    store: (owner, text) => {
      const mask = parseCpuMask(text, set(owner).target.core.cpus);
      if (mask === set(owner).cpuMask) return undefined;
      return new Queued(() => {
        set(owner).cpuMask = mask;
      });
    },
  },
  {
    name: 'io_grouping_type',
    mode: 0o644,
    value: (owner) => set(owner).ioGrouping,
    key: (owner) => set(owner).ioGrouping !== 'auto',
    raw: true,
    store: (owner, text) => {
      const grouping = parseGrouping(text);
      if (grouping === set(owner).ioGrouping) return undefined;
      return new Queued(() => {
        set(owner).ioGrouping = grouping;
        for (const { device } of set(owner).luns.values()) reassignThreadIndexes(device);
      });
    },
  },
];
