import { describe, expect, it } from 'vitest';
import { moduleOrder } from './module-order.js';
import { parseSuite, planBoots, selectSuites, SuiteError } from './suite.js';
import { kernelComplaint } from './verdict.js';

const HEAD = `// What it is about.
// @vm modules sg scsi_debug
// @vm modules /elsewhere/own.ko
// @vm programs sg_inq:sg3-utils fio
// @vm needs SCST_MODULES
// @vm timeout 30

import x from 'y';
// @vm nonsense after the head is of no interest
`;

describe('the head of a suite', () => {
  it('says what it wants', () => {
    expect(parseSuite('/e2e/src/iscsi/initiator.vm.ts', HEAD)).toEqual({
      name: 'initiator',
      file: '/e2e/src/iscsi/initiator.vm.ts',
      modules: ['sg', 'scsi_debug', '/elsewhere/own.ko'],
      programs: [{ program: 'sg_inq', debian: 'sg3-utils' }, { program: 'fio', debian: 'fio' }],
      needs: ['SCST_MODULES'],
      timeout: 30,
      memory: 1024,
      processors: 1,
      alone: false,
    });
  });

  it('is refused where it asks for something that does not exist', () => {
    expect(() => parseSuite('a.vm.ts', '// one\n// @vm module sg')).toThrow(new SuiteError('a.vm.ts', 2, 'there is no "@vm module"; there are modules, programs, needs, timeout, memory, processors and alone'));
    expect(() => parseSuite('a.vm.ts', '// @vm timeout soon')).toThrow('a.vm.ts:1: "@vm timeout" takes a number, not "soon"');
  });
});

describe('suites', () => {
  const [one, two, three] = ['/e2e/src/x/one.vm.ts', '/e2e/src/x/two.vm.mjs', '/e2e/src/y/three.vm.ts'].map((file) => parseSuite(file, file.includes('two') ? '// @vm alone' : ''));
  const all = [one!, two!, three!];

  it('are chosen by name or by a part of their path', () => {
    expect(selectSuites(all, [], '/e2e')).toEqual(all);
    expect(selectSuites(all, ['three', 'src/x/'], '/e2e')).toEqual([three, one, two]);
    expect(() => selectSuites(all, ['four'], '/e2e')).toThrow('there is no suite "four"; there are one, two, three');
  });

  it('share a boot, but for those that want one of their own', () => {
    expect(planBoots(all)).toEqual([[one, three], [two]]);
    expect(planBoots([two!])).toEqual([[two]]);
  });
});

describe('moduleOrder', () => {
  const dependencies = 'kernel/a.ko:\nkernel/b-b.ko: kernel/a.ko\nkernel/c.ko: kernel/b-b.ko kernel/a.ko\n';

  it('puts what a module needs before it, once', () => {
    expect(moduleOrder(dependencies, ['c', 'b_b'])).toEqual(['kernel/a.ko', 'kernel/b-b.ko', 'kernel/c.ko']);
  });

  it('leaves out what is part of the kernel', () => {
    expect(moduleOrder(dependencies, ['builtin', 'a'])).toEqual(['kernel/a.ko']);
  });
});

describe('kernelComplaint', () => {
  it('finds what a kernel says when something is wrong with it', () => {
    expect(kernelComplaint('[1] scsi host0: fine\n[2] sd 0:0:0:0: [sda] Warning: slow')).toBeUndefined();
    expect(kernelComplaint('[1] fine\n[2] WARNING: CPU: 0 PID: 1 at x.c:1 f+0x1\n[3] Call Trace:')).toBe('[2] WARNING: CPU: 0 PID: 1 at x.c:1 f+0x1\n[3] Call Trace:');
  });
});
