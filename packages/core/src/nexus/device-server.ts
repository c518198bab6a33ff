import { encodeSense, SENSE_CONDITION, STATUS, type SenseCondition, type SenseFormat } from '@scst/scsi';
import { checkAluaState } from '../commands/alua.js';
import { type CommandRow, type DeviceClass, type Execute } from '../commands/command.js';
import { checkMedium } from '../commands/mmc.js';
import { ModeParameters } from '../commands/mode-parameters.js';
import { executePassThrough, passThroughCommand } from '../commands/pass-through.js';
import { findCommand } from '../commands/table.js';
import { DeviceReservations } from '../reservations/device-reservations.js';
import { ActiveCommand } from './active-command.js';
import { hasNaca, passesAca } from './auto-contingent-allegiance.js';
import { isSwallowed } from './black-hole.js';
import { finish } from './completion.js';
import { checkDataOut, checkRange, decodeCdb, parse } from './decode.js';
import { FormatProgress } from './format-progress.js';
import { MediumAccess } from './medium-access.js';
import { type Nexus } from './nexus.js';
import { type CoreContext, type DeviceKind, type DeviceObject, isVirtual, type TargetGroupObject, type VirtualDeviceObject } from './objects.js';
import { type ProfileRules, profileRules } from './profile-rules.js';
import { abortCommands } from './task-management.js';
import { TaskSet } from './task-set.js';
import { type ScsiTask } from './task.js';

const TYPE_DISK = 0x00;
const TYPE_CDROM = 0x05;

/** How many ended commands are kept to be used again. */
const MAX_SPARE = 256;

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

  #modes: ModeParameters | null = null;
  #size: bigint | null = null;
  #byteSize = 0;
  #format: FormatProgress | null = null;
  readonly #medium = new MediumAccess(() => this.commands());
  /** Commands that wait for the device to be unblocked, or for others because one of them is exclusive. */
  #waiting: ActiveCommand[] = [];
  #blockings = 0;
  #running = 0;
  #exclusive: ActiveCommand | null = null;
  #idleWaiters: (() => void)[] = [];
  #unblockWaiters: (() => void)[] = [];
  readonly #spare: ActiveCommand[] = [];

  constructor(device: DeviceObject, core: CoreContext) {
    this.device = device;
    this.core = core;
    this.rules = profileRules(core.profile);
    this.reservations = new DeviceReservations(this);
  }

  // ── What the device is ──────────────────────────────────────────────────────────────────────────────────────────────

  /** Throws for a pass-through device. */
  get virtualDevice(): VirtualDeviceObject {
    if (!isVirtual(this.device)) throw new TypeError(`${this.device.name} is not a virtual device`);
    return this.device;
  }

  /** log2 of the block size. */
  get blockShift(): number {
    return isVirtual(this.device) ? 31 - Math.clz32(this.device.blockSize) : 9;
  }

  get exactByteSize(): bigint {
    return isVirtual(this.device) ? this.device.size : 0n;
  }

  /** The size in bytes; Infinity beyond 2^53. */
  get byteSize(): number {
    const size = this.exactByteSize;
    if (size !== this.#size) {
      this.#size = size;
      this.#byteSize = size <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(size) : Infinity;
    }
    return this.#byteSize;
  }

  /** Whole blocks. */
  get blockCount(): bigint {
    return this.exactByteSize >> BigInt(this.blockShift);
  }

  /** File-backed handlers check the range of blocks while parsing, the others when they execute (SPEC 2). */
  get checksRangeEarly(): boolean {
    return this.device.kind === 'fileio' || this.device.kind === 'cdrom';
  }

  get mediumMissing(): boolean {
    return this.device.kind === 'cdrom' && this.virtualDevice.store === null;
  }

  /** Writes may lie in a cache that a power loss empties, until they are flushed. */
  get hasVolatileCache(): boolean {
    const device = this.virtualDevice;
    return device.store !== null && !device.nvCache && !device.writeThrough && device.kind !== 'nullio';
  }

  /** Made when first asked for: the device is not complete when its server is made. */
  get modes(): ModeParameters {
    return (this.#modes ??= new ModeParameters(this.device));
  }

  get senseFormat(): SenseFormat {
    return this.modes.control.descriptorSense ? 'descriptor' : 'fixed';
  }

  /** TST: 0 one task set, 1 one for each nexus. */
  get taskSetType(): 0 | 1 {
    return isVirtual(this.device) ? this.device.tst : 1;
  }

  tasksOf(nexus: Nexus): TaskSet {
    return this.taskSetType === 1 ? nexus.tasks : this.tasks;
  }

  /** All commands of the device that have been let into a task set and have not ended. */
  *commands(): Generator<ActiveCommand> {
    if (this.taskSetType === 0) yield* this.tasks.members();
    else for (const nexus of this.nexuses) yield* nexus.tasks.members();
  }

  // ── The way of a command ────────────────────────────────────────────────────────────────────────────────────────────

  /** Starts a command. `task.done` is called exactly once, perhaps before this returns. */
  submit(nexus: Nexus, task: ScsiTask): void {
    const command = this.#newCommand(task, nexus);
    nexus.activeCommands++;
    nexus.session.activeCommands++;
    if (nexus.session.latency) command.arrived = performance.now();
    if (nexus.closed) {
      command.abort(false);
    } else if (nexus.activeCommands > this.device.maxTgtDevCommands) {
      command.busy();
    } else if (
      // SPEC 2 steps 2 to 5. Each returns false when it has ended the command.
      decodeCdb(command) &&
      passesAca(command, this.tasksOf(nexus)) &&
      parse(command) &&
      !isSwallowed(command) &&
      checkDataOut(command) &&
      (command.row.prepare === undefined || command.row.prepare(command))
    ) {
      command.admitted = true;
      if (this.tasksOf(nexus).add(command)) this.#start(command);
    }
  }

  /**
   * Starts a command that another one depends on: it waits for nothing that may itself wait for that other one, be it the task
   * set, an exclusive command or a blocked device. Whoever sends it has entered the device before ({@link enter}).
   */
  submitInternal(nexus: Nexus, task: ScsiTask): void {
    const command = this.#newCommand(task, nexus);
    nexus.activeCommands++;
    nexus.session.activeCommands++;
    if (nexus.closed) {
      command.abort(false);
    } else if (decodeCdb(command) && passesAca(command, this.tasksOf(nexus)) && parse(command) && checkDataOut(command)) {
      command.attribute = 'head-of-queue';
      command.admitted = true;
      this.tasksOf(nexus).add(command);
      if (this.device.deviceGroup === null || checkAluaState(command)) this.#run(command);
    }
  }

  /**
   * Counts something as running on the device that is more than one command, once the device is not blocked. Resolves with the
   * function that ends it.
   */
  async enter(): Promise<() => void> {
    while (this.#blockings > 0) await new Promise<void>((resolve) => this.#unblockWaiters.push(resolve));
    this.#running++;
    return () => {
      this.#running--;
      if (this.#waiting.length > 0) this.#runWaiting();
      if (this.#running === 0 && this.#idleWaiters.length > 0) this.#becomeIdle();
    };
  }

  #newCommand(task: ScsiTask, nexus: Nexus): ActiveCommand {
    const row = this.#findRow(task.cdb);
    const spare = this.#spare.pop();
    if (spare === undefined) return new ActiveCommand(task, nexus, row);
    spare.reuse(task, nexus, row);
    return spare;
  }

  #findRow(cdb: Uint8Array): CommandRow {
    const { type } = this.device;
    if (type !== TYPE_DISK && type !== TYPE_CDROM) return passThroughCommand;
    const deviceClass: DeviceClass = type === TYPE_CDROM ? 'cdrom' : 'disk';
    return findCommand(deviceClass, cdb);
  }

  /** Its turn has come: the asymmetric access state first, then the device must be free for it. */
  #start(command: ActiveCommand): void {
    if (this.device.deviceGroup !== null && !checkAluaState(command)) return;
    if (this.#waiting.length === 0 && this.#isFreeFor(command)) {
      this.#run(command);
      return;
    }
    this.#waiting.push(command);
  }

  #isFreeFor({ row }: ActiveCommand): boolean {
    return this.#blockings === 0 && this.#exclusive === null && (row.exclusive !== true || this.#running === 0);
  }

  #runWaiting(): void {
    for (;;) {
      const command = this.#waiting[0];
      if (command === undefined || !this.#isFreeFor(command)) return;
      this.#waiting.shift();
      this.#run(command);
    }
  }

  /** SPEC 2 steps 6 to 9. */
  #run(command: ActiveCommand): void {
    const { row, nexus } = command;
    command.running = true;
    this.#running++;
    if (row.exclusive === true) this.#exclusive = command;
    if (this.reservations.inUse && nexus.session.target.forwarding !== true && this.reservations.conflicts(command)) {
      command.end(STATUS.RESERVATION_CONFLICT);
      return;
    }
    if (row.passesUnitAttention !== true && nexus.unitAttentions.length > 0) {
      const attention = nexus.unitAttentions.shift();
      if (attention !== undefined) {
        command.failWith(attention);
        return;
      }
    }
    if (row.writesMedium === true && (nexus.lun.effectiveReadOnly || this.modes.control.softwareWriteProtect)) {
      command.fail(SENSE_CONDITION.DATA_PROTECT);
      return;
    }
    if (row.local === true) this.#call(command, executeOf(row, this.device.kind));
    else if (this.device.kind === 'passthrough') this.#call(command, executePassThrough);
    else this.onMedium(command, executeOf(row, this.device.kind));
  }

  /**
   * SPEC 2 step 10: the handler's part. Range, medium and backing file are looked at, and then the command is carried out once
   * no atomic command is in its way.
   */
  onMedium(command: ActiveCommand, execute: Execute | undefined): void {
    const { row } = command;
    if (!this.checksRangeEarly && !checkRange(command)) return;
    if (row.needsMedium !== false && !checkMedium(command)) return;
    if (this.#format !== null && row.whileFormatting !== true) {
      command.fail(SENSE_CONDITION.FORMAT_IN_PROGRESS);
    } else if (row.worksInactive !== true && row.whileFormatting !== true && this.#isClosed) {
      command.fail(SENSE_CONDITION.MEDIUM_NOT_PRESENT);
    } else if (row.lba === undefined && row.writesMedium !== true) {
      this.#call(command, execute);
    } else {
      command.resume = execute;
      if (this.#medium.enter(command)) this.#call(command, execute);
    }
  }

  /** The backing file is not open, because `active` is 0. */
  get #isClosed(): boolean {
    const { kind, store } = this.virtualDevice;
    return (kind === 'fileio' || kind === 'blockio') && store === null;
  }

  #call(command: ActiveCommand, execute: Execute | undefined): void {
    if (execute === undefined) {
      command.fail(SENSE_CONDITION.INVALID_COMMAND_OPERATION_CODE);
      return;
    }
    const { task } = command;
    try {
      execute(command);
    } catch (error) {
      // A command that has ended may be another one's by now.
      if (command.task !== task || command.ended) throw error;
      command.fail(SENSE_CONDITION.INTERNAL_TARGET_FAILURE);
    }
  }

  /** A command that the core has carried out goes on to the handler, which wants its medium there and does nothing else. */
  passToHandler(command: ActiveCommand): void {
    this.onMedium(command, endGood);
  }

  /** The one way out of every command. */
  end(command: ActiveCommand): void {
    if (command.ended) return;
    const { row, nexus } = command;
    const tasks = this.tasksOf(nexus);
    if (!command.aborted && command.admitted && tasks.faulted !== null && !command.allowedDuringAca) {
      // Its status waits until the auto contingent allegiance is cleared, or it is aborted by what clears it.
      command.held = true;
      return;
    }
    command.ended = true;
    if (command.status === STATUS.CHECK_CONDITION && !command.aborted) this.#checkConditionEnds(command, tasks);
    const wasRunning = command.running;
    const wasOnMedium = command.onMedium || row.atomic === true;
    const { task } = finish(command);
    if (command.admitted) {
      tasks.remove(command, (next) => {
        this.#start(next);
      });
    }
    if (wasRunning) {
      command.running = false;
      this.#running--;
      if (this.#exclusive === command) this.#exclusive = null;
      if (wasOnMedium) this.#leaveMedium(command);
      if (this.#waiting.length > 0) this.#runWaiting();
      if (this.#running === 0 && this.#idleWaiters.length > 0) this.#becomeIdle();
    }
    if (row.reusable === true && !command.aborted && this.#spare.length < MAX_SPARE) this.#spare.push(command);
    task.done(task);
  }

  #leaveMedium(command: ActiveCommand): void {
    for (const next of this.#medium.leave(command)) this.#call(next, next.resume);
  }

  /** NACA, and QERR of the control mode page (SPC-5 7.5.10). */
  #checkConditionEnds(command: ActiveCommand, tasks: TaskSet): void {
    if (tasks.acaCommand === command) this.clearAca(command.nexus);
    if (hasNaca(command)) tasks.faulted = command.nexus;
    const { queueError } = this.modes.control;
    if (queueError === 0) return;
    const others = [...this.commands()].filter((other) => other !== command && (queueError === 1 || other.nexus === command.nexus));
    void abortCommands(this, others, command.nexus, { clearedAttention: true });
  }

  #becomeIdle(): void {
    const waiters = this.#idleWaiters;
    this.#idleWaiters = [];
    for (const waiter of waiters) waiter();
  }

  /** @internal A waiting command was aborted. */
  forgetWaiting(command: ActiveCommand): void {
    this.#waiting = this.#waiting.filter((other) => other !== command);
  }

  // ── Nexuses, resets ─────────────────────────────────────────────────────────────────────────────────────────────────

  attach(nexus: Nexus): void {
    this.nexuses.add(nexus);
    this.reservations.nexusOpened(nexus);
  }

  /** Ends a nexus: its commands are aborted. Resolves when none is left. */
  async detach(nexus: Nexus): Promise<void> {
    const aborted = this.abortNexus(nexus);
    this.nexuses.delete(nexus);
    this.reservations.nexusClosed(nexus);
    await aborted;
  }

  /** ABORT TASK SET (SAM-6 7.3): all commands of a nexus. Resolves when they have ended. */
  async abortNexus(nexus: Nexus): Promise<void> {
    const commands = this.tasksOf(nexus).members().filter((command) => command.nexus === nexus);
    await abortCommands(this, commands, nexus);
    if (this.tasksOf(nexus).faulted === nexus && nexus.closed) this.clearAca(nexus);
  }

  /** CLEAR TASK SET (SAM-6 7.5): all commands of the nexus's task set, of other nexuses too while TST is 0. */
  async clearTaskSet(nexus: Nexus): Promise<void> {
    await abortCommands(this, this.tasksOf(nexus).members(), nexus, { clearedAttention: true });
  }

  /** CLEAR ACA (SAM-6 7.4). Does nothing for a nexus that is not faulted. */
  clearAca(nexus: Nexus): void {
    const tasks = this.tasksOf(nexus);
    if (tasks.faulted !== nexus) return;
    tasks.faulted = null;
    for (const command of tasks.members()) {
      if (!command.held) continue;
      command.held = false;
      this.end(command);
    }
    tasks.startQueued((command) => {
      this.#start(command);
    });
  }

  /**
   * PREEMPT AND ABORT (SPC-5 5.14.11.5): aborts the commands of a preempted nexus, but not the one that asks for it. Resolves
   * when they have ended. The nexus is told with COMMANDS CLEARED BY ANOTHER INITIATOR, unless it asked itself or its commands
   * end with TASK ABORTED.
   */
  async abortForPreemption(nexus: Nexus, by: ActiveCommand): Promise<void> {
    this.mediumRemovalPrevented = false;
    const tasks = this.tasksOf(nexus);
    const commands = tasks.members().filter((command) => command.nexus === nexus && command !== by);
    if (nexus !== by.nexus && !this.modes.control.reportsAborted) nexus.raise(SENSE_CONDITION.COMMANDS_CLEARED_BY_ANOTHER_INITIATOR);
    const aborted = abortCommands(this, commands, by.nexus);
    if (tasks.faulted === nexus) this.clearAca(nexus);
    await aborted;
  }

  /** LOGICAL UNIT RESET of this device, or TARGET RESET of every device behind the nexus's target (SPEC 11). */
  async reset(kind: 'lun' | 'target', nexus: Nexus): Promise<void> {
    const servers = new Set<DeviceServer>([this]);
    if (kind === 'lun') {
      this.core.localStats.deviceResets++;
    } else {
      this.core.localStats.targetResets++;
      for (const session of nexus.session.target.sessions) for (const other of session.nexuses.values()) servers.add(other.server);
    }
    await Promise.all([...servers].map((server) => server.resetUnit(nexus)));
  }

  /** What a reset does to one device; `by` is the nexus that asked. Resolves when the aborted commands have ended. */
  async resetUnit(by: Nexus): Promise<void> {
    const aborted = abortCommands(this, [...this.commands()], by);
    for (const nexus of this.nexuses) this.clearAca(nexus);
    this.mediumRemovalPrevented = false;
    this.reservations.reset();
    this.modes.reset();
    this.raise(SENSE_CONDITION.POWER_ON_RESET_OR_BUS_DEVICE_RESET_OCCURRED);
    await aborted;
  }

  /** How often the device is blocked. */
  get blockings(): number {
    return this.#blockings;
  }

  /** Holds back commands that have not started; resolves when none is running. */
  async block(): Promise<void> {
    this.#blockings++;
    await this.idle();
  }

  /** Takes one blocking back; none is no error. */
  unblock(): void {
    if (this.#blockings > 0) this.#blockings--;
    this.#runWaiting();
    if (this.#blockings > 0) return;
    const waiters = this.#unblockWaiters;
    this.#unblockWaiters = [];
    for (const waiter of waiters) waiter();
  }

  /** Resolves when no command is running. */
  async idle(): Promise<void> {
    if (this.#running === 0) return;
    await new Promise<void>((resolve) => this.#idleWaiters.push(resolve));
  }

  // ── Unit attentions ─────────────────────────────────────────────────────────────────────────────────────────────────

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

  /** A medium was inserted, changed or removed. The first command that gets to it will tell. */
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

  // ── State that outlives commands ────────────────────────────────────────────────────────────────────────────────────

  /** Reads what was saved for a device of this name: mode pages, reservations. */
  async load(): Promise<void> {
    if (isVirtual(this.device)) {
      const pages = await this.core.storage.readState(this.#modesPath);
      if (pages !== undefined) this.modes.fromFile(pages);
    }
    await this.reservations.load();
  }

  /** Saves the current mode parameters. False: they could not be saved. */
  async saveModes(): Promise<boolean> {
    const pages = this.modes.toFile();
    try {
      if (pages === null) await this.core.storage.removeState(this.#modesPath);
      else await this.core.storage.writeState(this.#modesPath, pages);
      return true;
    } catch {
      return false;
    }
  }

  get #modesPath(): string {
    return `${this.core.stateDirectory}/vdev_mode_pages/${this.device.name}`;
  }

  /** Everything written so far on stable storage. Rejects with the store's error. */
  async flush(): Promise<void> {
    const { store } = this.virtualDevice;
    if (store === null) return;
    await new Promise<void>((resolve, reject) => {
      store.flush((error) => {
        if (error === null) resolve();
        else reject(error);
      });
    });
  }

  /** A FORMAT UNIT begins; `total` in bytes. */
  beginFormat(total: number): FormatProgress {
    const format = new FormatProgress(total, () => {
      if (this.#format === format) this.#format = null;
    });
    this.#format = format;
    return format;
  }

  /** What REQUEST SENSE has to say while no unit attention is pending: nothing, or how far a FORMAT UNIT is. */
  idleSense(): Uint8Array {
    if (this.#format === null) return encodeSense({ ...SENSE_CONDITION.NO_SENSE, format: this.senseFormat });
    const { progress } = this.#format;
    return encodeSense({ ...SENSE_CONDITION.FORMAT_IN_PROGRESS, format: this.senseFormat, senseKeySpecific: { kind: 'progress', progress } });
  }

  /** Resolves when nothing is running and what has been acknowledged is saved. */
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
}

function endGood(command: ActiveCommand): void {
  command.good();
}

function executeOf({ execute }: CommandRow, kind: DeviceKind): Execute | undefined {
  return typeof execute === 'object' ? execute[kind] : execute;
}
