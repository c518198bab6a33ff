import { type ByteString } from '../bytes.js';
import { type Device } from '../device/device.js';
import { ScstError } from '../errors.js';
import { shownName, showsAsOneOf } from '../shown-name.js';
import { Lun, MAX_LUN } from './lun.js';
import { type Session } from './session.js';
import { type Target } from './target.js';
import { matchesPattern } from './wildcard.js';

/** How LUNs are written into REPORT LUNS (SAM-6 4.7.7). */
export type AddressingMethod = 'PERIPHERAL' | 'FLAT' | 'LUN';

/** How initiators share io contexts: by name, or the number of a group an administrator made. */
export type IoGrouping = 'auto' | 'this_group_only' | 'never' | number;

/** What a set does with commands: nothing, drop, or drop after their data phase; 2 and 4 spare INQUIRY and the like. */
export type BlackHole = 0 | 1 | 2 | 3 | 4;

/** An initiator name of a group, as written: patterns are not checked. */
export interface InitiatorPattern {
  readonly pattern: ByteString;
}

/**
 * An access control group (SCST's `acg`): a set of LUNs, and the initiator names that see it. A target has one without a
 * name, for the initiators that no group claims.
 */
export class AccessGroup {
  readonly target: Target;
  #name: ByteString | null;
  /** By number, in the order they were mapped. */
  readonly luns = new Map<number, Lun>();
  /** Patterns of initiator names, in the order they were added. */
  readonly initiators = new Map<ByteString, InitiatorPattern>();
  /** The sessions that use this set at present. */
  readonly sessions = new Set<Session>();
  addrMethod: AddressingMethod = 'PERIPHERAL';
  ioGrouping: IoGrouping = 'auto';
  blackHole: BlackHole = 0;
  /** Bit N: CPU N may run the set's threads. */
  cpuMask: bigint;

  constructor(target: Target, name: ByteString | null) {
    this.target = target;
    this.#name = name;
    this.cpuMask = target.core.allCpus;
  }

  /** Null: the target's own LUNs. */
  get name(): ByteString | null {
    return this.#name;
  }

  /** @internal */
  rename(name: ByteString): void {
    this.#name = name;
  }

  /** True when one of the group's patterns matches. */
  claims(initiatorName: ByteString): boolean {
    for (const pattern of this.initiators.keys()) if (matchesPattern(pattern, initiatorName)) return true;
    return false;
  }

  /** Adds an initiator name and gives all sessions the set they now belong to. `EEXIST`: the group has that very string. */
  async addInitiator(pattern: ByteString): Promise<void> {
    this.#takeInitiator(pattern);
    await this.target.reassignSessions();
  }

  /** Deletes an initiator name: the very string, patterns are not applied. `EINVAL`: the group does not have it. */
  async deleteInitiator(pattern: ByteString): Promise<void> {
    this.#dropInitiator(pattern);
    await this.target.reassignSessions();
  }

  /** Moves an initiator name to another group of the target. `EINVAL`: it is not here; `EEXIST`: it is there, or there is here. */
  async moveInitiator(pattern: ByteString, destination: ByteString): Promise<void> {
    if (!this.initiators.has(pattern)) throw this.#noInitiator(pattern);
    const group = this.target.group(destination);
    group.#checkInitiator(pattern);
    this.#dropInitiator(pattern);
    group.#takeInitiator(pattern);
    await this.target.reassignSessions();
  }

  /** Deletes all initiator names. */
  async clearInitiators(): Promise<void> {
    this.initiators.clear();
    await this.target.reassignSessions();
  }

  #takeInitiator(pattern: ByteString): void {
    this.#checkInitiator(pattern);
    this.initiators.set(pattern, { pattern });
  }

  #dropInitiator(pattern: ByteString): void {
    if (!this.initiators.delete(pattern)) throw this.#noInitiator(pattern);
  }

  #checkInitiator(pattern: ByteString): void {
    const isTaken = pattern === 'mgmt' || this.initiators.has(pattern);
    // Where a list may be one that cannot be read, it has room for any name.
    if (!isTaken && !this.target.core.rules.slashBreaksLists) this.#checkShown(pattern);
    if (isTaken) throw new ScstError('EEXIST', `${pattern} is an initiator name of ${this.describe()} already`);
  }

  /** What the tree does not show is lost with the next save. */
  #checkShown(pattern: ByteString): void {
    if (pattern === '.' || pattern === '..') throw new ScstError('EINVAL', `${pattern} is no name that a file can have`);
    if (/[/!]/u.test(pattern) && showsAsOneOf(pattern, this.initiators.keys())) {
      throw new ScstError('EEXIST', `an initiator name of ${this.describe()} shows as ${shownName(pattern)} in the tree, as ${pattern} would`);
    }
  }

  #noInitiator(pattern: ByteString): ScstError {
    return new ScstError('EINVAL', `${pattern} is no initiator name of ${this.describe()}`);
  }

  /** Throws `EINVAL` for a number SCST cannot map. */
  static checkNumber(number: bigint): number {
    if (number > BigInt(MAX_LUN)) throw new ScstError('EINVAL', `LUN ${number.toString()} is over ${MAX_LUN}, the highest LUN there is`);
    return Number(number);
  }

  /** Maps a device. `EEXIST`: the number is in use. `EINVAL`: the target cannot carry the device's protection information. */
  addLun(device: Device, number: number, options: { readOnly?: boolean } = {}): Lun {
    if (this.luns.has(number)) throw new ScstError('EEXIST', `LUN ${number} is in use in ${this.describe()}`);
    return this.#map(device, number, options.readOnly ?? false);
  }

  /**
   * Maps a device in place of another; a free number is mapped as by {@link addLun}. The sessions learn of it by a unit
   * attention (INQUIRY DATA HAS CHANGED) unless `quiet`.
   */
  async replaceLun(device: Device, number: number, options: { readOnly?: boolean; quiet?: boolean } = {}): Promise<Lun> {
    this.target.driver.checkLun({ device, readOnly: options.readOnly ?? false });
    const replaced = this.luns.has(number);
    if (replaced) await this.deleteLun(number);
    const lun = this.#map(device, number, options.readOnly ?? false);
    if (replaced && options.quiet !== true) for (const session of this.sessions) session.nexuses.get(number)?.raiseInquiryChanged();
    return lun;
  }

  /** Unmaps a number; resolves when its commands have ended. `EINVAL`: nothing is mapped there. */
  async deleteLun(number: number): Promise<void> {
    const lun = this.luns.get(number);
    if (lun === undefined) throw new ScstError('EINVAL', `LUN ${number} is not mapped in ${this.describe()}`);
    this.luns.delete(number);
    lun.device.exports.delete(lun.exportNumber);
    const closing: Promise<void>[] = [];
    for (const session of this.sessions) {
      closing.push(session.unmapLun(number));
      this.target.core.hosts.lunsChanged(session);
    }
    await Promise.all(closing);
  }

  /** Unmaps everything, one by one. */
  async clearLuns(): Promise<void> {
    for (const number of [...this.luns.keys()]) if (this.luns.has(number)) await this.deleteLun(number);
  }

  /** For messages. */
  describe(): string {
    const target = this.target.describe();
    return this.name === null ? target : `group ${this.name} of ${target}`;
  }

  #map(device: Device, number: number, readOnly: boolean): Lun {
    this.target.driver.checkLun({ device, readOnly });
    const lun = new Lun(this, number, device, readOnly, device.takeExportNumber());
    this.luns.set(number, lun);
    device.exports.set(lun.exportNumber, lun);
    for (const session of this.sessions) {
      session.mapLun(lun);
      this.target.core.hosts.lunsChanged(session);
    }
    this.target.driver.lunMapped?.(lun);
    return lun;
  }
}
