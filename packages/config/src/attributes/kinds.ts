import { encodeName, parseKernelBoolean, parseKernelNumber } from '@scst/sysfs';

/** How the values of an attribute are read by the kernel: what is valid, and when two texts mean the same. */
export interface AttributeKind {
  /** What a valid value is, for people. */
  readonly expected: string;
  /** The text the kernel would show, undefined for a value it refuses. */
  readonly normalise: (value: string) => string | undefined;
}

const number = (value: string, signed: boolean): bigint | undefined => {
  const read = parseKernelNumber(value, signed ? 'longlong' : 'ulonglong');
  return typeof read === 'string' ? undefined : read;
};

const numeric = (expected: string, read: (value: bigint) => bigint | undefined, signed = false): AttributeKind => ({
  expected,
  normalise: (value) => {
    const given = number(value, signed);
    return given === undefined ? undefined : read(given)?.toString();
  },
});

const within = (min: bigint, max: bigint): AttributeKind =>
  numeric(`a number from ${min} to ${max}`, (value) => (value >= min && value <= max ? value : undefined), min < 0n);

/** Names of which any beginning counts, in any letter case (SPEC 4, `addr_method`). */
const prefixOf = (names: readonly string[], or?: AttributeKind): AttributeKind => ({
  expected: [...names, ...(or === undefined ? [] : [or.expected])].join(', '),
  normalise: (value) => {
    const word = value.toLowerCase();
    const name = word === '' ? undefined : names.find((one) => one.toLowerCase().startsWith(word) || word.startsWith(one.toLowerCase()));
    return name ?? or?.normalise(value);
  },
});

const oneOf = (names: readonly string[]): AttributeKind => ({ expected: names.join(', '), normalise: (value) => (names.includes(value) ? value : undefined) });

/** Only the first byte is looked at (SPEC 4, `black_hole`). */
const firstByte = (allowed: string): AttributeKind => ({
  expected: `${allowed[0] ?? ''} to ${allowed.at(-1) ?? ''}`,
  normalise: (value) => (value !== '' && allowed.includes(value[0] ?? ' ') ? value[0] : undefined),
});

const text = (longest = 4094): AttributeKind => ({
  expected: `at most ${longest} bytes`,
  normalise: (value) => {
    const line = value.replace(/\n[\s\S]*$/u, '');
    return encodeName(line).length <= longest ? line : undefined;
  },
});

const identifier = (digits: readonly number[], first: string): AttributeKind => ({
  expected: `${digits.join(', ')} hexadecimal digits${first === '' ? '' : `, the first one of ${first}`}`,
  normalise: (value) => {
    const hex = value.trim().replace(/^0x/u, '').toLowerCase();
    if (hex === '') return '';
    if (!/^[0-9a-f]+$/u.test(hex) || !digits.includes(hex.length)) return undefined;
    if (first !== '' && !(hex.length === 32 ? '6' : first).includes(hex[0] ?? '')) return undefined;
    return `0x${hex}`;
  },
});

/** sscanf("%lld"): leading white space and a sign are fine, what follows the digits is ignored (SPEC 9.4). */
const leadingNumber: AttributeKind = {
  expected: 'a number',
  normalise: (value) => {
    const digits = /^\s*([+-]?\d+)/u.exec(value)?.[1];
    return digits === undefined ? undefined : BigInt.asUintN(64, BigInt(digits)).toString();
  },
};

const powerOfTwo = (value: bigint): bigint => 1n << BigInt(value.toString(2).length - 1);

const BOOLEAN = within(0n, 1n);
const FLAG = numeric('0 or 1', (value) => (value === 0n ? 0n : 1n), true);
const BIT_0 = numeric('0 or 1', (value) => value & 1n);
const COUNT = within(0n, 2n ** 31n - 1n);
const DECIMAL = within(0n, 2n ** 64n - 1n);

const PATH: AttributeKind = {
  expected: 'a path that begins with “/”',
  normalise: (value) => {
    const path = value.trim();
    return path === '' || path === 'none' ? '' : path.startsWith('/') ? path : undefined;
  },
};

const CPU_MASK: AttributeKind = {
  expected: 'hexadecimal digits',
  normalise: (value) => {
    const digits = value.replace(/[\s,]/gu, '').toLowerCase();
    return /^[0-9a-f]*$/u.test(digits) ? digits.replace(/^0+/u, '') || '0' : undefined;
  },
};

const DIF_MODE: AttributeKind = {
  expected: 'tgt, scst, dev_check, dev_store joined by “|”',
  normalise: (value) => {
    const words = value.toLowerCase().split('|').map((word) => word.trim()).filter((word) => word !== '');
    return words.every((word) => ['tgt', 'scst', 'dev_check', 'dev_store'].includes(word)) ? [...new Set(words)].sort().join('|') : undefined;
  },
};

const KERNEL_BOOLEAN: AttributeKind = {
  expected: '0 or 1',
  normalise: (value) => {
    const read = parseKernelBoolean(value);
    return read === 'EINVAL' ? undefined : read ? '1' : '0';
  },
};

/** Kinds by attribute name: the tables of SPEC 2, 4, 8 to 10. A name means the same wherever it stands, but for LUNs. */
const KINDS: ReadonlyMap<string, AttributeKind> = new Map([
  // SCST itself
  ['setup_id', numeric('a number', (value) => value & 0xffffffffn)],
  ['threads', within(1n, 2n ** 31n - 1n)],
  ['max_tasklet_cmd', DECIMAL],
  ['poll_us', DECIMAL],
  ['force_global_sgv_pool', FLAG],
  ['async_lun_replace', KERNEL_BOOLEAN],
  ['measure_latency', FLAG],
  ['cluster_name', text(63)],
  // Targets and groups
  ['scsi_transport_version', numeric('a number', (value) => ((value & 0xffffn) === 0n ? 0xbe0n : value & 0xffffn))],
  ['phys_transport_version', numeric('a number', (value) => value & 0xffffn)],
  ['rel_tgt_id', within(0n, 65535n)],
  ['comment', text()],
  ['addr_method', prefixOf(['FLAT', 'PERIPHERAL', 'LUN'])],
  ['io_grouping_type', prefixOf(['auto', 'this_group_only', 'never'], within(1n, 2n ** 32n - 1n))],
  ['cpu_mask', CPU_MASK],
  ['black_hole', firstByte('01234')],
  ['forward_src', BOOLEAN],
  ['forward_dst', firstByte('01')],
  ['forwarding', firstByte('01')],
  ['aen_disabled', firstByte('01')],
  ['enabled', BOOLEAN],
  ['allow_not_connected_copy', FLAG],
  // Devices
  ['filename', PATH],
  ['blocksize', numeric('a power of two, 512 or more', (value) => (value === 0n ? 512n : value < 512n ? undefined : powerOfTwo(value)))],
  ['read_only', BIT_0],
  ['write_through', BIT_0],
  ['nv_cache', BIT_0],
  ['removable', BIT_0],
  ['rotational', BIT_0],
  ['thin_provisioned', BIT_0],
  ['o_direct', BIT_0],
  ['lb_per_pb_exp', BIT_0],
  ['active', BIT_0],
  ['cluster_mode', BIT_0],
  ['bind_alua_state', FLAG],
  ['expl_alua', FLAG],
  ['async', FLAG],
  ['read_zero', BOOLEAN],
  ['dummy', BOOLEAN],
  ['tst', BOOLEAN],
  ['numa_node_id', within(-1n, 2n ** 31n - 1n)],
  ['max_tgt_dev_commands', COUNT],
  ['threads_num', COUNT],
  ['threads_pool_type', prefixOf(['per_initiator', 'shared'])],
  ['opt_trans_len', DECIMAL],
  ['size', leadingNumber],
  ['size_mb', leadingNumber],
  ['pr_file_name', PATH],
  ['t10_vend_id', text(8)],
  ['prod_id', text(16)],
  ['prod_rev_lvl', text(4)],
  ['vend_specific_id', text(128)],
  ['scsi_device_name', text(256)],
  ['t10_dev_id', text(25)],
  ['usn', text(20)],
  ['inq_vend_specific', text(160)],
  ['naa_id', identifier([16, 32], '235')],
  ['eui64_id', identifier([16, 24, 32], '')],
  ['dif_mode', DIF_MODE],
  ['dif_type', within(0n, 3n)],
  ['dif_static_app_tag', DECIMAL],
  ['dif_filename', PATH],
  // ALUA
  ['group_id', within(0n, 65535n)],
  ['preferred', BOOLEAN],
  ['state', oneOf(['active', 'nonoptimized', 'standby', 'unavailable', 'offline', 'transitioning'])],
]);

/** Where an attribute stands: a LUN's `read_only` is read differently from a device's. */
export type AttributeScope = 'lun' | 'other';

/** The kind of an attribute, undefined for one this package knows nothing of. */
export const kindOf = (name: string, scope: AttributeScope = 'other'): AttributeKind | undefined => (scope === 'lun' && name === 'read_only' ? FLAG : KINDS.get(name));
