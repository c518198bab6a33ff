import { type Operation, type Phase } from '../plan/operation.js';

/** How far an apply is. */
export interface ApplyProgress {
  readonly phase: Phase;
  /** Operations ended, whatever their outcome. */
  readonly done: number;
  readonly total: number;
  /** The operation that ended just now. */
  readonly operation: Operation;
}

export type OnProgress = (progress: ApplyProgress) => void;
