import { OBJECT_KINDS, type ScstObject, type ScstState } from './objects.js';

/** Something came, went or changed. */
export type ScstEvent =
  /** `initial`: it was there when the watching began. */
  | { readonly type: 'added'; readonly time: Date; readonly object: ScstObject; readonly initial: boolean }
  | { readonly type: 'removed'; readonly time: Date; readonly object: ScstObject }
  /** `changes` names the members of `object` that differ from `before`. */
  | { readonly type: 'changed'; readonly time: Date; readonly object: ScstObject; readonly before: ScstObject; readonly changes: readonly string[] }
  /** All that was there has been told; what follows is news. */
  | { readonly type: 'ready'; readonly time: Date };

/**
 * What leads from one state to another: what went, from the inside out; then what changed; then what came, from the outside in. An object in
 * the place of one of another kind went and came.
 */
export const eventsBetween = (before: ScstState, after: ScstState, time: Date, initial = false): ScstEvent[] => {
  const removed: ScstObject[] = [];
  const added: ScstObject[] = [];
  const changed: ScstEvent[] = [];
  for (const [path, object] of before) if (after.get(path)?.kind !== object.kind) removed.push(object);
  for (const [path, object] of after) {
    const earlier = before.get(path);
    if (earlier?.kind !== object.kind) {
      added.push(object);
      continue;
    }
    const changes = changesBetween(earlier, object);
    if (changes.length > 0) changed.push({ type: 'changed', time, object, before: earlier, changes });
  }
  const rank = ({ kind }: ScstObject): number => OBJECT_KINDS.indexOf(kind);
  return [
    ...removed.sort((a, b) => rank(b) - rank(a)).map((object): ScstEvent => ({ type: 'removed', time, object })),
    ...changed,
    ...added.sort((a, b) => rank(a) - rank(b)).map((object): ScstEvent => ({ type: 'added', time, object, initial })),
  ];
};

const changesBetween = (before: ScstObject, after: ScstObject): string[] => {
  const [earlier, later]: Readonly<Record<string, unknown>>[] = [{ ...before }, { ...after }];
  // A member that came over a socket may be missing where it is undefined.
  return [...new Set([...Object.keys(earlier ?? {}), ...Object.keys(later ?? {})])].filter((name) => !same(earlier?.[name], later?.[name]));
};

const same = (left: unknown, right: unknown): boolean =>
  Array.isArray(left) && Array.isArray(right) ? left.length === right.length && left.every((item, index) => item === right[index]) : left === right;
