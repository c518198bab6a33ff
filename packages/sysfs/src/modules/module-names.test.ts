import { describe, expect, it } from 'vitest';
import { driverModule, handlerModule } from './module-names.js';

describe('the module', () => {
  it.each([
    ['vdisk_fileio', 'scst_vdisk'],
    ['vcdrom', 'scst_vdisk'],
    ['dev_disk', 'scst_disk'],
    ['dev_tape_perf', 'scst_tape'],
    ['somebodys_own', undefined],
  ])('of the handler %s is %s', (handler, module) => {
    expect(handlerModule(handler)).toBe(module);
  });

  it.each([
    ['scst_local', 'scst_local'],
    ['iscsi', 'iscsi_scst'],
    ['qla2x00t', 'qla2x00tgt'],
    ['copy_manager', 'scst'],
  ])('of the target driver %s is %s', (driver, module) => {
    expect(driverModule(driver)).toBe(module);
  });
});
