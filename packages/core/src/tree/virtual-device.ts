import { type ByteString } from '../bytes.js';
import { NULLIO_DEFAULT_SIZE } from '../device/backed-device.js';
import { IdDigitError, parseEui64Id, parseNaaId } from '../device/designator.js';
import { IDENTITY_LIMITS, type IdentityField } from '../device/identity.js';
import { type VirtualDevice } from '../device/virtual-device.js';
import { ScstError } from '../errors.js';
import { type VirtualDeviceKind } from '../nexus/objects.js';
import { L, parseFlag, parseNumber, scanNumber, UL } from '../text/numbers.js';
import { firstLine, trimSpace, untilNul } from '../text/words.js';
import { type AttributeRow, bit } from './attribute.js';
import { Queued } from './work-queue.js';

type Row = AttributeRow<VirtualDevice>;

const on =
  (...kinds: readonly VirtualDeviceKind[]) =>
  (device: VirtualDevice): boolean =>
    kinds.includes(device.kind);

const F = on('fileio');
const N = on('nullio');
const C = on('cdrom');
const FB = on('fileio', 'blockio');
const FC = on('fileio', 'cdrom');
const BN = on('blockio', 'nullio');
const FBN = on('fileio', 'blockio', 'nullio');

/** A flag that is given when the device is made, and marked when it is not the usual one. */
const fixedFlag = (name: string, when: Row['when'], get: (device: VirtualDevice) => boolean, usual = false): Row => ({
  name,
  mode: 0o444,
  value: (device) => bit(get(device)),
  key: (device) => get(device) !== usual,
  ...(when === undefined ? {} : { when }),
});

/** A flag that is 0 or 1, marked when it is not the usual one. */
const flag = (name: string, when: (device: VirtualDevice) => boolean, property: 'async' | 'lbPerPbExp', usual = false): Row => ({
  name,
  mode: 0o644,
  value: (device) => bit(device[property]),
  key: (device) => device[property] !== usual,
  store: (device, text) => {
    device[property] = parseFlag(L, text);
  },
  when,
});

/** A flag any number but 0 sets. */
const truth = (text: ByteString): boolean => parseNumber(UL, text) !== 0n;

/** `bind_alua_state` and `read_zero`: only the first bytes are looked at. */
const FLAG_BYTES = 15;

const sizeRow = (name: 'size' | 'size_mb', shift: bigint): Row[] => {
  const value = (device: VirtualDevice): string => (device.size >> shift).toString();
  const key = (device: VirtualDevice): boolean => shift === 0n && !(device.kind === 'nullio' && device.size === NULLIO_DEFAULT_SIZE);
  return [
    { name, mode: 0o444, value, key, when: FC },
    {
      name,
      mode: 0o644,
      value,
      key,
      store: (device, text) =>
        new Queued(() => {
          const size = BigInt.asUintN(64, scanNumber(text));
          if (size > (2n ** 64n - 1n) >> shift) throw new ScstError('EINVAL', `${size.toString()} MiB are too much`);
          device.setSize(size << shift);
        }),
      when: BN,
    },
  ];
};

/** A text of the identity. `whole`: what follows the first newline counts for the length, too. */
const identityRow = (name: string, field: IdentityField, { whole = false, marked = 'when written' }: { whole?: boolean; marked?: 'when written' | 'when set' } = {}): Row => ({
  name,
  mode: 0o644,
  value: (device) => untilNul(device.identity.get(field)),
  key: (device) => (marked === 'when set' ? device.identity.get(field) !== '' : device.identity.isWritten(field)),
  raw: true,
  store: (device, bytes) => {
    const limit = IDENTITY_LIMITS[field];
    if (whole && bytes.length - (bytes.endsWith('\n') ? 1 : 0) > limit) throw new ScstError('EINVAL', `${name} has ${limit} bytes at most`);
    device.setIdentity(field, firstLine(bytes));
  },
});

const hex = (id: Uint8Array | null): string => (id === null ? '' : `0x${Buffer.from(id).toString('hex')}`);

/** An id of hex digits. Where SCST's own way is kept, one that is refused for a digit leaves those before it in the present id. */
const idRow = (
  name: string,
  parse: (text: ByteString) => Uint8Array | null,
  get: (device: VirtualDevice) => Uint8Array | null,
  set: (device: VirtualDevice, id: Uint8Array | null) => void,
): Row => ({
  name,
  mode: 0o644,
  value: (device) => hex(get(device)),
  key: (device) => get(device) !== null,
  raw: true,
  store: (device, bytes) => {
    try {
      set(device, parse(bytes));
    } catch (error) {
      const present = get(device);
      if (present !== null && error instanceof IdDigitError && device.core.rules.refusedIdLeavesDigits) present.set(error.before.subarray(0, present.length));
      throw error;
    }
  },
});

/** The file of the medium or of the disk. It has an empty line at its end. */
const filenameRow = (when: (device: VirtualDevice) => boolean, store: (device: VirtualDevice, path: ByteString) => void | Promise<void>): Row => ({
  name: 'filename',
  mode: 0o644,
  text: (device) => (device.filename === null ? 'none\n\n' : `${device.filename}\n[key]\n\n`),
  queuedRead: true,
  store: (device, text) => new Queued(() => store(device, trimSpace(text))),
  when,
});

/** What devices of scst_vdisk have (SPEC sysfs 9.2, 9.3). */
export const virtualDeviceRows: readonly Row[] = [
  filenameRow(FB, (device, path) => {
    device.setFilename(path);
  }),
  filenameRow(C, (device, path) => device.setMedium(path === '' ? null : path)),
  {
    name: 'active',
    mode: 0o644,
    value: (device) => bit(device.active),
    key: (device) => !device.active,
    store: (device, text) => new Queued(() => device.setActive(parseFlag(L, text))),
    when: FB,
  },
  {
    name: 'bind_alua_state',
    mode: 0o644,
    value: (device) => bit(device.bindAluaState),
    key: (device) => device.bindAluaState !== (device.kind === 'blockio'),
    store: (device, text) => {
      device.bindAluaState = truth(text.slice(0, FLAG_BYTES));
    },
    when: FB,
  },
  ...sizeRow('size', 0n),
  ...sizeRow('size_mb', 20n),
  { name: 'blocksize', mode: 0o444, value: (device) => device.blockSize | 0, key: (device) => device.blockSize !== 512, when: FBN },
  {
    name: 'opt_trans_len',
    mode: 0o644,
    value: (device) => device.optTransLen | 0,
    key: (device) => device.optTransLenWritten,
    store: (device, text) => {
      device.setOptTransLen(parseNumber(UL, text));
    },
    when: FBN,
  },
  fixedFlag('read_only', FBN, (device) => device.readOnly),
  fixedFlag('removable', FBN, (device) => device.removable),
  fixedFlag('rotational', FBN, (device) => device.rotational, true),
  fixedFlag('tst', undefined, (device) => device.tst === 1, true),
  fixedFlag('write_through', FB, (device) => device.writeThrough),
  fixedFlag('nv_cache', FB, (device) => device.nvCache),
  fixedFlag('o_direct', F, (device) => device.oDirect),
  fixedFlag('dummy', N, (device) => device.dummy),
  { name: 'thin_provisioned', mode: 0o444, value: (device) => bit(device.thinProvisioned), key: (device) => device.thinProvisionedGiven, when: FB },
  {
    name: 'gen_tp_soft_threshold_reached_UA',
    mode: 0o200,
    store: (device) => {
      device.server.thresholdReached();
    },
    when: (device) => FB(device) && device.tellsThreshold,
  },
  flag('async', F, 'async'),
  flag('lb_per_pb_exp', FB, 'lbPerPbExp', true),
  {
    name: 'read_zero',
    mode: 0o644,
    value: (device) => bit(device.readZero),
    key: (device) => device.readZero,
    store: (device, text) => {
      device.readZero = parseFlag(L, text.slice(0, FLAG_BYTES));
    },
    when: N,
  },
  {
    name: 'expl_alua',
    mode: 0o644,
    value: (device) => bit(device.explAlua),
    key: (device) => device.explAlua,
    store: (device, text) => {
      device.explAlua = truth(text);
    },
    when: FB,
  },
  {
    name: 'cluster_mode',
    mode: 0o644,
    value: (device) => bit(device.clusterMode),
    key: (device) => device.clusterMode,
    store: (device, text) =>
      new Queued(() => {
        device.clusterMode = parseFlag(L, text);
      }),
    when: FBN,
  },
  { name: 'resync_size', mode: 0o200, store: (device) => new Queued(() => device.resyncSize()), when: FB },
  { name: 'sync', mode: 0o200, store: (device) => device.sync(), when: FB },
  identityRow('t10_vend_id', 'vendorId'),
  identityRow('prod_id', 'productId'),
  identityRow('prod_rev_lvl', 'revision'),
  identityRow('vend_specific_id', 'vendSpecificId'),
  identityRow('scsi_device_name', 'deviceName', { marked: 'when set' }),
  identityRow('t10_dev_id', 't10DevId', { whole: true }),
  identityRow('usn', 'usn', { whole: true }),
  identityRow('inq_vend_specific', 'inqVendSpecific', { marked: 'when set' }),
  idRow('naa_id', parseNaaId, (device) => device.naaId, (device, id) => { device.setNaaId(id); }),
  idRow('eui64_id', parseEui64Id, (device) => device.eui64Id, (device, id) => { device.setEui64Id(id); }),
  {
    name: 'dif_mode',
    mode: 0o444,
    value: (device) => device.protection?.modes.join('|') ?? '',
    key: () => true,
    when: (device) => device.hasProtection,
  },
  { name: 'dif_type', mode: 0o444, value: (device) => device.protection?.type ?? 0, key: () => true, when: (device) => device.hasProtection },
  {
    name: 'dif_static_app_tag',
    mode: 0o644,
    value: (device) => `0x${(device.protection?.staticAppTag ?? 0n).toString(16)}`,
    key: (device) => device.protection?.staticAppTag !== 0n,
    store: (device, text) => {
      device.setStaticAppTag(parseNumber(UL, text));
    },
    when: (device) => device.hasProtection,
  },
  {
    name: 'dif_filename',
    mode: 0o444,
    value: (device) => device.protection?.tagFile ?? '',
    key: () => true,
    when: (device) => (device.protection?.tagFile ?? null) !== null,
  },
];

