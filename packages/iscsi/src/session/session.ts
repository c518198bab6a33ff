import type { IscsiTransportId } from '@scst/transport-id';
import type { Connection } from '../connection/connection.js';
import type { EngineContext } from '../engine-context.js';
import type { InitiatorIdentity, IscsiNexus } from '../host.js';
import type { TargetOffer } from '../login/offer.js';
import type { NegotiatedParameters } from '../login/parameters.js';
import { ASYNC_EVENT } from '../pdu/target-pdus.js';
import type { IscsiConnectionInfo, IscsiSession } from '../session-info.js';
import { isBefore, next, plus } from './serial.js';
import type { IscsiTask } from './task.js';

/** Bytes: a session's only command of no more than this waits for no other session. */
const ALWAYS_THERE = 1024 * 1024;

/** What a CmdSN means at the moment it comes. */
export type Place = 'now' | 'early' | 'outside';

export interface SessionIdentity {
  readonly kind: 'normal' | 'discovery';
  readonly initiator: InitiatorIdentity;
  readonly targetName: string;
  readonly isid: string;
  readonly tsih: number;
  readonly parameters: NegotiatedParameters;
  readonly offer: TargetOffer;
  readonly user: string | undefined;
  /** CmdSN of the first command. */
  readonly cmdSn: number;
}

/** A session: its connections, its command window and its commands. */
export class Session implements IscsiSession {
  readonly kind: 'normal' | 'discovery';
  readonly initiator: InitiatorIdentity;
  readonly targetName: string;
  readonly isid: string;
  readonly tsih: number;
  readonly transportId: IscsiTransportId;
  readonly parameters: NegotiatedParameters;
  readonly offer: TargetOffer;
  readonly user: string | undefined;

  /** Set once the target has opened it. */
  nexus: IscsiNexus | null = null;
  readonly connectionsByCid = new Map<number, Connection>();
  /** The next CmdSN that is due. */
  expCmdSn: number;
  /** The last CmdSN that may come; moves on as commands end. */
  maxCmdSn: number;
  /** By initiator task tag. */
  readonly tasks = new Map<number, IscsiTask>();
  /** Immediate commands and functions under way. */
  immediates = 0;
  memory = 0;
  /** When the session is to be dropped unless it has logged out, by the environment's clock. */
  logoutDeadline = Infinity;

  readonly #context: EngineContext;
  /** Commands whose CmdSN came before its turn. */
  readonly #early = new Map<number, () => void>();
  /** Commands that wait for memory, in the order they came. */
  #waiting: IscsiTask[] = [];
  #isWakeDue = false;
  #ending: Promise<void> | null = null;
  #tasksGone: (() => void) | null = null;

  constructor(context: EngineContext, identity: SessionIdentity) {
    this.#context = context;
    this.kind = identity.kind;
    this.initiator = identity.initiator;
    this.targetName = identity.targetName;
    this.isid = identity.isid;
    this.tsih = identity.tsih;
    this.transportId = { protocol: 'iscsi', name: identity.initiator.initiatorName, isid: identity.isid };
    this.parameters = identity.parameters;
    this.offer = identity.offer;
    this.user = identity.user;
    this.expCmdSn = identity.cmdSn;
    this.maxCmdSn = plus(identity.cmdSn, identity.offer.queuedCommands - 1);
  }

  get connections(): readonly IscsiConnectionInfo[] {
    return [...this.connectionsByCid.values()].map((connection) => connection.info);
  }

  get commands(): number {
    return this.tasks.size;
  }

  /** The session is over, or about to be. */
  get isEnding(): boolean {
    return this.#ending !== null;
  }

  /** RFC 7143 4.2.2.1. Where it is `now`, the number counts as taken; {@link runEarly} follows once the command has been looked at. */
  place(cmdSn: number): Place {
    if (cmdSn === this.expCmdSn && !isBefore(this.maxCmdSn, cmdSn)) {
      this.expCmdSn = next(cmdSn);
      return 'now';
    }
    if (isBefore(cmdSn, this.expCmdSn) || isBefore(this.maxCmdSn, cmdSn) || this.#early.has(cmdSn)) return 'outside';
    return 'early';
  }

  /** Keeps a command until its CmdSN is due. */
  keepEarly(cmdSn: number, run: () => void): void {
    this.#early.set(cmdSn, run);
  }

  /** A CmdSN inside the window that has not come; its command, when it comes, is not carried out (11.5.5). */
  isAwaited(cmdSn: number): boolean {
    return !isBefore(cmdSn, this.expCmdSn) && !isBefore(this.maxCmdSn, cmdSn) && !this.#early.has(cmdSn);
  }

  /** Runs what came early and is due now. */
  runEarly(): void {
    while (this.#early.size > 0) {
      const run = this.#early.get(this.expCmdSn);
      if (run === undefined) return;
      this.#early.delete(this.expCmdSn);
      this.expCmdSn = next(this.expCmdSn);
      run();
    }
  }

  /** A command with a place in the window has ended, or was refused: there is room for another. */
  openWindow(): void {
    this.maxCmdSn = next(this.maxCmdSn);
  }

  /** Counts bytes for a command, if there is room: for the session, which has it as long as it holds nothing, and for all together. */
  takeMemory(task: IscsiTask, bytes: number): boolean {
    const { limits, pool } = this.#context;
    if (this.memory > 0 && this.memory + bytes > limits.sessionMemory) return false;
    if (pool.inUse + bytes > limits.totalMemory && (this.memory > 0 || bytes > ALWAYS_THERE)) return false;
    this.countMemory(task, bytes);
    return true;
  }

  /** Counts bytes that are there already. */
  countMemory(task: IscsiTask, bytes: number): void {
    this.memory += bytes;
    task.memory += bytes;
  }

  /** Its connection goes on with the task when there is memory. */
  waitForMemory(task: IscsiTask): void {
    task.state = 'waiting';
    this.#waiting.push(task);
  }

  /** A task has ended: its tag, its memory and its place are free. */
  taskEnded(task: IscsiTask): void {
    this.tasks.delete(task.initiatorTaskTag);
    if (task.immediate) this.immediates--;
    else this.openWindow();
    this.memory -= task.memory;
    task.memory = 0;
    if (task.state === 'waiting') this.#waiting = this.#waiting.filter((other) => other !== task);
    this.memoryFreed();
    if (this.tasks.size === 0) this.#tasksGone?.();
  }

  /** There may be room for what waits. */
  memoryFreed(): void {
    if (this.#waiting.length === 0 || this.#isWakeDue) return;
    this.#isWakeDue = true;
    this.#context.environment.defer(this.#wake);
  }

  readonly #wake = (): void => {
    this.#isWakeDue = false;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const task of waiting) task.owner.memoryFreed(task);
  };

  sendEvent(lun: number, sense: Uint8Array): void {
    const [connection] = this.connectionsByCid.values();
    connection?.sendAsync(ASYNC_EVENT.SCSI, { lun, sense });
  }

  requestLogout(seconds: number): void {
    for (const connection of this.connectionsByCid.values()) connection.sendAsync(ASYNC_EVENT.LOGOUT_REQUEST, { parameter3: seconds });
    this.logoutDeadline = Math.min(this.logoutDeadline, this.#context.environment.now() + seconds * 1000);
  }

  async close(): Promise<void> {
    if (!this.isEnding) {
      const [connection] = this.connectionsByCid.values();
      connection?.sendAsync(ASYNC_EVENT.DROP_SESSION, { parameter2: this.parameters.defaultTime2Wait });
    }
    await this.end('closed by the target');
  }

  /** Takes a connection off; the last one takes the session with it. */
  connectionGone(connection: Connection, reason: string): void {
    if (this.connectionsByCid.get(connection.cid) === connection) this.connectionsByCid.delete(connection.cid);
    for (const task of [...this.tasks.values()]) if (task.owner === connection) connection.abandon(task);
    if (this.connectionsByCid.size === 0) void this.end(reason);
  }

  /** Ends the session: connections, commands, nexus. Resolves when nothing of it is left. */
  end(reason: string): Promise<void> {
    this.#ending ??= this.#end(reason);
    return this.#ending;
  }

  async #end(reason: string): Promise<void> {
    // Let whoever started this go on first: the promise must be known to all before connections tell of their end.
    await Promise.resolve();
    for (const connection of [...this.connectionsByCid.values()]) connection.closeNow(reason);
    this.#early.clear();
    const nexus = this.nexus;
    const tasksGone = this.tasks.size === 0 ? undefined : new Promise<void>((resolve) => (this.#tasksGone = resolve));
    try {
      await nexus?.close();
    } catch (error) {
      const message = `the target did not close: ${error instanceof Error ? error.message : String(error)}`;
      this.#context.log({ kind: 'target-failed', message, initiatorName: this.initiator.initiatorName, targetName: this.targetName });
    }
    await tasksGone;
    this.#context.sessionEnded(this, reason);
  }
}
