import { readFile } from 'node:fs/promises';
import { type SysfsTree } from '@scst/sysfs';
import { hasErrors, type Diagnostic } from '../diagnostics.js';
import { ConfigError } from '../errors.js';
import { type ScstConfig } from '../model/config.js';
import { isWritable, toDocument, toStatements } from '../model/to-document.js';
import { Selection } from '../plan/selection.js';
import { readConfig, type ReadConfigOptions } from '../state/read-config.js';
import { type Document, type Statement } from '../syntax/document.js';
import { parse } from '../syntax/parse.js';
import { print, printBytes } from '../syntax/print.js';
import { checkReplaceable, writeAtomically } from './atomic-write.js';
import { mergeDocument } from './merge.js';

export interface SaveOptions extends ReadConfigOptions {
  /**
   * Keep the comments, the order and the form of the file that is replaced. Default: true. A file that cannot be read by the grammar
   * is then not replaced.
   */
  keepComments?: boolean | undefined;
  /** Permission bits. Default: those of the file that is replaced, 0600 for a new one. */
  mode?: number | undefined;
  /** Called with what the tree has; what it gives is saved. For parts of a file that are kept elsewhere than in the tree. */
  arrange?: ((config: ScstConfig) => ScstConfig) | undefined;
}

export interface SaveResult {
  readonly config: ScstConfig;
  /** False when the file said all that already: it was not touched. */
  readonly changed: boolean;
  /** Values a file cannot hold; they are left out. */
  readonly leftOut: readonly Diagnostic[];
}

/**
 * Saves the configuration of a tree as scst.conf: everything a later apply needs to make it again (see `readConfig`). The file is
 * replaced as a whole or not at all. With `only`, just those parts of it change.
 *
 * @throws ConfigError when the file that is there has errors; SysfsError when the tree cannot be read; Node's own errors of files.
 */
export const save = async (tree: SysfsTree, path: string, options: SaveOptions = {}): Promise<SaveResult> => {
  const { keepComments = true, mode, arrange } = options;
  const selection = new Selection(options.only);
  await checkReplaceable(path);
  const found = await readConfig(tree, options);
  const config = arrange === undefined ? found : arrange(found);
  const old = await readOld(path);
  const leftOut: Diagnostic[] = [];
  const document = old !== undefined && (keepComments || !selection.isEverything) ? mergeInto(old, path, config, selection, leftOut) : fresh(config, leftOut);
  const bytes = printBytes(document);
  const changed = old === undefined || !Buffer.from(bytes).equals(old);
  if (changed) await writeAtomically(path, bytes, { mode });
  return { config, changed, leftOut };
};

/** The text {@link save} would write into a new file. */
export const saveText = async (tree: SysfsTree, options: ReadConfigOptions = {}): Promise<string> => print(fresh(await readConfig(tree, options), []));

const HEADER = '# The configuration of SCST. Comments and order are kept when it is saved again.\n\n';

const fresh = (config: ScstConfig, leftOut: Diagnostic[]): Document => {
  const document = toDocument(config);
  const [first, ...rest] = writable(document.statements, leftOut, '');
  return first === undefined ? { ...document, source: HEADER, statements: [], trailer: 0 } : { ...document, statements: [{ ...first, leadText: HEADER }, ...rest] };
};

const readOld = async (path: string): Promise<Buffer | undefined> => {
  try {
    return await readFile(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
};

const mergeInto = (old: Buffer, path: string, config: ScstConfig, selection: Selection, leftOut: Diagnostic[]): Document => {
  const { document, diagnostics } = parse(old, { file: path });
  if (hasErrors(diagnostics)) throw new ConfigError(diagnostics);
  return mergeDocument(document, writable(toStatements(config), leftOut, ''), selection);
};

/** Leaves out what no file can hold: a value with a newline. */
const writable = (statements: readonly Statement[], leftOut: Diagnostic[], place: string): Statement[] =>
  statements.flatMap((statement): Statement[] => {
    const here = place === '' ? statement.keyword : `${place} / ${statement.keyword}`;
    if (!isWritable(statement.keyword) || !statement.args.every(isWritable)) {
      leftOut.push({ severity: 'warning', code: 'bad-value', message: 'the value has a control character, which scst.conf cannot hold', place: here });
      return [];
    }
    const [name] = statement.args;
    return [statement.children === undefined ? statement : { ...statement, children: writable(statement.children, leftOut, name === undefined ? here : `${here} ${name}`) }];
  });
