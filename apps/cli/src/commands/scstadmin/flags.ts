import { CliError } from '../../errors.js';

/** Flags that say what an operation is about. */
export type Qualifier = 'driver' | 'target' | 'group' | 'to' | 'device' | 'handler' | 'dev_group' | 'tgt_group' | 'attributes';

/** Flags that stand alone and change how an operation is carried out. */
export type Switch = 'force' | 'noprompt' | 'cont_on_err' | 'nonkey' | 'no_lip' | 'h' | 'help';

const QUALIFIERS: readonly Qualifier[] = ['driver', 'target', 'group', 'to', 'device', 'handler', 'dev_group', 'tgt_group', 'attributes'];
const SWITCHES: readonly Switch[] = ['force', 'noprompt', 'cont_on_err', 'nonkey', 'no_lip', 'h', 'help'];

/** Flags of scstadmin that mean nothing here, and why. */
const UNSUPPORTED: Readonly<Record<string, string>> = {
  issue_lip: 'there is no Fibre Channel loop to initialise; write to the target’s own attribute with “scst-local set”',
  lip: 'there is no Fibre Channel loop to initialise',
  list_init_attr: 'initiators have no attributes',
  set_init_attr: 'initiators have no attributes',
  debug: '“scst-local config plan” shows what would be done',
  dumpAttrs: '“scst-local tree --all” and “scst-local status” show what there is',
};

/** Whether a flag takes a value: never, always, or only when the next word is no flag. */
export type ValueRule = 'none' | 'required' | 'optional';

/** What a command line of scstadmin says. */
export interface Call {
  /** The operations asked for, with their values; an empty text where none was given. */
  readonly operations: ReadonlyMap<string, string>;
  readonly qualifiers: ReadonlyMap<Qualifier, string>;
  readonly switches: ReadonlySet<Switch>;
}

/** A command line scstadmin would refuse too; the exit status is 1, as there. */
export const refuse = (message: string, hint?: string): CliError => new CliError('REFUSED', message, { hint });

type Known = { readonly name: string; readonly rule: ValueRule } & ({ readonly type: 'operation' } | { readonly type: 'unsupported' } | { readonly type: 'qualifier'; readonly qualifier: Qualifier } | { readonly type: 'switch'; readonly flag: Switch });

const knownFlags = (operations: ReadonlyMap<string, ValueRule>): Known[] => [
  ...[...operations].map(([name, rule]): Known => ({ name, rule, type: 'operation' })),
  ...QUALIFIERS.map((qualifier): Known => ({ name: qualifier, rule: 'required', type: 'qualifier', qualifier })),
  ...SWITCHES.map((flag): Known => ({ name: flag, rule: 'none', type: 'switch', flag })),
  ...Object.keys(UNSUPPORTED).map((name): Known => ({ name, rule: 'none', type: 'unsupported' })),
];

/** Finds a flag by its name or an abbreviation that fits only one, in any case, as Getopt::Long does. */
const findFlag = (known: readonly Known[], word: string): Known => {
  const wanted = word.toLowerCase();
  const exact = known.find(({ name }) => name.toLowerCase() === wanted);
  if (exact !== undefined) return exact;
  const [match, ...others] = wanted === '' ? [] : known.filter(({ name }) => name.toLowerCase().startsWith(wanted));
  if (match === undefined) throw refuse(`scstadmin has no flag -${word}`, '“scst-local scstadmin -help” lists them.');
  if (others.length > 0) throw refuse(`-${word} could be ${[match, ...others].map(({ name }) => `-${name}`).join(', ')}`);
  return match;
};

/**
 * Reads scstadmin's flags: one dash or two, the value as the next word or after `=`.
 *
 * @param operations The operations there are, and which take a value.
 * @throws CliError (exit status 1) that names the flag that is unknown, unsupported, or lacks its value.
 */
export const parseFlags = (words: readonly string[], operations: ReadonlyMap<string, ValueRule>): Call => {
  const known = knownFlags(operations);
  const call = { operations: new Map<string, string>(), qualifiers: new Map<Qualifier, string>(), switches: new Set<Switch>() };
  for (let at = 0; at < words.length; at++) {
    const parts = /^--?([A-Za-z_]\w*)(?:=(.*))?$/su.exec(words[at] ?? '');
    if (parts === null) throw refuse(`“${words[at] ?? ''}” is neither a flag nor the value of one`);
    const [, word = '', attached] = parts;
    const flag = findFlag(known, word);
    if (flag.type === 'unsupported') throw refuse(`-${flag.name} is not supported: ${UNSUPPORTED[flag.name] ?? ''}`);
    if (flag.rule === 'none' && attached !== undefined) throw refuse(`-${flag.name} takes no value`);
    let value = attached ?? '';
    const next = words[at + 1];
    if (attached === undefined && next !== undefined && (flag.rule === 'required' || (flag.rule === 'optional' && !next.startsWith('-')))) {
      value = next;
      at += 1;
    } else if (flag.rule === 'required' && attached === undefined) throw refuse(`-${flag.name} needs a value`);
    if (flag.type === 'operation') call.operations.set(flag.name, value);
    else if (flag.type === 'qualifier') call.qualifiers.set(flag.qualifier, value);
    else call.switches.add(flag.flag);
  }
  return call;
};

/** `a=b,c=d,e` as pairs, in order; what has no value is 1. */
export const parseAttributes = (text: string | undefined): readonly (readonly [string, string])[] =>
  (text ?? '')
    .split(',')
    .filter((part) => part !== '')
    .map((part) => {
      const cut = part.indexOf('=');
      return cut < 0 ? [part, '1'] : [part.slice(0, cut), part.slice(cut + 1)];
    });
