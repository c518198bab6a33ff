import { type ByteString } from '../bytes.js';
import { IDENTITY_LIMITS } from '../device/identity.js';
import { PROTECTION_MODES, type ProtectionMode } from '../device/protection.js';
import { type VirtualDeviceOptions } from '../device/virtual-device-options.js';
import { ScstError } from '../errors.js';
import { L, parseNumber, UL } from '../text/numbers.js';
import { isBlank } from '../text/words.js';

/** What `add_device` has gathered so far: checked as a whole only at the end (SPEC sysfs 8.1, steps 6 to 9). */
export interface DeviceDraft extends VirtualDeviceOptions {
  protectionModes?: ReadonlySet<ProtectionMode>;
  protectionType?: number;
  staticAppTag?: bigint;
  tagFile?: ByteString;
}

/** One parameter of `add_device`: how its value changes the draft. Throws `EINVAL` or `ERANGE`. */
export type ParameterRow = (draft: DeviceDraft, value: ByteString) => void;

/** The kernel reads every number as a signed one first, and as an unsigned one then. */
const unsigned = (value: ByteString): bigint => {
  parseNumber(L, value);
  return parseNumber(UL, value);
};

/** Only bit 0 counts: `2` is 0. */
const bit = (value: ByteString): boolean => (unsigned(value) & 1n) === 1n;

const zeroOrOne = (value: ByteString): 0 | 1 => {
  const number = unsigned(value);
  if (number > 1n) throw new ScstError('EINVAL', `${value} is neither 0 nor 1`);
  return number === 0n ? 0 : 1;
};

const absolute = (value: ByteString): ByteString => {
  if (!value.startsWith('/')) throw new ScstError('EINVAL', `${value} is not an absolute path`);
  return value;
};

/** Bytes; what SCST makes of block sizes that are negative in 32 bits. */
export const OVERFLOWN_BLOCK_SIZE = 2 ** 31;

/** A block size rounded down to a power of two; 0 is 512. */
const blockSize = (value: ByteString): number => {
  const size = Number(BigInt.asIntN(32, unsigned(value)));
  if (size === 0) return 512;
  if (size < 0) return OVERFLOWN_BLOCK_SIZE;
  if (size < 512) throw new ScstError('EINVAL', `a block size of ${value} is below 512`);
  return 2 ** Math.floor(Math.log2(size));
};

/** Words joined by `|`; nothing after the last `|` is fine. */
const protectionModes = (value: ByteString): Set<ProtectionMode> => {
  const modes = new Set<ProtectionMode>();
  const words = value.split('|');
  for (const [index, word] of words.entries()) {
    const name = word.toLowerCase();
    if (index === words.length - 1 && isBlank(name)) break;
    const mode = PROTECTION_MODES.find((known) => known === name);
    if (mode === undefined) throw new ScstError('EINVAL', `${word} is not a dif_mode: ${PROTECTION_MODES.join(', ')}`);
    modes.add(mode);
  }
  return modes;
};

/** All parameters scst_vdisk knows, in the words of its mgmt texts. */
export const PARAMETERS = {
  active: (draft, value) => (draft.active = bit(value)),
  async: (draft, value) => (draft.async = unsigned(value) !== 0n),
  bind_alua_state: (draft, value) => (draft.bindAluaState = bit(value)),
  blocksize: (draft, value) => (draft.blockSize = blockSize(value)),
  cluster_mode: (draft, value) => (draft.clusterMode = bit(value)),
  dif_filename: (draft, value) => (draft.tagFile = absolute(value)),
  dif_mode: (draft, value) => (draft.protectionModes = new Set([...(draft.protectionModes ?? []), ...protectionModes(value)])),
  dif_static_app_tag: (draft, value) => (draft.staticAppTag = unsigned(value)),
  dif_type: (draft, value) => (draft.protectionType = Number(BigInt.asUintN(32, unsigned(value)))),
  dummy: (draft, value) => (draft.dummy = zeroOrOne(value) === 1),
  filename: (draft, value) => {
    if (draft.filename !== undefined) throw new ScstError('EINVAL', 'filename is given twice');
    draft.filename = absolute(value);
  },
  lb_per_pb_exp: (draft, value) => (draft.lbPerPbExp = bit(value)),
  numa_node_id: (draft, value) => {
    const node = Number(BigInt.asIntN(32, parseNumber(L, value)));
    if (node < -1) throw new ScstError('EINVAL', `${value} is below -1, which stands for any node`);
    draft.numaNodeId = node;
  },
  nv_cache: (draft, value) => (draft.nvCache = bit(value)),
  o_direct: (draft, value) => (draft.oDirect = bit(value)),
  read_only: (draft, value) => (draft.readOnly = bit(value)),
  removable: (draft, value) => (draft.removable = bit(value)),
  rotational: (draft, value) => (draft.rotational = bit(value)),
  size: (draft, value) => (draft.size = unsigned(value)),
  size_mb: (draft, value) => (draft.size = BigInt.asUintN(64, unsigned(value) << 20n)),
  t10_dev_id: (draft, value) => {
    if (value.length > IDENTITY_LIMITS.t10DevId) throw new ScstError('EINVAL', `a t10_dev_id of ${value.length} bytes is too long; ${IDENTITY_LIMITS.t10DevId} at most`);
    draft.t10DevId = value;
  },
  thin_provisioned: (draft, value) => (draft.thinProvisioned = bit(value)),
  tst: (draft, value) => (draft.tst = zeroOrOne(value)),
  write_through: (draft, value) => (draft.writeThrough = bit(value)),
} as const satisfies Record<string, ParameterRow>;

export type ParameterName = keyof typeof PARAMETERS;

const isParameterName = (name: string): name is ParameterName => Object.hasOwn(PARAMETERS, name);

/**
 * Takes one parameter into a draft. `allowed`: those the handler lists; null: it takes all there are. Names are matched without
 * regard to letter case.
 */
export const applyParameter = (draft: DeviceDraft, allowed: readonly ParameterName[] | null, name: ByteString, value: ByteString): void => {
  const key = name.toLowerCase();
  if (isParameterName(key) && (allowed === null || allowed.includes(key))) {
    PARAMETERS[key](draft, value);
    return;
  }
  // A handler that takes all parameters reads the number before it finds that it does not know the name.
  if (allowed === null) unsigned(value);
  throw new ScstError('EINVAL', `there is no parameter ${name}`);
};
