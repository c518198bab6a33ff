import { describe, expect, it } from 'vitest';
import type { IscsiEnvironment } from '../environment.js';
import { BusyPoll } from './busy-poll.js';

const PATIENCE = 0.05;

/** A clock and an event loop; each of its turns takes a microsecond. */
class Loop implements IscsiEnvironment {
  time = 1000;
  turns = 0;
  #deferred: (() => void)[] = [];

  now(): number {
    return this.time;
  }

  every(): () => void {
    throw new Error('not used');
  }

  defer(run: () => void): void {
    this.#deferred.push(run);
  }

  random(): Uint8Array {
    throw new Error('not used');
  }

  get isAwake(): boolean {
    return this.#deferred.length > 0;
  }

  /** Runs until so many milliseconds have gone by; asleep it takes no turns. */
  run(milliseconds: number): void {
    const end = this.time + milliseconds;
    while (this.time < end && this.isAwake) {
      this.time += 0.001;
      this.turns++;
      for (const run of this.#deferred.splice(0)) run();
    }
    this.time = Math.max(this.time, end);
  }
}

const setUp = (patience = PATIENCE): { loop: Loop; poll: BusyPoll; arrive: (gap: number) => void } => {
  const loop = new Loop();
  const poll = new BusyPoll(patience, loop);
  return {
    loop,
    poll,
    arrive: (gap) => {
      loop.run(gap);
      poll.arrived();
    },
  };
};

describe('busy polling', () => {
  it('keeps the loop awake for its patience after bytes came, and no longer', () => {
    const { loop, arrive } = setUp();
    arrive(1);
    expect(loop.isAwake).toBe(true);
    loop.run(PATIENCE / 2);
    expect(loop.isAwake).toBe(true);
    loop.run(PATIENCE);
    expect(loop.isAwake).toBe(false);
    expect(loop.turns).toBeLessThanOrEqual(51);
  });

  it('goes on as long as bytes come in time', () => {
    const { loop, arrive } = setUp();
    for (let count = 0; count < 100; count++) {
      arrive(PATIENCE * 0.9);
      expect(loop.isAwake).toBe(true);
    }
  });

  it('gives up where they do not, and begins again when they do', () => {
    const { loop, arrive } = setUp();
    for (let count = 0; count < 8; count++) arrive(5);
    loop.run(1);
    const { turns } = loop;
    for (let count = 0; count < 100; count++) arrive(5);
    expect(loop.turns).toBe(turns);
    arrive(PATIENCE * 2);
    expect(loop.isAwake).toBe(true);
  });

  it('does nothing with no patience', () => {
    const { loop, arrive } = setUp(0);
    for (let count = 0; count < 10; count++) arrive(0.01);
    expect(loop.isAwake).toBe(false);
  });
});
