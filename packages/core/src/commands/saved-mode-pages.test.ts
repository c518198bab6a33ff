import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ControlParameters, DEFAULT_CONTROL } from './mode-parameters.js';
import { savedPagesFile } from './saved-mode-pages.js';

const control: fc.Arbitrary<ControlParameters> = fc.record({
  tmfOnly: fc.boolean(),
  dpicz: fc.boolean(),
  descriptorSense: fc.boolean(),
  queueAlgorithm: fc.constantFrom(0, 1),
  queueError: fc.constantFrom(0, 1, 3),
  softwareWriteProtect: fc.boolean(),
  reportsAborted: fc.boolean(),
});
/** Names as the tree takes them: bytes without white space. */
const name = fc.string({ unit: fc.constantFrom('d', '1', '-', '\xe9', '=', '.'), minLength: 1, maxLength: 12 });

describe('the file of saved mode pages', () => {
  it('gives back what was saved, and is not there where everything is as usual', () => {
    fc.assert(
      fc.property(name, control, fc.boolean(), (device, given, writeThrough) => {
        const file = savedPagesFile.encode(device, { control: given, writeThrough }, DEFAULT_CONTROL);
        const pages = file === null ? { control: {} } : savedPagesFile.decode(device, file);
        expect({ ...DEFAULT_CONTROL, ...pages.control }).toEqual(given);
        expect(pages.writeThrough ?? false).toBe(writeThrough);
        if (file !== null) expect(savedPagesFile.decode(`${device}x`, file)).toEqual({ control: {} });
      }),
    );
  });

  it('of any bytes is understood or passed over, and gives no value that a page cannot have', () => {
    const line = fc.tuple(fc.constantFrom('TAS', 'QERR', 'qerr', 'SWP', 'WRITE_THROUGH', 'QUEUE_ALG', 'x'), fc.constantFrom('=', '==', ' ', ''), fc.constantFrom('0', '1', '2', '3', '4', '-1', '01', '', '1e0', '99999999999999999999'));
    const text = fc.array(fc.oneof(line.map((parts) => parts.join('')), fc.string({ maxLength: 8 })), { maxLength: 8 }).map((lines) => ['d', ...lines].join('\n'));
    fc.assert(
      fc.property(fc.oneof(text.map((each) => Buffer.from(each, 'latin1')), fc.uint8Array({ maxLength: 80 })), (file) => {
        const { control: pages, writeThrough } = savedPagesFile.decode('d', file);
        expect([undefined, 0, 1, 3]).toContain(pages.queueError);
        expect([undefined, 0, 1]).toContain(pages.queueAlgorithm);
        for (const flag of [pages.reportsAborted, pages.softwareWriteProtect, writeThrough]) expect([undefined, true, false]).toContain(flag);
      }),
    );
  });
});
