import { setTimeout as sleep } from 'node:timers/promises';
import { toBytes } from '../bytes.js';
import { MAX_ATTRIBUTE_WRITE } from '../attribute/text.js';
import { errnoName } from '../errno.js';
import { SysfsError } from '../errors.js';
import { withExplanation } from '../explain/explain.js';
import { interrupted } from '../interrupt.js';
import { toByteString } from '../names.js';
import { joinPath } from '../paths.js';
import { placeOf } from '../subtree.js';
import type { OperationOptions, SysfsTree } from '../tree.js';
import { isQueuedWrite } from './queued.js';
import { CommandTextError } from './text-error.js';
import { takeTurn } from './turns.js';

/** Progress of a command that is taking long. */
export interface WaitingForCommand {
  readonly path: string;
  /** Milliseconds since the command was sent. */
  readonly elapsed: number;
}

export interface ManageOptions extends OperationOptions {
  /**
   * Milliseconds to wait for the outcome, from the call on. When they are over the call rejects with `EAGAIN`; a command that was
   * sent goes on in SCST. Default: no limit.
   */
  timeout?: number | undefined;
  /** Told each time the outcome was asked for and is not known yet. */
  onWaiting?: ((waiting: WaitingForCommand) => void) | undefined;
}

/** Milliseconds before the first look at the result; doubled up to the second. */
const FIRST_POLL = 5;
const LONGEST_POLL = 1000;

/**
 * Sends a management command and waits for its outcome (SPEC 1.5).
 *
 * SCST answers most commands with the write itself. A slow one it answers with `EAGAIN` after 15 s and goes on; then
 * `last_sysfs_mgmt_res` is asked, which fails with `EAGAIN` itself until SCST's work queue is empty and then holds the result of the
 * last command. That result belongs to the whole tree and not to the writer, so of several commands in that state only the last
 * one's outcome could ever be known. Commands through this function (and queued attributes through {@link writeAttribute}) hence
 * take turns per tree: the next is sent when the outcome of the one before is known. Nothing is lost by that, as SCST has a single
 * helper thread for them all. A caller that gives up (signal, timeout) ends its turn at once: SCST works in order, so the next
 * command's result still is the last one. What other processes send at the same time cannot be seen.
 *
 * `device_groups/mgmt`, which SCST carries out in place, takes no turn.
 *
 * @param tree The tree, or a {@link subtree} of it.
 * @param path The file: `targets/scst_local/mgmt`.
 * @param command Its text, best built by {@link mgmtCommand}.
 * @throws SysfsError with the errno of the command's own outcome, explained; `EINTR` when aborted, `EAGAIN` after the timeout.
 * @throws CommandTextError for a text that does not fit one write.
 */
export const manage = async (tree: SysfsTree, path: string, command: Uint8Array | string, options: ManageOptions = {}): Promise<void> => {
  const input = toBytes(command);
  if (input.length > MAX_ATTRIBUTE_WRITE) {
    throw new CommandTextError(`the text has ${input.length} bytes; one write takes ${MAX_ATTRIBUTE_WRITE}`, { text: path });
  }
  const place = placeOf(tree);
  const full = joinPath(place.path, path);
  if (!isQueuedWrite(full)) {
    await explained(tree.write(path, input, { signal: options.signal }), full);
    return;
  }
  const { signal, timeout, onWaiting } = options;
  const limit = timeout === undefined ? undefined : AbortSignal.timeout(timeout);
  const either = signal === undefined || limit === undefined ? (signal ?? limit) : AbortSignal.any([signal, limit]);
  const call = { operation: 'write', path, input };
  let sent = false;
  try {
    const endTurn = await takeTurn(place.tree, either);
    try {
      sent = true;
      await explained(writeAndWait(tree, place.tree, { ...call, signal: either, onWaiting }), full);
    } finally {
      endTurn();
    }
  } catch (error) {
    // An outcome that came together with the end of the waiting is still the outcome.
    if (error instanceof SysfsError && error.code !== 'EINTR') throw error;
    if (signal?.aborted === true) throw interrupted(signal, call);
    if (limit?.aborted === true) throw timedOut(call, timeout ?? 0, sent, error);
    throw error;
  }
};

interface Sending {
  operation: string;
  path: string;
  input: Uint8Array;
  signal: AbortSignal | undefined;
  onWaiting: ManageOptions['onWaiting'];
}

const writeAndWait = async (tree: SysfsTree, whole: SysfsTree, { operation, path, input, signal, onWaiting }: Sending): Promise<void> => {
  const start = performance.now();
  try {
    await tree.write(path, input, { signal });
    return;
  } catch (error) {
    if (!isAgain(error)) throw error;
  }
  for (let pause = FIRST_POLL; ; pause = Math.min(pause * 2, LONGEST_POLL)) {
    onWaiting?.({ path, elapsed: performance.now() - start });
    await sleep(pause, undefined, signal === undefined ? undefined : { signal });
    const result = await lastResult(whole, signal);
    if (result === 0) return;
    if (result !== undefined) {
      const errno = errnoName(result);
      throw new SysfsError({ operation, path, input, errno: errno ?? 'EIO', reason: errno === undefined ? `SCST answered ${result}` : undefined });
    }
  }
};

/**
 * The result of the last command of the tree's work queue: 0 or a negative errno number; `undefined` while one is unfinished.
 *
 * @param tree The whole tree.
 */
export const lastResult = async (tree: SysfsTree, signal?: AbortSignal): Promise<number | undefined> => {
  const path = 'last_sysfs_mgmt_res';
  try {
    const text = toByteString(await tree.read(path, { signal }));
    if (/^-?\d+\n?$/u.test(text)) return Number.parseInt(text, 10);
    throw new SysfsError({ operation: 'read', path, errno: 'EIO', reason: `${JSON.stringify(text)} is no result` });
  } catch (error) {
    if (isAgain(error)) return undefined;
    throw error;
  }
};

const isAgain = (error: unknown): boolean => error instanceof SysfsError && error.code === 'EAGAIN';

const explained = async <T>(work: Promise<T>, path: string): Promise<T> => {
  try {
    return await work;
  } catch (error) {
    throw error instanceof SysfsError ? withExplanation(error, path) : error;
  }
};

const timedOut = (call: { operation: string; path: string; input: Uint8Array }, timeout: number, sent: boolean, cause: unknown): SysfsError =>
  new SysfsError({
    ...call,
    errno: 'EAGAIN',
    cause,
    reason: sent ? `SCST has not finished the command after ${timeout} ms` : `commands before this one took ${timeout} ms; it was not sent`,
    hint: sent ? 'SCST goes on with it; last_sysfs_mgmt_res will hold its result.' : 'Nothing has changed; try again later.',
  });
