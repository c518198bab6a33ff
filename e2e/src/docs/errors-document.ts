import { KINDS } from './cures.js';
import { type ErrorText } from './error-texts.js';

/** docs/errors.md. Throws for an error whose class or code has no cure. */
export const errorsDocument = (texts: readonly ErrorText[]): string => {
  const byKind = new Map<string, ErrorText[]>();
  for (const text of texts) byKind.set(text.kind, [...(byKind.get(text.kind) ?? []), text]);
  for (const kind of byKind.keys()) if (KINDS[kind] === undefined) throw new Error(`errors of the class ${kind} have no section in e2e/src/docs/cures.ts`);
  const sections = Object.entries(KINDS).flatMap(([kind, { title, about, cures }]) => {
    const found = byKind.get(kind) ?? [];
    if (found.length === 0) return [];
    // Some diagnostics are put together in several places: their codes are told all the same.
    const codes = kind === 'Diagnostic' ? Object.keys(cures) : [...new Set(found.map(({ code }) => code))].sort();
    const rows = codes.map((code) => {
      const known = cures[code];
      if (known === undefined) throw new Error(`${kind} of the code ${code} has no cure in e2e/src/docs/cures.ts: ${found.find((one) => one.code === code)?.text ?? ''}`);
      return `| \`${code}\` | ${cell(known.cause)} | ${cell(known.cure)} |`;
    });
    const lines = new Map(found.map(({ code, text, hint }) => [`${code}\0${text}`, `| ${cell(text)} | \`${code}\` | ${hint === undefined ? 'as for the code' : cell(hint)} |`]));
    return ['', `## ${title}`, '', about, '', '| code | cause | cure |', '|---|---|---|', ...rows, '', '| text | code | what to do |', '|---|---|---|', ...[...lines].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, line]) => line)];
  });
  return `${HEAD.join('\n')}\n${sections.join('\n')}\n`;
};

const HEAD = [
  '# Every error, its cause and its cure',
  '',
  'Made of the sources by `npm run docs:errors -w @scst/e2e`; `…` stands for what is put in. Errors are classes with a `code`; `scst-local --json` prints it. Where a text has a',
  'remedy of its own, it is printed with the error; else the code’s applies.',
];

const cell = (text: string): string => text.replaceAll(/\s+/gu, ' ').replaceAll('|', String.raw`\|`).replaceAll('<', '&lt;').trim();
