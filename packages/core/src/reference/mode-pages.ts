import { type LogicalUnit } from '@scst/scsi';
import { MODE_PAGE, PAGE_CONTROLS, PAGE_SAVEABLE, type PageControl } from '../commands/mode-pages.js';
import { hexByte, markdownTable, writtenBy } from './markdown.js';

/** MODE SENSE (10) with DBD, of all pages (SPC-5 6.15). */
const ALL_PAGES = (control: PageControl): Uint8Array => Uint8Array.of(0x5a, 0x08, (PAGE_CONTROLS.indexOf(control) << 6) | MODE_PAGE.ALL, 0, 0, 0, 0, 4, 0, 0);

interface Page {
  readonly code: number;
  readonly saveable: boolean;
  readonly bytes: Uint8Array;
}

/**
 * The text of docs/reference/mode-pages.md: what devices of each kind answer to MODE SENSE when they have just been made.
 *
 * @param units By what they are called.
 */
export const modePagesDocument = async (units: ReadonlyMap<string, LogicalUnit>): Promise<string> => {
  const sections: string[] = [];
  for (const [name, unit] of units) {
    const [defaults, changeable] = [await pages(unit, 'default'), await pages(unit, 'changeable')];
    const rows = defaults.map(({ code, saveable, bytes }) => [
      `${hexByte(code)}h`,
      pageName(code),
      hexText(bytes),
      hexText(changeable.find((page) => page.code === code)?.bytes ?? new Uint8Array(0)),
      saveable ? 'yes' : '',
    ]);
    sections.push(`## ${name}\n\n${markdownTable(['page', 'name', 'default values', 'changeable bits', 'can be saved'], rows)}`);
  }
  return `# Mode pages

${writtenBy('the mode page table')}

What MODE SENSE answers, and which bits MODE SELECT changes, after PAGE CODE and PAGE LENGTH, in the profile \`scst\`.

${sections.join('\n\n')}
`;
};

const pages = async (unit: LogicalUnit, control: PageControl): Promise<Page[]> => {
  const { status, dataIn } = await unit.execute({ cdb: ALL_PAGES(control), dataIn: new Uint8Array(1024) });
  if (status !== 0) throw new Error(`MODE SENSE of ${unit.description} ended with status ${status}`);
  const found: Page[] = [];
  // The header has 8 bytes, and there are no block descriptors.
  for (let at = 8; at + 2 <= dataIn.length; at += 2 + (dataIn[at + 1] ?? 0)) {
    const first = dataIn[at] ?? 0;
    found.push({ code: first & 0x3f, saveable: (first & PAGE_SAVEABLE) !== 0, bytes: dataIn.subarray(at + 2, at + 2 + (dataIn[at + 1] ?? 0)) });
  }
  return found;
};

const pageName = (code: number): string => {
  const [name = 'UNKNOWN'] = Object.entries(MODE_PAGE).find(([, value]) => value === code) ?? [];
  return name.toLowerCase().replaceAll('_', ' ');
};

const hexText = (bytes: Uint8Array): string => `\`${[...bytes].map(hexByte).join(' ')}\``;
