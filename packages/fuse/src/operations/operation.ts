import type { Request } from '../protocol/message.js';
import type { ServedTree } from '../served/served-tree.js';

/** What a request is answered with. */
export interface Answer {
  readonly body: Uint8Array;
  /** Undoes what the kernel would have to take back, when it no longer wanted the answer. */
  undelivered?(): void;
}

/** What one kind of request does. Errors that carry an errno are answered with it, all others with `EIO`. */
export interface Operation {
  /**
   * Reads and writes: they may take as long as the tree likes, count against the bound on transfers, and end at once when the
   * program is interrupted. Others are expected to be quick, and a signal does not make them fail (open(2) and stat(2) of sysfs
   * are not interruptible either) unless they hang.
   */
  readonly transfer: boolean;
  run(served: ServedTree, request: Request, signal: AbortSignal): Promise<Answer>;
}

export const EMPTY: Answer = { body: new Uint8Array() };
