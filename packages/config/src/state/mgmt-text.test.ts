import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseMgmtText } from './mgmt-text.js';

const name = fc.stringMatching(/^[a-z][a-z0-9_]{0,15}$/);
const names = fc.uniqueArray(name, { minLength: 1, maxLength: 6 });

describe('what a mgmt file says can be given', () => {
  it('is read out of its text, in whichever order the lists stand', () => {
    fc.assert(
      fc.property(names, names, names, fc.boolean(), (parameters, driver, target, reversed) => {
        const lines = [
          'Usage: echo "add_device device_name [parameters]" >mgmt',
          `The following parameters available: ${parameters.join(', ')}.`,
          `The following target driver attributes available: ${driver.join(', ')}`,
          `The following target attributes available: ${target.join(', ')}\n`,
        ];
        const facts = parseMgmtText((reversed ? lines.reverse() : lines).join('\n'));
        expect([...facts.parameters]).toEqual(parameters);
        expect([...facts.driverAttributes]).toEqual(driver);
        expect([...facts.targetAttributes]).toEqual(target);
      }),
    );
  });

  it('is nothing where the text has no such list, whatever else it has', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }).filter((text) => !text.includes('The following')), (text) => {
        const facts = parseMgmtText(text);
        expect([...facts.parameters, ...facts.driverAttributes, ...facts.targetAttributes]).toEqual([]);
      }),
    );
  });
});
