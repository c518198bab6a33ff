import { SENSE_CONDITION, type SenseCondition } from '@scst/scsi';
import { IoCounters } from '../target/counters.js';
import type { DeviceServer } from './device-server.js';
import type { DeviceObject, LunObject, SessionObject } from './objects.js';
import { TaskSet } from './task-set.js';
import type { ScsiTask } from './task.js';
import { ASYNCHRONOUS_EVENTS, UnitAttentionQueue, unitAttentionSense } from './unit-attention.js';

/**
 * An I_T_L nexus (SAM-6 4.6): a session's view of one LUN. SCST calls it `tgt_dev`.
 *
 * A new one starts with POWER ON, RESET, OR BUS DEVICE RESET OCCURRED pending (SPEC 11).
 */
export class Nexus {
  readonly session: SessionObject;
  /** The mapping. The session may put an equal one in its place when it changes sets. */
  lun: LunObject;
  readonly unitAttentions = new UnitAttentionQueue();
  /** The task set of this nexus alone, used while TST is 1 (SAM-6 8.3). */
  readonly tasks = new TaskSet();
  /** Commands of this nexus that have not ended. */
  activeCommands = 0;
  /** What the nexus has done. SCST's tree shows this of sessions only. */
  readonly counters = new IoCounters();
  /** Commands that ended while latency was measured, and the microseconds they took together. */
  readonly measured = { commands: 0, microseconds: 0 };
  closed = false;

  constructor(session: SessionObject, lun: LunObject) {
    this.session = session;
    this.lun = lun;
    this.server.attach(this);
    this.raise(SENSE_CONDITION.POWER_ON_RESET_OR_BUS_DEVICE_RESET_OCCURRED);
  }

  get device(): DeviceObject {
    return this.lun.device;
  }

  get server(): DeviceServer {
    return this.lun.device.server;
  }

  /** Starts a command. `task.done` is called once, perhaps before this returns. */
  submit(task: ScsiTask): void {
    this.server.submit(this, task);
  }

  /**
   * Queues a unit attention. A condition that the target driver reports as an asynchronous event leaves none (SPEC 11).
   */
  raise(condition: SenseCondition): void {
    if (!this.session.target.aenDisabled && ASYNCHRONOUS_EVENTS.has(condition)) return;
    this.unitAttentions.push(unitAttentionSense(condition, this.server.senseFormat === 'descriptor'));
  }

  /** INQUIRY DATA HAS CHANGED: the LUN was replaced, or an identity attribute written. */
  raiseInquiryChanged(): void {
    this.raise(SENSE_CONDITION.INQUIRY_DATA_HAS_CHANGED);
  }

  /** Ends the nexus: its commands are aborted, its SPC-2 reservation dropped. Resolves when none is left. */
  async close(): Promise<void> {
    this.closed = true;
    await this.server.detach(this);
  }
}
