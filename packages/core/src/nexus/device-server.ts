import { SENSE_CONDITION, STATUS, type SenseCondition, type SenseFormat } from '@scst/scsi';
import { checkAluaState } from '../commands/alua.js';
import { checkMedium } from '../commands/mmc.js';
import { controlByte, findCommand } from '../commands/table.js';
import { type DeviceClass } from '../commands/command.js';
import { DeviceReservations } from '../reservations/device-reservations.js';
import { ActiveCommand } from './active-command.js';
import { checkDataOut, checkRange, decodeCdb, parse } from './decode.js';
import { type Nexus } from './nexus.js';
import { type CoreContext, type CountedDirection, type DeviceObject, isVirtual, type TargetGroupObject, type VirtualDeviceObject } from './objects.js';
import { type ProfileRules, profileRules } from './profile-rules.js';
import { TaskSet } from './task-set.js';
import { type ScsiTask } from './task.js';

const NO_SENSE = new Uint8Array(0);
/** CONTROL byte: normal auto contingent allegiance. */
const CONTROL_NACA = 0x04;
const TYPE_CDROM = 5;

/**
 * The device server of one device (SAM-6 4.8): takes the commands of every nexus to it through the checks of SPEC 2 and their
 * execution, keeps what is common to all of them (task set, reservations, mode parameters), and raises unit attentions.
 */
export class DeviceServer {
  readonly device: DeviceObject;
  readonly core: CoreContext;
  readonly rules: ProfileRules;
  readonly reservations: DeviceReservations;
  readonly nexuses = new Set<Nexus>();
  /** The task set of all nexuses together, used while TST is 0. */
  readonly tasks = new TaskSet();

  /** PREVENT of PREVENT ALLOW MEDIUM REMOVAL. */
  mediumRemovalPrevented = false;
  /** The medium changed and nobody has reported it yet (SPEC 16). */
  mediumChangePending = false;

  readonly #type: DeviceClass;
  #acaNexus: Nexus | null = null;
  #blockings = 0;
  #running = 0;
  readonly #waiting: ActiveCommand[] = [];
  #idleWaiters: (() => void)[] = [];

  constructor(device: DeviceObject, core: CoreContext) {
    this.device = device;
    this.core = core;
    this.rules = profileRules(core.profile);
    this.#type = device.type === TYPE_CDROM ? 'cdrom' : 'disk';
    this.reservations = new DeviceReservations(this);
  }

  /** Throws for a pass-through device. */
  get virtualDevice(): VirtualDeviceObject {
    if (!isVirtual(this.device)) throw new TypeError(`${this.device.name} is not a virtual device`);
    return this.device;
  }

  /** log2 of the block size. */
  get blockShift(): number {
    return isVirtual(this.device) ? 31 - Math.clz32(this.device.blockSize) : 9;
  }

  /** The size in bytes; Infinity beyond 2^53. */
  get byteSize(): number {
    const size = this.exactByteSize;
    return size <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(size) : Infinity;
  }

  get exactByteSize(): bigint {
    return isVirtual(this.device) ? this.device.size : 0n;
  }

  /** File-backed handlers check the range of blocks while parsing, the others when they execute (SPEC 2). */
  get checksRangeEarly(): boolean {
    return this.device.kind === 'fileio' || this.device.kind === 'cdrom';
  }

  get mediumMissing(): boolean {
    return this.device.kind === 'cdrom' && this.virtualDevice.store === null;
  }

  get senseFormat(): SenseFormat {
    return 'fixed';
  }

  /** 0: one task set, 1: one for each nexus. */
  get taskSetType(): 0 | 1 {
    return isVirtual(this.device) ? this.device.tst : 1;
  }

  attach(nexus: Nexus): void {
    this.nexuses.add(nexus);
    this.reservations.nexusOpened(nexus);
  }

  async detach(nexus: Nexus): Promise<void> {
    this.nexuses.delete(nexus);
    this.reservations.nexusClosed(nexus);
    await Promise.resolve();
  }

  /** Starts a command. `task.done` is called exactly once, perhaps before this returns. */
  submit(nexus: Nexus, task: ScsiTask): void {
    const command = new ActiveCommand(task, nexus, findCommand(this.#type, task.cdb));
    nexus.activeCommands++;
    nexus.session.activeCommands++;
    if (nexus.activeCommands > this.device.maxTgtDevCommands) {
      command.end(nexus.session.activeCommands <= 1 ? STATUS.BUSY : STATUS.TASK_SET_FULL);
      return;
    }
    if (!decodeCdb(command) || !this.#passesAca(command) || !parse(command) || !checkDataOut(command)) return;
    if (command.row.prepare === undefined || command.row.prepare(command)) this.#admit(command);
  }

  /** SPEC 2 step 3. */
  #passesAca(command: ActiveCommand): boolean {
    if (this.#acaNexus === null) return true;
    command.end(STATUS.ACA_ACTIVE);
    return false;
  }

  #admit(command: ActiveCommand): void {
    command.admitted = true;
    if (this.#taskSetOf(command.nexus).add(command)) this.#start(command);
  }

  #taskSetOf(nexus: Nexus): TaskSet {
    return this.taskSetType === 1 ? nexus.tasks : this.tasks;
  }

  /** SPEC 2 steps 6 to 10, in the order in which SCST takes them. */
  #start(command: ActiveCommand): void {
    if (this.device.deviceGroup !== null && !checkAluaState(command)) return;
    if (this.#blockings > 0) {
      this.#waiting.push(command);
      return;
    }
    command.running = true;
    this.#running++;
    if (this.reservations.inUse && this.reservations.conflicts(command)) {
      command.end(STATUS.RESERVATION_CONFLICT);
      return;
    }
    const { row, nexus } = command;
    if (row.passesUnitAttention !== true) {
      const attention = nexus.unitAttentions.shift();
      if (attention !== undefined) {
        command.failWith(attention);
        return;
      }
    }
    if (row.writesMedium === true && this.#isWriteProtected(nexus)) {
      command.fail(SENSE_CONDITION.DATA_PROTECT);
      return;
    }
    this.#execute(command);
  }

  #isWriteProtected(nexus: Nexus): boolean {
    return nexus.lun.effectiveReadOnly;
  }

  #execute(command: ActiveCommand): void {
    const { row } = command;
    if (row.local !== true) {
      if (!this.checksRangeEarly && !checkRange(command)) return;
      if (row.needsMedium !== false && !checkMedium(command)) return;
    }
    const execute = typeof row.execute === 'function' ? row.execute : row.execute?.[this.device.kind];
    if (execute === undefined) {
      command.fail(SENSE_CONDITION.INVALID_COMMAND_OPERATION_CODE);
      return;
    }
    try {
      execute(command);
    } catch {
      command.fail(SENSE_CONDITION.INTERNAL_TARGET_FAILURE);
    }
  }

  /** A command that the core has carried out goes on to the handler, which wants its medium there and does nothing else. */
  passToHandler(command: ActiveCommand): void {
    if (checkMedium(command)) command.good();
  }

  /**
   * PREEMPT AND ABORT (SPC-5 5.14.11.5): aborts the commands of a preempted nexus, but not the one that asks for it. Resolves
   * when they have ended. The nexus is told with COMMANDS CLEARED BY ANOTHER INITIATOR, unless it asked itself or its commands
   * end with TASK ABORTED.
   */
  async abortForPreemption(nexus: Nexus, by: ActiveCommand): Promise<void> {
    this.mediumRemovalPrevented = false;
    if (nexus !== by.nexus) nexus.raise(SENSE_CONDITION.COMMANDS_CLEARED_BY_ANOTHER_INITIATOR);
    await Promise.resolve();
  }

  /** The one way out of every command. */
  end(command: ActiveCommand): void {
    if (command.ended) return;
    command.ended = true;
    const { task, nexus } = command;
    const { session } = nexus;
    if (command.status === STATUS.CHECK_CONDITION && (controlByte(task.cdb) & CONTROL_NACA) !== 0) this.#acaNexus = nexus;
    task.status = command.status;
    task.sense = command.status === STATUS.CHECK_CONDITION ? command.sense : NO_SENSE;
    const offered = task.dataIn !== null && task.dataIn.length > 0 ? task.dataIn.length : (task.dataOut?.length ?? 0);
    task.residual = task.dataIn !== null ? offered - command.moved : offered - (command.dataFetched ? command.transferLength : 0);
    session.counters.count(countedDirection(command), command.transferLength, true);
    session.activeCommands--;
    nexus.activeCommands--;
    if (command.admitted) {
      this.#taskSetOf(nexus).remove(command, (next) => {
        this.#start(next);
      });
    }
    if (command.running) {
      command.running = false;
      this.#running--;
    }
    if (this.#running === 0 && this.#idleWaiters.length > 0) {
      const waiters = this.#idleWaiters;
      this.#idleWaiters = [];
      for (const waiter of waiters) waiter();
    }
    task.done(task);
  }

  /** Raises a unit attention on every nexus of the device but one. */
  raise(condition: SenseCondition, except?: Nexus): void {
    for (const nexus of this.nexuses) if (nexus !== except) nexus.raise(condition);
  }

  capacityChanged(): void {
    this.raise(SENSE_CONDITION.CAPACITY_DATA_HAS_CHANGED);
  }

  inquiryChanged(): void {
    this.raise(SENSE_CONDITION.INQUIRY_DATA_HAS_CHANGED);
  }

  thresholdReached(): void {
    this.raise(SENSE_CONDITION.THIN_PROVISIONING_SOFT_THRESHOLD_REACHED);
  }

  mediumChanged(): void {
    this.mediumChangePending = true;
  }

  /** The state of a target group of the device's group was written. */
  aluaStateChanged(group: TargetGroupObject, options: { readonly intoTransitioning: boolean }): void {
    if (options.intoTransitioning) return;
    const targets = new Set([...group.members].map((member) => member.target));
    for (const nexus of this.nexuses) {
      if (targets.has(nexus.session.target)) nexus.raise(SENSE_CONDITION.ASYMMETRIC_ACCESS_STATE_CHANGED);
    }
  }

  /** Holds back commands that have not started; resolves when none is running. */
  async block(): Promise<void> {
    this.#blockings++;
    await this.idle();
  }

  unblock(): void {
    if (this.#blockings > 0) this.#blockings--;
    while (this.#blockings === 0) {
      const command = this.#waiting.shift();
      if (command === undefined) return;
      this.#start(command);
    }
  }

  /** How often the device is blocked. */
  get blockings(): number {
    return this.#blockings;
  }

  /** Resolves when no command is running. */
  async idle(): Promise<void> {
    if (this.#running === 0) return;
    await new Promise<void>((resolve) => this.#idleWaiters.push(resolve));
  }

  /** Reads what was saved for a device of this name: mode pages, reservations. */
  async load(): Promise<void> {
    await this.reservations.load();
  }

  async close(): Promise<void> {
    await this.idle();
    await this.reservations.close();
  }

  prStateText(): string {
    return this.reservations.stateText();
  }

  setPrState(text: string): void {
    this.reservations.setStateText(text);
  }

  async setPrFile(path: string | null): Promise<void> {
    await this.reservations.setFile(path);
  }

  /** LOGICAL UNIT RESET of this device, or TARGET RESET of every device behind the nexus's target. */
  async reset(kind: 'lun' | 'target', nexus: Nexus): Promise<void> {
    const servers = new Set<DeviceServer>([this]);
    if (kind === 'target') {
      for (const session of nexus.session.target.sessions) for (const other of session.nexuses.values()) servers.add(other.server);
    }
    if (kind === 'lun') this.core.localStats.deviceResets++;
    else this.core.localStats.targetResets++;
    for (const server of servers) server.resetUnit();
    await Promise.all([...servers].map((server) => server.idle()));
  }

  /** What a reset does to one device. */
  resetUnit(): void {
    this.#acaNexus = null;
    this.mediumRemovalPrevented = false;
    this.reservations.reset();
    this.raise(SENSE_CONDITION.POWER_ON_RESET_OR_BUS_DEVICE_RESET_OCCURRED);
  }
}

function countedDirection(command: ActiveCommand): CountedDirection {
  switch (command.direction) {
    case 'in':
      return 'read';
    case 'out':
      return 'write';
    case 'bidi':
      return 'bidi';
    case 'none':
      return 'none';
  }
}
