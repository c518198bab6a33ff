import type { TaskAttribute } from '@scst/scsi';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findCommand } from '../commands/table.js';
import { ActiveCommand } from './active-command.js';
import { Fixture, hex } from './fixture.js';
import { TaskSet } from './task-set.js';

const nexus = new Fixture().nexus();

function command(attribute: TaskAttribute): ActiveCommand {
  const cdb = hex('28 00 00 00 00 00 00 00 01 00');
  const made = new ActiveCommand(
    { cdb, dataIn: null, dataOut: null, attribute, status: 0, sense: cdb, residual: 0, aborted: false, done: () => undefined },
    nexus,
    findCommand('disk', 'scst', cdb),
  );
  made.attribute = attribute;
  return made;
}

/** A task set driven by hand: who is running, and what may be ended. */
class Driver {
  readonly tasks = new TaskSet();
  readonly running: ActiveCommand[] = [];
  readonly order: ActiveCommand[] = [];

  arrive(attribute: TaskAttribute): ActiveCommand {
    const made = command(attribute);
    this.order.push(made);
    if (this.tasks.add(made)) this.running.push(made);
    return made;
  }

  end(made: ActiveCommand): void {
    this.running.splice(this.running.indexOf(made), 1);
    this.order.splice(this.order.indexOf(made), 1);
    this.tasks.remove(made, (next) => this.running.push(next));
  }
}

describe('TaskSet', () => {
  it('runs SIMPLE commands side by side', () => {
    const driver = new Driver();
    driver.arrive('simple');
    driver.arrive('simple');
    expect(driver.running).toHaveLength(2);
  });

  it('starts an ORDERED command after all older ones, and newer ones after it', () => {
    const driver = new Driver();
    const first = driver.arrive('simple');
    const ordered = driver.arrive('ordered');
    const last = driver.arrive('simple');
    expect(driver.running).toEqual([first]);
    driver.end(first);
    expect(driver.running).toEqual([ordered]);
    driver.end(ordered);
    expect(driver.running).toEqual([last]);
  });

  it('starts a HEAD OF QUEUE command at once, before those that wait', () => {
    const driver = new Driver();
    const running = driver.arrive('simple');
    const ordered = driver.arrive('ordered');
    const head = driver.arrive('head-of-queue');
    expect(driver.running).toEqual([running, head]);
    driver.end(running);
    expect(driver.running).toEqual([head]);
    driver.end(head);
    expect(driver.running).toEqual([ordered]);
  });

  it('keeps the order of SAM-6 8.6 whatever arrives and ends', () => {
    const attributes = fc.constantFrom<TaskAttribute>('simple', 'simple', 'ordered', 'head-of-queue');
    fc.assert(
      fc.property(fc.array(fc.oneof(attributes, fc.nat({ max: 7 })), { maxLength: 60 }), (events) => {
        const driver = new Driver();
        for (const event of events) {
          if (typeof event === 'string') driver.arrive(event);
          else if (driver.running.length > 0) driver.end(driver.running[event % driver.running.length]!);
          for (const made of driver.order) {
            const older = driver.order.slice(0, driver.order.indexOf(made));
            const heads = driver.order.filter((other) => other.attribute === 'head-of-queue');
            const isRunning = driver.running.includes(made);
            if (made.attribute === 'head-of-queue') expect(isRunning).toBe(true);
            if (made.attribute === 'ordered' && isRunning) expect(older.filter((other) => other.attribute !== 'head-of-queue')).toEqual([]);
            if (made.attribute === 'simple' && isRunning) expect(older.some((other) => other.attribute === 'ordered')).toBe(false);
            // Nothing waits without a reason.
            if (!isRunning) expect(heads.length > 0 || older.length > 0).toBe(true);
          }
        }
        while (driver.running.length > 0) driver.end(driver.running[0]!);
        expect(driver.order).toEqual([]);
        expect(driver.tasks.isEmpty).toBe(true);
      }),
    );
  });
});
