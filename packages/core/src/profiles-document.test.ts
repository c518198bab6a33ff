import { describe, expect, it } from 'vitest';
import { COMMAND_ROWS } from './commands/table.js';
import { profilesDocument } from './profiles-document.js';

describe('docs/profiles.md', () => {
  it('says what the tables say; `npm run docs:profiles` writes it anew', async () => {
    await expect(profilesDocument()).toMatchFileSnapshot('../../../docs/profiles.md');
  });

  it('gives each difference a reason and a clause, in one line of its table', () => {
    for (const line of profilesDocument().split('\n').filter((each) => each.startsWith('|'))) {
      const cells = line.split(' | ');
      expect(cells.length === 6 || cells.length === 5).toBe(true);
      expect(cells.every((cell) => cell.replaceAll('|', '').trim() !== '')).toBe(true);
    }
    for (const row of COMMAND_ROWS) if (row.only !== undefined) expect(profilesDocument()).toContain(row.only.why);
  });
});
