import { readU16, readU8 } from '@scst/scsi';
import type { Nexus } from '../../nexus/nexus.js';
import { type CoreContext, type DeviceObject, isVirtual, type SessionObject, type TargetObject } from '../../nexus/objects.js';
import { vpdPage } from '../vpd.js';
import type { CopyParty, FindParty } from './parameter-list.js';

/** The target driver through which EXTENDED COPY reaches the devices (SPEC sysfs 12). */
const COPY_MANAGER = 'copy_manager';

/** The copy manager's target; undefined while there is none. */
export function copyManager(core: CoreContext): TargetObject | undefined {
  for (const target of core.allTargets()) if (target.driver.name === COPY_MANAGER) return target;
  return undefined;
}

/** Finds devices among those mapped to the copy manager by the designators of their page 83h, the first that matches. */
export function partyFinder(manager: TargetObject | undefined): FindParty {
  return (codeSet, associationAndType, identifier) => {
    for (const { nexuses } of manager?.sessions ?? []) {
      for (const nexus of nexuses.values()) {
        for (const designator of designators(nexus)) {
          const matches = readU8(designator, 0) === codeSet && readU8(designator, 1) === associationAndType && sameBytes(designator.subarray(4), identifier);
          if (matches) return copyParty(nexus);
        }
      }
    }
    return undefined;
  };
}

function copyParty(nexus: Nexus): CopyParty {
  const { server } = nexus;
  const { virtualDevice } = server;
  return { nexus, blockSize: virtualDevice.blockSize, writeProtected: virtualDevice.readOnly || server.modes.control.softwareWriteProtect };
}

/** Designators of the logical unit (ASSOCIATION 00b) without a protocol of their own, of devices that a copy can be made of. */
function* designators(nexus: Nexus): Generator<Uint8Array> {
  const { device } = nexus;
  if (!isVirtual(device) || device.kind === 'cdrom' || device.dummy) return;
  const page = vpdPage(0x83, nexus);
  if (page === undefined) return;
  const end = 4 + readU16(page, 2);
  for (let at = 4; at < end; at += 4 + readU8(page, at + 3)) {
    if ((readU8(page, at) & 0xf0) === 0 && (readU8(page, at + 1) & 0xf0) === 0) yield page.subarray(at, at + 4 + readU8(page, at + 3));
  }
}

/**
 * Whether an initiator may copy from and to a device: some target shows the device to everybody, or to initiators of that
 * name, be the initiator connected to it or not.
 */
export function mayCopy(core: CoreContext, manager: TargetObject | undefined, { initiatorName }: SessionObject, device: DeviceObject): boolean {
  if (manager?.driver.allowNotConnectedCopy === true) return true;
  for (const target of core.allTargets()) {
    if (target === manager) continue;
    for (const set of target.sets()) {
      if (set.name !== null && !set.claims(initiatorName)) continue;
      for (const lun of set.luns.values()) if (lun.device === device) return true;
    }
  }
  return false;
}

function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, at) => byte === right[at]);
}
