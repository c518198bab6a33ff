import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { KINDS } from './cures.js';
import { errorTexts } from './error-texts.js';
import { errorsDocument } from './errors-document.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const texts = errorTexts(ROOT);

describe('docs/errors.md', () => {
  it('has every error text of the sources; `npm run docs:errors -w @scst/e2e` writes it anew', async () => {
    await expect(errorsDocument(texts)).toMatchFileSnapshot('../../../docs/errors.md');
  });

  it('has every code of a diagnostic', () => {
    const [, union = ''] = /export type DiagnosticCode =\n([^;]*);/u.exec(readFileSync(join(ROOT, 'packages/config/src/diagnostics.ts'), 'utf8')) ?? [];
    const codes = [...union.matchAll(/'([a-z0-9-]+)'/gu)].map(([, code]) => code);
    expect(codes.length).toBeGreaterThan(20);
    expect(Object.keys(KINDS['Diagnostic']?.cures ?? {}).sort()).toEqual(codes.sort());
  });

  it('is made of what the sources say', () => {
    expect(texts.find(({ text }) => text === '“…” is no interval')).toMatchObject({ kind: 'CliError', code: 'USAGE', place: 'apps/cli', hint: 'One is a number of seconds from … to ….' });
    expect(texts.filter(({ kind }) => kind === 'Explanation').length).toBeGreaterThan(50);
    expect(texts.filter(({ kind }) => kind === 'Diagnostic').length).toBeGreaterThan(20);
    expect(() => errorsDocument([{ kind: 'CliError', code: 'NEW', text: 'x', hint: undefined, place: 'apps/cli' }])).toThrow('has no cure');
    expect(() => errorsDocument([{ kind: 'NewError', code: 'NEW', text: 'x', hint: undefined, place: 'apps/cli' }])).toThrow('have no section');
  });
});
