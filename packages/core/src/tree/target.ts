import { type ByteString } from '../bytes.js';
import { ScstError } from '../errors.js';
import { type IoCounters, sumCounters } from '../target/counters.js';
import { CopyManager } from '../target/copy-manager.js';
import { type Target } from '../target/target.js';
import { INT, parseFlag, parseNumber, UL } from '../text/numbers.js';
import { untilNul } from '../text/words.js';
import { type AttributeRow, bit } from './attribute.js';
import { counterRows } from './counters.js';
import { directories, directoryRow, DirectoryType } from './directory.js';
import { groupsDirectory } from './groups.js';
import { lunsRow } from './luns.js';
import { protectionChecksRow } from './protection.js';
import { sessionDirectory } from './session.js';
import { setAttributes } from './set-attributes.js';
import { Queued } from './work-queue.js';

/** T10 protection information the copy manager carries. */
export const PROTECTION_CAPABILITIES = 'dif_supported, hw_dif_type1_supported, hw_dif_type2_supported, hw_dif_type3_supported';

const isCopyManager = (target: Target): boolean => target.driver instanceof CopyManager;

/** A version descriptor: 16 bits are kept, shown in hex. */
const low16 = (text: ByteString): number => Number(BigInt.asUintN(16, parseNumber(UL, text)));

const hex = (number: number): string => `0x${number.toString(16)}`;

/** A flag of which only the first byte is looked at. */
const firstByteRow = (name: string, get: (target: Target) => boolean, set: (target: Target, flag: boolean) => void): AttributeRow<Target> => ({
  name,
  mode: 0o644,
  value: (target) => bit(get(target)),
  key: get,
  store: (target, text) => {
    if (!/^[01]/.test(text)) throw new ScstError('EINVAL', `${name} is 0 or 1`);
    set(target, text.startsWith('1'));
  },
});

/** A relative target port id: whatever is no number, or too large, is `EINVAL`. */
const parseRelTgtId = (text: ByteString): bigint => {
  try {
    return parseNumber(UL, text);
  } catch (error) {
    throw new ScstError('EINVAL', 'a relative target port id is a number from 1 to 65535', { cause: error });
  }
};

/** What text less one final newline comes to when its length is measured to the first NUL (SPEC sysfs 4, `comment`). */
export const withoutFinalNewline = (bytes: ByteString): ByteString => untilNul(bytes).slice(0, untilNul(bytes).length - (bytes.endsWith('\n') ? 1 : 0));

const sessionsDirectory = new DirectoryType<Target>('target sessions', {
  collections: [directories(sessionDirectory, (target) => target.sessionsByName)],
});

/** A target's directory (SPEC sysfs 4). */
export const targetDirectory = new DirectoryType<Target>('target', {
  attributes: [
    {
      name: 'scsi_transport_version',
      mode: 0o644,
      value: (target) => hex(target.scsiTransportVersion),
      key: (target) => target.storedScsiTransportVersion !== 0,
      store: (target, text) => {
        target.storedScsiTransportVersion = low16(text);
      },
      when: (target) => !isCopyManager(target),
    },
    {
      name: 'phys_transport_version',
      mode: 0o644,
      value: (target) => hex(target.physTransportVersion),
      key: (target) => target.physTransportVersion !== 0,
      store: (target, text) => {
        target.physTransportVersion = low16(text);
      },
      when: (target) => !isCopyManager(target),
    },
    {
      name: 'rel_tgt_id',
      mode: 0o644,
      value: (target) => target.relTgtId,
      key: (target) => target.relTgtId !== 0,
      store: (target, text) => {
        const id = parseRelTgtId(text);
        return new Queued(() => {
          target.setRelTgtId(id);
        });
      },
    },
    {
      name: 'comment',
      mode: 0o644,
      text: (target) => (target.comment === null ? '' : `${target.comment}\n[key]\n`),
      raw: true,
      store: (target, bytes) => {
        target.comment = withoutFinalNewline(bytes) === '' ? null : withoutFinalNewline(bytes);
      },
    },
    ...setAttributes<Target>((target) => target.defaultGroup),
    {
      name: 'forward_src',
      mode: 0o644,
      value: (target) => bit(target.forwardSource),
      key: (target) => target.forwardSource,
      store: (target, text) => {
        target.forwardSource = parseFlag(INT, text);
      },
    },
    ...['forward_dst', 'forwarding'].map((name) =>
      firstByteRow(
        name,
        (target) => target.forwarding,
        (target, flag) => {
          target.forwarding = flag;
        },
      ),
    ),
    firstByteRow(
      'aen_disabled',
      (target) => target.aenDisabled,
      (target, flag) => {
        target.aenDisabled = flag;
      },
    ),
    { name: 'sg_tablesize', mode: 0o444, value: (target) => target.sgTablesize },
    ...counterRows<Target>((target, direction) => sumCounters(countersOf(target), direction), { queuedRead: true }),
    { name: 'dif_capabilities', mode: 0o444, value: () => PROTECTION_CAPABILITIES, when: isCopyManager },
    protectionChecksRow({ queued: true, when: isCopyManager }),
  ],
  fixed: [
    directoryRow('ini_groups', groupsDirectory, (target) => target),
    lunsRow((target) => target.defaultGroup),
    directoryRow('sessions', sessionsDirectory, (target) => target),
  ],
});

function* countersOf(target: Target): Generator<IoCounters> {
  for (const session of target.sessions) yield session.counters;
}
