import { sameValue } from '../attributes/equal.js';
import { type Selection } from '../plan/selection.js';
import { changedStatement, type Document, type Statement } from '../syntax/document.js';
import { sectionRule, type BlockKind } from '../syntax/grammar.js';

/**
 * The document of a file, changed to say what `wanted` says: statements that say it already stay as they are, with their comments
 * and their place; others are changed, left out or added. A comment above a statement that goes is kept.
 *
 * @param selection What `wanted` is about; the rest of the file is not touched.
 */
export const mergeDocument = (document: Document, wanted: readonly Statement[], selection: Selection): Document => {
  const statements = new Merger(selection).merge(document.statements, wanted, 'file', []);
  const [first, ...rest] = statements;
  // A file of comments alone: they are its heading.
  if (document.statements.length > 0 || first === undefined || document.trailer >= document.source.length) return { ...document, statements };
  const heading = document.source.endsWith('\n') ? document.source : `${document.source}\n`;
  return { ...document, statements: [changedStatement(first, { leadText: heading }), ...rest], trailer: document.source.length };
};

class Merger {
  readonly #selection: Selection;

  constructor(selection: Selection) {
    this.#selection = selection;
  }

  merge(present: readonly Statement[], wanted: readonly Statement[], kind: BlockKind, parents: readonly string[]): Statement[] {
    const open = new Map<string, Statement[]>();
    for (const statement of wanted) {
      const key = keyOf(statement, kind);
      open.set(key, [...(open.get(key) ?? []), statement]);
    }
    const merged: Statement[] = [];
    for (const statement of present) {
      if (!this.#owns(statement, kind, parents)) {
        merged.push(statement);
        continue;
      }
      const candidates = open.get(keyOf(statement, kind));
      const found = take(candidates, statement, kind);
      if (found !== undefined) merged.push(this.#mergeOne(statement, found, kind, parents));
      else if (this.#isShared(statement, kind)) merged.push(this.#mergeOne(statement, changedStatement(statement, { children: [] }), kind, parents));
      else merged.push(...commentsOf(statement));
    }
    for (const statement of [...open.values()].flat()) insert(merged, statement, kind);
    return merged;
  }

  #mergeOne(present: Statement, wanted: Statement, kind: BlockKind, parents: readonly string[]): Statement {
    const rule = sectionRule(kind, present.keyword);
    const sameHead = rule === undefined ? sameArguments(present, wanted) : present.args.every((word, index) => word === wanted.args[index] || (present.keyword === 'LUN' && index === 0));
    const head = sameHead ? {} : { args: wanted.args, rewritten: true };
    if (rule === undefined) return changedStatement(present, head);
    const name = present.args[0] ?? '';
    const children = present.children === undefined && wanted.children === undefined ? undefined : this.merge(present.children ?? [], wanted.children ?? [], rule.opens, [...parents, name]);
    return changedStatement(present, { ...head, children });
  }

  /** Whether a statement is (part of) what is saved. */
  #owns({ keyword, args }: Statement, kind: BlockKind, parents: readonly string[]): boolean {
    const selection = this.#selection;
    if (selection.isEverything) return true;
    const [name = ''] = args;
    const [parent = ''] = parents;
    switch (kind) {
      case 'file':
        if (keyword === 'HANDLER' || keyword === 'TARGET_DRIVER') return true;
        return keyword === 'DEVICE_GROUP' ? selection.has('device_group', name) : selection.has('global');
      case 'HANDLER':
        return keyword === 'DEVICE' ? selection.hasDevice(parent, name) : selection.has('handler', parent);
      case 'TARGET_DRIVER':
        return keyword === 'TARGET' ? selection.hasTarget(parent, name) : selection.has('driver', parent);
      default:
        return true;
    }
  }

  /** In a partial save, blocks that also hold what is not saved stay, even when nothing saved is in them. */
  #isShared({ keyword, args }: Statement, kind: BlockKind): boolean {
    if (this.#selection.isEverything || kind !== 'file') return false;
    const [name = ''] = args;
    return (keyword === 'HANDLER' && !this.#selection.has('handler', name)) || (keyword === 'TARGET_DRIVER' && !this.#selection.has('driver', name));
  }
}

/** What makes two statements of a block speak of the same. */
const keyOf = ({ keyword, args }: Statement, kind: BlockKind): string => {
  if (sectionRule(kind, keyword) === undefined) return `attribute ${keyword}`;
  const [name = ''] = args;
  return `${keyword} ${keyword === 'LUN' ? String(Number(name)) : name}`;
};

const sameArguments = (present: Statement, wanted: Statement): boolean => sameValue(present.keyword, wanted.args[0] ?? '', present.args[0] ?? '');

/** Takes the statement meant: of several values of one attribute the same one; else the only one, with its new value. */
const take = (candidates: Statement[] | undefined, present: Statement, kind: BlockKind): Statement | undefined => {
  if (candidates === undefined) return undefined;
  const isSection = sectionRule(kind, present.keyword) !== undefined;
  const exact = isSection ? 0 : candidates.findIndex((candidate) => sameArguments(present, candidate));
  const index = exact >= 0 ? exact : candidates.length === 1 && !isRepeated(present.keyword) ? 0 : -1;
  return index < 0 ? undefined : candidates.splice(index, 1)[0];
};

const REPEATED = /^(?:session_name|session_transport_id|IncomingUser|OutgoingUser|allowed_portal)\d*$/u;
const isRepeated = (keyword: string): boolean => REPEATED.test(keyword);

/** What stays of a statement that goes: the comments above it. */
const commentsOf = (statement: Statement): Statement[] => [changedStatement(statement, { removed: true })];

/** Puts a new statement after the last of its kind; attributes otherwise before the sections. */
const insert = (statements: Statement[], statement: Statement, kind: BlockKind): void => {
  const isSection = sectionRule(kind, statement.keyword) !== undefined;
  const same = statements.findLastIndex((other) => (isSection ? other.keyword === statement.keyword : sectionRule(kind, other.keyword) === undefined));
  const at = same >= 0 ? same + 1 : isSection ? statements.length : 0;
  statements.splice(at, 0, statement);
};
