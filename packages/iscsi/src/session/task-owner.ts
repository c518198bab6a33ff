import type { IscsiTask } from './task.js';

/** Whom a task tells of itself: the connection it came on. */
export interface TaskOwner {
  /** It has its status. */
  taskDone(task: IscsiTask): void;
  /** It waited for memory, and there may be some. */
  memoryFreed(task: IscsiTask): void;
  /** Nobody waits for it any more: it is to be aborted. */
  abandon(task: IscsiTask): void;
}
