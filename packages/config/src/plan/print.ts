import { isRemoval, type Operation, type Plan } from './operation.js';

export interface PrintPlanOptions {
  /** How a line that adds, changes or removes is coloured. Default: not at all. */
  colour?: ((kind: 'add' | 'change' | 'remove' | 'held', text: string) => string) | undefined;
}

/**
 * A plan as a person reads it: in the order in which it is run, under the part it is about, `+` for what comes, `-` for what goes,
 * `~` for what changes.
 */
export const printPlan = ({ operations, blocked, ignored }: Plan, { colour = (_, text) => text }: PrintPlanOptions = {}): string => {
  const lines: string[] = [];
  let heading = '';
  for (const operation of operations) {
    const next = headingOf(operation);
    if (next !== heading && next !== '') lines.push(next);
    heading = next;
    const [kind, text] = describe(operation);
    lines.push(colour(kind, `${next === '' ? '' : '  '}${text}`));
  }
  if (operations.length === 0) lines.push('Nothing to do.');
  if (blocked.length > 0) {
    lines.push('', 'Held back:');
    for (const { operation, reason, hint } of blocked) lines.push(colour('held', `! ${operation.subject}: ${sign(operation)} ${operation.summary}: ${reason}${hint === undefined ? '' : ` (${hint})`}`));
  }
  if (ignored.length > 0) {
    lines.push('', 'Ignored:');
    for (const { subject: where, attribute, reason } of ignored) lines.push(`? ${where}: ${attribute}: ${reason}`);
  }
  return `${lines.join('\n')}\n`;
};

/** Kinds whose summary is about the subject itself; that of the others names the last part of the subject. */
const ABOUT_SUBJECT: ReadonlySet<Operation['kind']> = new Set(['set-attribute', 'add-dynamic-attribute', 'remove-dynamic-attribute', 'set-transport-id', 'load-module']);

/** What stands above the lines of operations. */
const headingOf = ({ kind, subject }: Operation): string => (ABOUT_SUBJECT.has(kind) ? subject : subject.slice(0, Math.max(0, subject.lastIndexOf(' / '))));

const sign = (operation: Operation): '+' | '-' | '~' => {
  if (isRemoval(operation)) return '-';
  return operation.before === undefined ? '+' : '~';
};

const describe = (operation: Operation): ['add' | 'change' | 'remove', string] => {
  const { before, after, summary } = operation;
  switch (sign(operation)) {
    case '-':
      return ['remove', `- ${summary}`];
    case '+':
      return ['add', `+ ${summary}`];
    case '~':
      return ['change', `~ ${summary}   (was ${before ?? 'unset'}${after === undefined || summary.endsWith(after) ? '' : `, becomes ${after}`})`];
  }
};
