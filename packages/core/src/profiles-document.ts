import { COPY_RULE_DIFFERENCES, COPY_RULES } from './commands/copy/copy-rules.js';
import type { CommandRow } from './commands/command.js';
import { COMMAND_ROWS } from './commands/table.js';
import { PROFILE_RULE_DIFFERENCES, PROFILE_RULES } from './nexus/profile-rules.js';
import { CONTROL_RULE_DIFFERENCES, CONTROL_RULES, type Difference, type Explained, type Profile, PROFILES } from './profile.js';
import { RESERVATION_RULE_DIFFERENCES, RESERVATION_RULES } from './reservations/reservation-rules.js';

const INTRODUCTION = `# Profiles

<!-- Written by \`npm run docs:profiles\` from the tables of packages/core; do not edit. -->

A profile says whose behaviour the core shows. \`recorded\` is SCST 3.11.0-pre bug for bug, \`scst\` (the default) is the same without
the defects that break what SCST's own documentation promises, and \`t10\` is what SPC-5, SBC-4 and SAM-6 ask. The code is the same for
all; this page lists every value in which their tables differ.`;

/** The text of docs/profiles.md: every difference between the profiles, with its reason, read off the tables that make it. */
export function profilesDocument(): string {
  const sections = [
    rulesSection('Control plane', CONTROL_RULES, CONTROL_RULE_DIFFERENCES),
    rulesSection('Commands', PROFILE_RULES, PROFILE_RULE_DIFFERENCES),
    rulesSection('Persistent reservations', RESERVATION_RULES, RESERVATION_RULE_DIFFERENCES),
    rulesSection('Copies', COPY_RULES, COPY_RULE_DIFFERENCES),
    rowsSection(),
  ];
  return `${[INTRODUCTION, ...sections].join('\n\n')}\n`;
}

function rulesSection<Rules extends object>(title: string, rules: Readonly<Record<Profile, Rules>>, differences: Explained<Rules>): string {
  const lines: string[] = [];
  for (const name of Object.keys(differences) as (keyof Rules & string)[]) {
    const values = PROFILES.map((profile) => shown(rules[profile][name]));
    lines.push(line([`\`${name}\``, ...values, ...explained(differences[name])]));
  }
  return table(title, ['rule', ...PROFILES, 'why', 'clause'], lines);
}

function rowsSection(): string {
  const rows = COMMAND_ROWS.filter((row) => row.only !== undefined && row.name !== 'SANITIZE').sort((a, b) => a.opcode - b.opcode);
  const lines = rows.map((row) => line([code(row), row.name, (row.only?.profiles ?? []).map((profile) => `\`${profile}\``).join(', '), ...explained(row.only)]));
  return table('Commands of some profiles', ['code', 'command', 'profiles', 'why', 'clause'], lines);
}

function code({ opcode, serviceAction }: CommandRow): string {
  return serviceAction === undefined ? `${hex(opcode)}h` : `${hex(opcode)}h/${hex(serviceAction)}h`;
}

const hex = (value: number): string => value.toString(16).toUpperCase().padStart(2, '0');

function explained(difference: Difference | undefined): readonly [string, string] {
  return [difference?.why ?? '', difference?.clause ?? ''];
}

function table(title: string, heads: readonly string[], lines: readonly string[]): string {
  return [`## ${title}`, '', line(heads), line(heads.map(() => '---')), ...lines].join('\n');
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** A rule's value in words: sense conditions as key/code/qualifier, objects by their fields. */
function shown(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (value === Infinity) return 'no limit';
  if (typeof value !== 'object' || value === null) return String(value);
  if ('senseKey' in value && 'additionalSenseCode' in value && 'additionalSenseCodeQualifier' in value) {
    return [value.senseKey, value.additionalSenseCode, value.additionalSenseCodeQualifier].map((part) => hex(Number(part))).join('/');
  }
  return Object.entries(value)
    .map(([name, part]) => `${name} ${shown(part)}`)
    .join(', ');
}
