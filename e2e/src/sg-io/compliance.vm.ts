// SgDevice against the contract of LogicalUnit, on disks of scsi_debug, through sg and through bsg.
// @vm modules sg
import { SgDevice } from '@scst/sg-io';
import { logicalUnitCompliance } from '@scst/scsi/compliance';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { type DebugDevice, ScsiDebug } from '../vm/guest/scsi-debug.js';

/** The kernel's drivers count no residual for data-out as a rule, and scsi_debug is none that does. */
const without = ['data-out-residual'] as const;

for (const sector of [512, 4096]) {
  describe(`a disk of ${sector}-byte sectors`, () => {
    let driver: ScsiDebug;
    let device: DebugDevice;
    beforeAll(async () => {
      driver = await ScsiDebug.load({ sector_size: sector });
      device = await driver.device();
    });
    afterAll(async () => {
      await driver[Symbol.asyncDispose]();
    });

    describe('through sg', () => {
      for (const { name, run } of logicalUnitCompliance(() => SgDevice.open(device.sg), { without })) it(name, run);
    });
    describe('through bsg', () => {
      for (const { name, run } of logicalUnitCompliance(() => SgDevice.open(device.bsg), { without })) it(name, run);
    });
  });
}
