import { kindOf, type AttributeScope } from '../attributes/kinds.js';
import { sameValue } from '../attributes/equal.js';
import { traceLevelCommand } from '../attributes/trace-level.js';
import { pairsOf, type Attributes } from '../model/config.js';
import { type PlanContext, valueWrite } from './context.js';
import { type Affected, type Phase } from './operation.js';

/** Where attributes stand and how they are set. */
export interface AttributePlace {
  /** Directory of the attributes; `''` for the root. */
  path: string;
  subject: string;
  phase: Phase;
  lane: string;
  /** The object is made by this very plan: nothing can be read yet. */
  isNew: boolean;
  requires?: readonly string[] | undefined;
  scope?: AttributeScope | undefined;
  /** What a change takes away from. */
  affects?: Affected | undefined;
}

/** Plans the attributes whose values differ from what the tree shows. Each is read at most once. */
export const planAttributes = async (context: PlanContext, attributes: Attributes, place: AttributePlace, skip?: ReadonlySet<string>): Promise<void> => {
  const pairs = pairsOf(attributes).filter(([name]) => skip?.has(name) !== true);
  const differing = await Promise.all(pairs.map(([name, value]) => differs(context, attributes, place, name, value)));
  for (const [index, [name, value]] of pairs.entries()) {
    const difference = differing[index];
    if (difference !== undefined) planValue(context, attributes, place, name, value, difference.before);
  }
};

/** Undefined when nothing is to be done; else the value there is, undefined for one that cannot be known. */
const differs = async (context: PlanContext, attributes: Attributes, place: AttributePlace, name: string, value: string): Promise<{ before: string | undefined } | undefined> => {
  if (place.isNew) return { before: undefined };
  const { builder, locator, reader } = context;
  const ignore = (reason: string): void => {
    builder.ignore({ subject: place.subject, attribute: name, reason, location: locator.locate(attributes, { attribute: name }) });
  };
  if (!(await reader.has(place.path, name))) {
    ignore('it has no such attribute');
    return undefined;
  }
  const path = join(place.path, name);
  const live = await reader.attribute(path);
  if (live === undefined) {
    ignore('it can be written, but not read: whether that is still to be done cannot be known');
    return undefined;
  }
  if (sameValue(name, value, live.value, place.scope)) return undefined;
  const mode = (await reader.mode(path)) ?? 0;
  if ((mode & 0o200) !== 0) return { before: live.value };
  ignore(`it is ${show(name, live.value)} and cannot be changed`);
  return undefined;
};

/** Plans the write of one value. */
export const planValue = (context: PlanContext, attributes: object, place: AttributePlace, name: string, value: string, before: string | undefined): void => {
  const path = join(place.path, name);
  context.builder.add({
    kind: 'set-attribute',
    phase: place.phase,
    lane: place.lane,
    subject: place.subject,
    summary: `${name} ${show(name, value)}`,
    before: before === undefined ? undefined : show(name, before),
    after: show(name, value),
    write: valueWrite(path, value),
    undo: before === undefined ? [] : [valueWrite(path, undoValue(name, before))],
    goal: { type: 'value', path, attribute: name, value },
    affects: place.affects,
    requires: place.requires,
    location: context.locator.locate(attributes, { attribute: name }),
  });
};

/** What has to be written to get back what was shown: a trace level shows more than it takes, a medium that is none shows “none”. */
const undoValue = (name: string, shown: string): string => {
  if (name === 'trace_level') return traceLevelCommand(shown);
  return kindOf(name) === kindOf('filename') && shown === 'none' ? '' : shown;
};

/** Joins a directory, which may be the root, and a name. */
export const join = (directory: string, name: string): string => (directory === '' ? name : `${directory}/${name}`);

/** A value for people: in quotes when it is empty or has blanks, without secrets. */
export const show = (name: string, value: string): string => {
  const shown = /^(?:Incoming|Outgoing)User\d*$/u.test(name) ? value.replace(/^(\S+)\s+[\s\S]*$/u, '$1 ********') : value;
  const [first = ''] = shown.split('\n', 1);
  return first === '' || /\s/u.test(first) ? `"${first}"` : first;
};
