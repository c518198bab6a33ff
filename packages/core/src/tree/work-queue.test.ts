import { describe, expect, it } from 'vitest';
import { ScstError } from '../errors.js';
import { HandClock } from '../hand-clock.js';
import { Mutex } from '../mutex.js';
import { Queued, Waiting, WorkQueue } from './work-queue.js';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const setUp = (): { queue: WorkQueue; lock: Mutex; clock: HandClock } => {
  const [lock, clock] = [new Mutex(), new HandClock()];
  return { lock, clock, queue: new WorkQueue(lock, clock) };
};

/** A promise and its end. */
const held = (): { promise: Promise<void>; release: () => void } => {
  let release: () => void = () => undefined;
  const promise = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { promise, release };
};

const outcome = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'ok',
    (error: unknown) => (error instanceof ScstError ? error.code : String(error)),
  );

const result = (queue: WorkQueue): number | string => {
  try {
    return queue.lastResult;
  } catch (error) {
    return error instanceof ScstError ? error.code : String(error);
  }
};

describe('the work queue (SPEC sysfs 1.5)', () => {
  it('keeps the result of the last write, not of reads', async () => {
    const { queue, clock } = setUp();
    expect(result(queue)).toBe(0);
    const failing = queue.write(
      new Queued(() => {
        throw new ScstError('EEXIST', 'there is one');
      }),
    );
    expect(await outcome(failing)).toBe('EEXIST');
    expect(result(queue)).toBe(-17);
    expect(await queue.read(() => 'text')).toBe('text');
    expect(result(queue)).toBe(-17);
    await queue.write(new Queued(() => undefined));
    expect(result(queue)).toBe(0);
    expect(clock.pending).toBe(0);
  });

  it('tells EAGAIN after 15 s while the lock is held, and goes on', async () => {
    const { queue, clock } = setUp();
    const work = held();
    const slow = outcome(queue.write(new Queued(() => work.promise)));
    const behind = outcome(queue.write(new Queued(() => undefined)));
    await clock.move(14_999);
    expect(result(queue)).toBe('EAGAIN');
    await clock.move(1);
    expect(await Promise.all([slow, behind])).toEqual(['EAGAIN', 'EAGAIN']);
    expect(result(queue)).toBe('EAGAIN');
    work.release();
    await turn();
    expect(result(queue)).toBe(0);
  });

  it('waits on, in steps of 5 s, while the lock is free', async () => {
    const { queue, clock, lock } = setUp();
    const work = held();
    let done = false;
    const waiting = outcome(queue.write(new Queued(() => new Waiting(work.promise)))).then((text) => {
      done = true;
      return text;
    });
    await turn();
    await clock.move(15_000);
    await clock.move(4_999);
    expect(done).toBe(false);
    const other = held();
    void lock.run(() => other.promise);
    await clock.move(1);
    expect(await waiting).toBe('EAGAIN');
    other.release();
    work.release();
    await turn();
    expect(result(queue)).toBe(0);
  });

  it('tells the work when nobody waits any more', async () => {
    const { queue, clock } = setUp();
    let abandoned = false;
    const slow = outcome(
      queue.write(
        new Queued(async (context) => {
          await context.abandoned;
          abandoned = true;
        }),
      ),
    );
    await clock.move(15_000);
    expect(await slow).toBe('EAGAIN');
    await turn();
    expect(abandoned).toBe(true);
  });

  it('cleans up after a failure with the lock let go, and lets others go first', async () => {
    const { queue, lock } = setUp();
    const order: string[] = [];
    const failing = queue.write(
      new Queued((context) => {
        context.cleanUp(() => {
          order.push(`cleaned, lock held: ${String(lock.locked)}`);
          return Promise.resolve();
        });
        throw new ScstError('EINVAL', 'no');
      }),
    );
    const next = queue.write(new Queued(() => void order.push('next')));
    expect(await Promise.all([outcome(failing), outcome(next)])).toEqual(['EINVAL', 'ok']);
    expect(order).toEqual(['next', 'cleaned, lock held: false']);
    expect(result(queue)).toBe(-22);
  });
});
