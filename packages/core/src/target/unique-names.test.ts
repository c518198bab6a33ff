import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UniqueNames } from './unique-names.js';

describe('unique names', () => {
  it('get the first free suffix', () => {
    const names = new UniqueNames();
    expect(['s', 's', 's'].map((name) => names.take(name))).toEqual(['s', 's_1', 's_2']);
    names.give('s_1');
    expect(names.take('s')).toBe('s_1');
    names.give('s');
    expect(names.take('s')).toBe('s');
    expect(names.take('s_1')).toBe('s_1_1');
  });

  it('are what trying every suffix from 1 would give', () => {
    const step = fc.oneof(fc.record({ take: fc.constantFrom('a', 'a_1', 'b') }), fc.record({ give: fc.nat({ max: 9 }) }));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const names = new UniqueNames();
        const used: string[] = [];
        for (const each of steps) {
          if ('take' in each) {
            let expected: string = each.take;
            for (let suffix = 1; used.includes(expected); suffix += 1) expected = `${each.take}_${suffix}`;
            expect(names.take(each.take)).toBe(expected);
            used.push(expected);
          } else {
            for (const name of used.splice(each.give, 1)) names.give(name);
          }
        }
      }),
    );
  });
});
