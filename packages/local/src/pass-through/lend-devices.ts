import { type ScstCore } from '@scst/core';
import { deviceAt, discover, type DiscoveredDevice, findUses, type MachineRoots, SgDevice } from '@scst/sg-io';
import { encodeName, toByteString } from '@scst/sysfs';
import { LocalError } from '../errors.js';

/** A device that was asked for among all, and is not lent. */
export interface NotLent {
  /** `H:C:I:L`. */
  readonly address: string;
  readonly reason: string;
}

/** SCSI devices of the machine in the hands of a core. */
export interface LentDevices extends AsyncDisposable {
  /** Addresses, `H:C:I:L`. */
  readonly addresses: readonly string[];
  /** With `all`: what was left out. */
  readonly leftOut: readonly NotLent[];
  /** Takes them back, with their LUNs, and closes them. */
  close(): Promise<void>;
}

/** The target driver whose own SCSI devices SCST does not pass through to itself. */
const OWN_HOSTS = 'devices/scst_local/';

/**
 * Lends SCSI devices of this machine to a core, as the kernel's SCST has them by itself: they appear in `devices/` as `H:C:I:L`, without a handler, and
 * nobody reaches them before they are given to one (`handlers/dev_disk/mgmt`: `add_device H:C:I:L`) and exported. Nothing is lent that is not
 * named, and nothing that the machine itself mounts, swaps to or builds on: an initiator's writes would go past it.
 *
 * @param which Addresses, or `all`.
 * @throws LocalError `NOT_FOUND`, `UNSUPPORTED` (no sg node, or a device of SCST itself), `IN_USE`; SgError where a device cannot be opened.
 */
export const lendScsiDevices = async (core: ScstCore, which: readonly string[] | 'all', roots: MachineRoots = {}): Promise<LentDevices> => {
  const leftOut: NotLent[] = [];
  const open: { address: string; unit: SgDevice }[] = [];
  const close = async (): Promise<void> => {
    for (const { address, unit } of open.splice(0).reverse()) {
      await core.removeScsiDevice(address);
      await unit.close();
    }
  };
  try {
    for (const device of await choose(which, roots)) {
      const refusal = await refusalOf(device, roots);
      if (refusal === undefined && device.sg !== undefined) {
        open.push({ address: device.address, unit: await lend(core, device, device.sg) });
      } else if (refusal !== undefined) {
        if (which !== 'all') throw refusal;
        leftOut.push({ address: device.address, reason: refusal.message });
      }
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { addresses: open.map(({ address }) => address), leftOut, close, [Symbol.asyncDispose]: close };
};

const choose = async (which: readonly string[] | 'all', roots: MachineRoots): Promise<DiscoveredDevice[]> => {
  if (which === 'all') return await discover(roots);
  return await Promise.all(
    [...new Set(which)].map(async (address) => {
      const device = await deviceAt(address, roots);
      if (device === undefined) throw new LocalError('NOT_FOUND', `this machine has no SCSI device ${address}`, { hint: '`lsscsi`, or `scst-local devices --all`, lists them as HOST:CHANNEL:ID:LUN.' });
      return device;
    }),
  );
};

const refusalOf = async (device: DiscoveredDevice, roots: MachineRoots): Promise<LocalError | undefined> => {
  const { address, sg, sysfsPath } = device;
  if (sysfsPath.startsWith(OWN_HOSTS)) return new LocalError('UNSUPPORTED', `the SCSI device ${address} is a LUN of the kernel’s SCST itself`);
  if (sg === undefined) return new LocalError('UNSUPPORTED', `the SCSI device ${address} has no sg node`, { hint: 'modprobe sg' });
  const uses = (await findUses([device], roots)).filter(({ kind }) => kind !== 'open');
  if (uses.length === 0) return undefined;
  return new LocalError('IN_USE', `the SCSI device ${address} is this machine’s own: ${uses.map(({ reason }) => reason).join(', ')}`, { hint: 'Unmount it, or take it out of what is built on it; then it can be passed through.' });
};

const lend = async (core: ScstCore, { address, type, sysfsPath }: DiscoveredDevice, sg: string): Promise<SgDevice> => {
  const unit = await SgDevice.open(sg);
  core.addScsiDevice({ hctl: address, type, logicalUnit: unit, sysfsPath: toByteString(encodeName(`${sysfsPath}/scsi_device/${address}`)) });
  return unit;
};
