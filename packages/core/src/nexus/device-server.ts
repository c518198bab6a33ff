import { SENSE_CONDITION, STATUS, type SenseCondition, type SenseFormat } from '@scst/scsi';
import { checkAluaState } from '../commands/alua.js';
import type { CommandRow, Execute } from '../commands/command.js';
import { checkMedium } from '../commands/mmc.js';
import { ModeParameters } from '../commands/mode-parameters.js';
import { ModeParametersFile } from '../commands/mode-parameters-file.js';
import { executePassThrough } from '../commands/pass-through.js';
import { DeviceReservations } from '../reservations/device-reservations.js';
import type { ActiveCommand } from './active-command.js';
import { clearAca, hasNaca, passesAca } from './auto-contingent-allegiance.js';
import { isSwallowed } from './black-hole.js';
import { CommandGate } from './command-gate.js';
import { CommandPool } from './command-pool.js';
import { finish } from './completion.js';
import { checkDataOut, checkRange, decodeCdb, parse } from './decode.js';
import { Medium } from './medium.js';
import { MediumAccess } from './medium-access.js';
import type { Nexus } from './nexus.js';
import { type CoreContext, type DeviceKind, type DeviceObject, isVirtual, type TargetGroupObject, type VirtualDeviceObject } from './objects.js';
import { type ProfileRules, profileRules } from './profile-rules.js';
import { abortCommands, abortNexus, resetUnit } from './task-management.js';
import { TaskSet } from './task-set.js';
import type { ScsiTask } from './task.js';

/**
 * The device server of one device (SAM-6 4.8): takes the commands of every nexus to it through the checks of SPEC 2 and their
 * execution, keeps what is common to all of them (task set, reservations, mode parameters), and raises unit attentions.
 */
export class DeviceServer {
  readonly device: DeviceObject;
  readonly core: CoreContext;
  readonly rules: ProfileRules;
  readonly reservations: DeviceReservations;
  readonly medium: Medium;
  readonly modesFile: ModeParametersFile;
  readonly nexuses = new Set<Nexus>();
  /** Nexuses that have been ended and still have commands at work. */
  readonly #leaving = new Set<Nexus>();
  /** The task set of all nexuses together, used while TST is 0. */
  readonly #tasks = new TaskSet();
  readonly #gate = new CommandGate((command) => {
    this.#run(command);
  });
  readonly #access = new MediumAccess(() => this.commands());
  readonly #pool: CommandPool;
  #modes: ModeParameters | null = null;

  constructor(device: DeviceObject, core: CoreContext) {
    this.device = device;
    this.core = core;
    this.rules = profileRules(core.profile);
    this.#pool = new CommandPool(device, core);
    this.medium = new Medium(device);
    this.modesFile = new ModeParametersFile(core, device);
    this.reservations = new DeviceReservations(this);
  }

  /** Throws for a pass-through device. */
  get virtualDevice(): VirtualDeviceObject {
    if (!isVirtual(this.device)) throw new TypeError(`${this.device.name} is not a virtual device`);
    return this.device;
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
    return this.taskSetType === 1 ? nexus.tasks : this.#tasks;
  }

  /** All commands of the device that have been let into a task set and have not ended. */
  *commands(): Generator<ActiveCommand> {
    if (this.taskSetType === 0) yield* this.#tasks.members();
    else {
      for (const nexus of this.nexuses) yield* nexus.tasks.members();
      for (const nexus of this.#leaving) yield* nexus.tasks.members();
    }
  }

  /** File-backed handlers check the range of blocks while parsing, the others when they execute (SPEC 2). */
  get checksRangeEarly(): boolean {
    return this.device.kind === 'fileio' || this.device.kind === 'cdrom';
  }

  /**
   * Starts a command. `task.done` is called exactly once, perhaps before this returns; it should not submit the next command
   * itself, or a store that is done at once makes the stack grow.
   */
  submit(nexus: Nexus, task: ScsiTask): void {
    const command = this.#pool.take(task, nexus);
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
      if (this.tasksOf(nexus).add(command)) this.start(command);
    }
  }

  /**
   * Starts a command that another one depends on: it waits for nothing that may itself wait for that other one, be it the task
   * set, an exclusive command or a blocked device. Whoever sends it has entered the device before ({@link enter}).
   */
  submitInternal(nexus: Nexus, task: ScsiTask): void {
    const command = this.#pool.take(task, nexus);
    if (nexus.closed) {
      command.abort(false);
    } else if (decodeCdb(command) && passesAca(command, this.tasksOf(nexus)) && parse(command) && checkDataOut(command)) {
      command.attribute = 'head-of-queue';
      command.admitted = true;
      this.tasksOf(nexus).add(command);
      if (this.device.deviceGroup === null || checkAluaState(command)) this.#gate.enterNow(command);
    }
  }

  /** @internal Its turn in the task set has come: the asymmetric access state first, then the device must be free for it. */
  start(command: ActiveCommand): void {
    if (this.device.deviceGroup === null || checkAluaState(command)) this.#gate.enter(command);
  }

  /** SPEC 2 steps 6 to 9. */
  #run(command: ActiveCommand): void {
    const { row, nexus } = command;
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
      command.fail(this.rules.writeProtected);
    } else if (row.local === true) {
      this.#call(command, executeOf(row, this.device.kind));
    } else if (this.device.kind === 'passthrough') {
      this.#call(command, executePassThrough);
    } else {
      this.onMedium(command, executeOf(row, this.device.kind));
    }
  }

  /**
   * SPEC 2 step 10: the handler's part. Range, medium and backing file are looked at, and then the command is carried out once
   * no atomic command is in its way.
   */
  onMedium(command: ActiveCommand, execute: Execute | undefined): void {
    const { row } = command;
    if (!this.checksRangeEarly && !checkRange(command)) return;
    if (row.needsMedium !== false && !checkMedium(command)) return;
    if (this.#isOccupied(command)) return;
    if (row.worksInactive !== true && this.medium.isClosed) {
      command.fail(SENSE_CONDITION.MEDIUM_NOT_PRESENT);
    } else if (row.lba === undefined && row.writesMedium !== true) {
      this.#call(command, execute);
    } else if (this.medium.stopped) {
      command.fail(SENSE_CONDITION.INITIALIZING_COMMAND_REQUIRED);
    } else {
      command.resume = execute;
      if (this.#access.enter(command)) this.#call(command, execute);
    }
  }

  /** True: the medium is taken as a whole, and the command has been ended. FORMAT IN PROGRESS comes without its progress, as SCST has it. */
  #isOccupied(command: ActiveCommand): boolean {
    const condition = this.medium.occupation;
    if (condition === null || command.row.whileFormatting === true) return false;
    if (command.row.mendsSanitize === true && !this.medium.isFormatting) return false;
    const sense = condition === SENSE_CONDITION.FORMAT_IN_PROGRESS ? undefined : this.medium.occupationSense(this.senseFormat);
    if (sense === undefined) command.fail(condition);
    else command.failWith(sense);
    return true;
  }

  #call(command: ActiveCommand, execute: Execute | undefined): void {
    if (command.aborted) {
      this.end(command);
      return;
    }
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
    if (!checkMedium(command)) return;
    if (!this.#isOccupied(command)) command.good();
  }

  /** The one way out of every command. */
  end(command: ActiveCommand): void {
    if (command.ended) return;
    const { nexus, task } = command;
    const tasks = this.tasksOf(nexus);
    if (!command.aborted && command.admitted && tasks.faulted !== null && !command.allowedDuringAca) {
      // Its status waits until the auto contingent allegiance is cleared, or it is aborted by what clears it.
      command.held = true;
      return;
    }
    command.ended = true;
    if (command.status === STATUS.CHECK_CONDITION && !command.aborted) this.#checkConditionEnds(command, tasks);
    finish(command);
    if (command.admitted) {
      tasks.remove(command, (next) => {
        this.start(next);
      });
    }
    if (command.onMedium !== 'no') {
      for (const next of this.#access.leave(command)) if (!this.#isOccupied(next)) this.#call(next, next.resume);
    }
    if (command.running) this.#gate.leave(command);
    this.#pool.giveBack(command);
    task.done(task);
  }

  /** NACA, and QERR of the control mode page (SPC-5 7.5.10). */
  #checkConditionEnds(command: ActiveCommand, tasks: TaskSet): void {
    if (tasks.acaCommand === command) clearAca(this, command.nexus);
    if (hasNaca(command)) tasks.faulted = command.nexus;
    const { queueError } = this.modes.control;
    if (queueError === 0) return;
    const others = [...this.commands()].filter((other) => other !== command && (queueError === 1 || other.nexus === command.nexus));
    void abortCommands(this, others, command.nexus, { clearedAttention: true });
  }

  /** @internal A command that waits for the device was aborted. */
  forgetWaiting(command: ActiveCommand): void {
    this.#gate.forget(command);
  }

  attach(nexus: Nexus): void {
    this.nexuses.add(nexus);
    this.reservations.nexusOpened(nexus);
  }

  /** Ends a nexus: its commands are aborted. Resolves when none is left. */
  async detach(nexus: Nexus): Promise<void> {
    const aborted = abortNexus(this, nexus);
    clearAca(this, nexus);
    this.nexuses.delete(nexus);
    this.#leaving.add(nexus);
    this.medium.preventedBy.delete(nexus);
    this.reservations.nexusClosed(nexus);
    await aborted;
    this.#leaving.delete(nexus);
  }

  /** LOGICAL UNIT RESET of this device, or TARGET RESET of every device that the nexus's target shows to its access group (SPEC 11). */
  async reset(kind: 'lun' | 'target', nexus: Nexus): Promise<void> {
    const servers = new Set<DeviceServer>([this]);
    if (kind === 'lun') {
      this.core.localStats.deviceResets++;
    } else {
      this.core.localStats.targetResets++;
      for (const { device } of nexus.session.group.luns.values()) servers.add(device.server);
    }
    await Promise.all([...servers].map((server) => resetUnit(server, nexus)));
  }

  /** PREEMPT AND ABORT (SPC-5 5.14.11.5). Resolves when the commands of the preempted nexus have ended. */
  async abortForPreemption(nexus: Nexus, by: ActiveCommand): Promise<void> {
    this.medium.removalPrevented = false;
    if (nexus !== by.nexus && !this.modes.control.reportsAborted) nexus.raise(SENSE_CONDITION.COMMANDS_CLEARED_BY_ANOTHER_INITIATOR);
    const aborted = abortNexus(this, nexus, by);
    clearAca(this, nexus);
    await aborted;
  }

  /** Counts something that is more than one command as running, once the device is not blocked; resolves with what ends it. */
  async enter(): Promise<() => void> {
    return await this.#gate.join();
  }

  /** How often the device is blocked. */
  get blockings(): number {
    return this.#gate.blockings;
  }

  /** Holds back commands that have not started; resolves when none is running. */
  async block(): Promise<void> {
    await this.#gate.block();
  }

  /** Takes one blocking back; none is no error. */
  unblock(): void {
    this.#gate.unblock();
  }

  /** Resolves when no command is running. */
  async idle(): Promise<void> {
    await this.#gate.idle();
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

  /** A medium was inserted, changed or removed. The first command that gets to it will tell. */
  mediumChanged(): void {
    this.medium.changePending = true;
  }

  /** PREVENT of PREVENT ALLOW MEDIUM REMOVAL. */
  get mediumRemovalPrevented(): boolean {
    return this.medium.removalPrevented;
  }

  /** The state of a target group of the device's group was written. */
  aluaStateChanged(group: TargetGroupObject, options: { readonly intoTransitioning: boolean }): void {
    if (options.intoTransitioning) return;
    const targets = new Set([...group.members].map((member) => member.target));
    for (const nexus of this.nexuses) {
      if (targets.has(nexus.session.target)) nexus.raise(SENSE_CONDITION.ASYMMETRIC_ACCESS_STATE_CHANGED);
    }
  }

  /** Reads what was saved for a device of this name: mode pages, reservations. */
  async load(): Promise<void> {
    await this.modesFile.load(this.modes);
    await this.reservations.load();
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

function executeOf({ execute }: CommandRow, kind: DeviceKind): Execute | undefined {
  return typeof execute === 'object' ? execute[kind] : execute;
}
