import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PersistentReservations } from './persistent-reservations.js';
import { anyState } from './state.arbitrary.js';
import { applyStateText, stateText } from './state-text.js';

const TID = '060000005feede401fade050000000000000000000000000';

/** The text after writing one text after the other; a refused one shows as its errno. */
function after(...texts: string[]): string {
  const state = new PersistentReservations();
  const errors: string[] = [];
  for (const text of texts) {
    try {
      applyStateText(state, text);
    } catch (error) {
      errors.push((error as { code: string }).code);
    }
  }
  return errors.join(' ') + stateText(state.state());
}

it('any state comes back from its text', () => {
  fc.assert(
    fc.property(anyState({ generation: true }), (saved) => {
      const state = new PersistentReservations();
      state.restore(saved);
      state.generation = saved.generation;
      const text = stateText(state.state());
      const other = new PersistentReservations();
      applyStateText(other, text);
      expect(stateText(other.state())).toBe(text);
      expect(other.state().reservation).toEqual(saved.reservation);
    }),
  );
});

describe('as the kernel reads it', () => {
  it('the first line is the version, or nothing changes', () => {
    const before = 'version 1\ngeneration 5\n';
    for (const text of ['version 2\n', 'x\n', '\n', 'generation 1\n', ' version 1\n', 'version\n']) expect(after(before, text)).toBe(`EINVAL${before}`);
    expect(after(before, 'version 1')).toBe('version 1\ngeneration 0\n');
    expect(after('version1 and more\ngeneration \t7 and more\n')).toBe('version 1\ngeneration 7\n');
  });
  it('registrants and reservation', () => {
    const text = `version 1\ngeneration 7\nreservation 01 00\nregistrant 1 0000000000001234 1 24 ${TID}\nregistrant 2 00000000000000ff 0 24 ${TID}\n`;
    expect(after(text)).toBe(text);
    expect(after(`version 1\n\nreservation 7 0\nregistrant 65537 0xABC 0 24 ${TID.toUpperCase()}\n`)).toBe(
      `version 1\ngeneration 0\nreservation 07 00\nregistrant 1 0000000000000abc 1 24 ${TID}\n`,
    );
  });
  it('lines that it does not know are skipped', () => {
    expect(after('version 1\nbogus\nregistrant x\nregistrant 1 2 3\nreservation 03\ngeneration 3\n')).toBe('version 1\ngeneration 3\n');
  });
  it('a bad registrant leaves what stood before it, and the generation as it was', () => {
    const first = `registrant 1 0000000000000001 0 24 ${TID}\n`;
    for (const bad of ['1 12 0 0 ', '1 12 0 513 00', '1 12 0 24 0600', '1 12 0 4 zz000000']) {
      expect(after('version 1\ngeneration 9\n', `version 1\ngeneration 4\n${first}registrant ${bad}\n`)).toBe(`EINVALversion 1\ngeneration 9\n${first}`);
    }
    expect(after(`version 1\n${first}${first}`)).toBe(`ENOMEMversion 1\ngeneration 0\n${first}`);
  });
  it('a reservation that one holds needs a holder; one that all hold needs nobody', () => {
    expect(after(`version 1\ngeneration 4\nreservation 03 00\nregistrant 1 1 0 24 ${TID}\n`)).toBe(
      `EINVALversion 1\ngeneration 4\nregistrant 1 0000000000000001 0 24 ${TID}\n`,
    );
    expect(after('version 1\nreservation 08 00\n')).toBe('version 1\ngeneration 0\nreservation 08 00\n');
  });
  it('a TransportID is as long as it says, not as long as the line says', () => {
    expect(after('version 1\nregistrant 1 1 0 2 0601\n')).toBe(`version 1\ngeneration 0\nregistrant 1 0000000000000001 0 24 0601${'00'.repeat(22)}\n`);
  });
});
