import { attributesOf, pairsOf, valuesOf, type Attributes } from '../model/config.js';
import { show } from './attributes.js';
import { command, type PlanContext } from './context.js';
import { type Phase, type TreeWrite } from './operation.js';

/** Where dynamic attributes stand: of a target driver, or of one of its targets. */
export interface DynamicPlace {
  /** Directory of the attributes. */
  path: string;
  /** The driver's mgmt file. */
  mgmt: string;
  /** The words before name and value: `add_attribute`, or `add_target_attribute TARGET`. */
  add: readonly string[];
  remove: readonly string[];
  subject: string;
  phase: Phase;
  isNew: boolean;
  requires: readonly string[];
}

/** The name without its number: `IncomingUser1` is the second `IncomingUser`. */
const baseName = (name: string, dynamic: ReadonlySet<string>): string | undefined => {
  if (dynamic.has(name)) return name;
  const base = name.replace(/\d+$/u, '');
  return dynamic.has(base) ? base : undefined;
};

/** Divides attributes into dynamic ones, under their plain names, and the others. */
export const splitDynamic = (attributes: Attributes, dynamic: ReadonlySet<string>): { dynamic: Attributes; others: ReadonlySet<string> } => {
  const pairs = pairsOf(attributes).flatMap(([name, value]): [string, string][] => {
    const base = baseName(name, dynamic);
    return base === undefined ? [] : [[base, value]];
  });
  return { dynamic: attributesOf(pairs), others: new Set(Object.keys(attributes).filter((name) => baseName(name, dynamic) !== undefined)) };
};

/** Plans attributes that are added and removed, such as iSCSI's users (README of iscsi-scst). */
export const planDynamic = async (context: PlanContext, wanted: Attributes, names: ReadonlySet<string>, place: DynamicPlace, origin: object): Promise<void> => {
  const live = place.isNew ? new Map<string, string[]>() : await readDynamic(context, place.path, names);
  for (const name of names) {
    const present = live.get(name) ?? [];
    const values = valuesOf(wanted[name]);
    const missing = values.filter((value) => !present.includes(value));
    for (const value of present) {
      if (values.includes(value)) continue;
      if (context.prune || missing.some((other) => replaces(name, other, value))) planChange(context, place, 'remove', name, value, origin);
    }
    for (const value of missing) planChange(context, place, 'add', name, value, origin);
  }
};

const readDynamic = async (context: PlanContext, path: string, names: ReadonlySet<string>): Promise<Map<string, string[]>> => {
  const found = new Map<string, string[]>();
  const files = (await context.reader.names(path, 'file')).flatMap((file) => {
    const name = baseName(file, names);
    return name === undefined ? [] : [{ file, name }];
  });
  const read = await Promise.all(files.map(({ file }) => context.reader.attribute(`${path}/${file}`)));
  for (const [index, { name }] of files.entries()) {
    const value = read[index]?.value ?? '';
    if (value !== '') found.set(name, [...(found.get(name) ?? []), value]);
  }
  return found;
};

/** A user has one secret, and there is one outgoing user: the new takes the place of the old. */
const replaces = (name: string, value: string, old: string): boolean =>
  name === 'OutgoingUser' || (/\s/u.test(value) && value.split(/\s/u, 1)[0] === old.split(/\s/u, 1)[0]);

const planChange = (context: PlanContext, place: DynamicPlace, action: 'add' | 'remove', name: string, value: string, origin: object): void => {
  const words = value.split(/\s+/u).filter((word) => word !== '');
  const add: TreeWrite = command(place.mgmt, [...place.add, name, ...words]);
  const remove: TreeWrite = command(place.mgmt, [...place.remove, name, ...words]);
  context.builder.add({
    kind: action === 'add' ? 'add-dynamic-attribute' : 'remove-dynamic-attribute',
    phase: action === 'add' ? place.phase : 'attribute-removal',
    lane: place.path,
    subject: place.subject,
    summary: `${name} ${show(name, value)}`,
    write: action === 'add' ? add : remove,
    undo: [action === 'add' ? remove : add],
    requires: place.requires,
    location: action === 'add' ? context.locator.locate(origin, { attribute: name }) : {},
  });
};
