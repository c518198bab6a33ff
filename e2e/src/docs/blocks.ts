/** A block of shell commands of a page. */
export interface ShellBlock {
  /** Line of its opening fence, from 1. */
  readonly line: number;
  readonly commands: string;
  /** Programs, or `kernel`, without which it cannot run: ```` ```sh needs=prometheus,curl ````. */
  readonly needs: readonly string[];
  /** What the page says it prints: the block of text that follows. `…` stands for anything, within a line or for whole lines. */
  readonly output: string | undefined;
}

/** The shell blocks of a page, in order. Throws for a fence that is not closed. */
export const shellBlocks = (page: string): ShellBlock[] => {
  const blocks: { line: number; info: string; text: string }[] = [];
  const lines = page.split('\n');
  for (let at = 0; at < lines.length; at++) {
    const info = /^```(.*)$/u.exec(lines[at] ?? '')?.[1];
    if (info === undefined) continue;
    const end = lines.indexOf('```', at + 1);
    if (end < 0) throw new Error(`the fence of line ${at + 1} is not closed`);
    blocks.push({ line: at + 1, info, text: lines.slice(at + 1, end).join('\n') });
    at = end;
  }
  return blocks.flatMap(({ line, info, text }, index) => {
    const [language, ...words] = info.split(' ');
    if (language !== 'sh') return [];
    const needs = words.flatMap((word) => /^needs=(.+)$/u.exec(word)?.[1]?.split(',') ?? []);
    const next = blocks[index + 1];
    return [{ line, commands: text, needs, output: next?.info === 'text' ? next.text : undefined }];
  });
};

/** Whether an output is what a page says. Blanks at line ends are of no meaning. */
export const matchesOutput = (actual: string, expected: string): boolean => {
  const escaped = tidy(expected)
    .split('…')
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/gu, String.raw`\$&`))
    .join('[^]*?');
  return new RegExp(`^${escaped}$`, 'u').test(tidy(actual));
};

const tidy = (text: string): string => text.split('\n').map((line) => line.trimEnd()).join('\n').trim();
