import type { Connection } from './connection/connection.js';
import type { Slab, SlabPool } from './connection/slab.js';
import type { IscsiEvent } from './engine.js';
import type { IscsiEnvironment } from './environment.js';
import type { IscsiTargetHost } from './host.js';
import type { Limits } from './limits.js';
import type { Session } from './session/session.js';
import type { IscsiTask } from './session/task.js';
import type { TaskOwner } from './session/task-owner.js';

/** What sessions and connections need of the engine they belong to. */
export interface EngineContext {
  readonly host: IscsiTargetHost;
  readonly limits: Limits;
  readonly environment: IscsiEnvironment;
  readonly pool: SlabPool;
  /** A slab of no bytes. */
  readonly nothing: Slab;
  log(event: IscsiEvent): void;
  /** An object for a new command. */
  takeTask(owner: TaskOwner): IscsiTask;
  /** Takes it back; nobody refers to it any more. */
  giveTask(task: IscsiTask): void;

  /** The session of a handle, if it goes on. */
  sessionOf(tsih: number): Session | undefined;
  /** The session that a login of these names takes the place of (RFC 7143 6.3.5). */
  sessionLike(names: SessionNames): Session | undefined;
  /** Runs logins of the same names one after the other. */
  inTurn<Result>(names: SessionNames, run: () => Promise<Result>): Promise<Result>;
  /** A handle that no session has. */
  freeTsih(): number;
  canOpenSession(): boolean;
  sessionOpened(session: Session): void;
  sessionEnded(session: Session, reason: string): void;
  connectionLoggedIn(connection: Connection): void;
  connectionEnded(connection: Connection): void;
  /** Ends all sessions of a target: what a cold reset asks for. */
  dropTarget(targetName: string): void;
}

export interface SessionNames {
  readonly initiatorName: string;
  readonly isid: string;
  readonly targetName: string;
}
