import { matchesPattern } from '@scst/core';
import { encodeName, toByteString } from '@scst/sysfs';
import { type Context } from '../../context.js';
import { readInitiators, readLuns } from '../../exports.js';
import { directories, directoryName, orGone } from '../../paths.js';
import { type Effect } from '../effect.js';
import { sessionPlaces } from '../find-uses.js';
import { initiatorOf, wordsOf } from './objects.js';

/** The initiator names of each group of a target. */
type Names = ReadonlyMap<string, readonly string[]>;

/**
 * `initiators/mgmt`. SCST gives every session the set of LUNs that is its own after the change, at once: what it sees then under another number,
 * from another device or with other rights is taken from it. Which of two groups came first the kernel does not show: where several have a name
 * that fits, a LUN is safe if it is the same in each.
 */
export const initiatorEffect = async (context: Context, { target = '', name = '', group = '' }: Readonly<Record<string, string>>, text: string): Promise<Effect | undefined> => {
  const places = await sessionPlaces(context, target);
  // Most groups are made before anybody is there.
  if (places.length === 0) return undefined;
  const before = await namesOf(context, target);
  const after = changed(before, group, wordsOf(text));
  if (after === undefined) return undefined;
  const lunsOf = memory((set: string) => orGone(() => readLuns(context.tree, set === '' ? `${target}/luns` : `${target}/ini_groups/${set}/luns`)));
  const sessions = await Promise.all(
    places.map(async (session) => {
      const initiator = await initiatorOf(context, session);
      const link = await orGone(() => context.tree.readlink(`${session.path}/luns`));
      if (initiator === undefined || link === undefined) return undefined;
      const present = /ini_groups\/([^/]+)\/luns$/u.exec(link)?.[1] ?? '';
      const ways = possiblePlaces(present, fitting(before, initiator), fitting(after, initiator)).filter((place) => place !== present);
      if (ways.length === 0) return undefined;
      const kept = await Promise.all(ways.map(async (place) => (await lunsOf(place)) ?? []));
      const lost = ((await lunsOf(present)) ?? []).filter((lun) => !kept.every((luns) => luns.some(({ number, device, readOnly }) => number === lun.number && device === lun.device && readOnly === lun.readOnly)));
      return { ...session, luns: new Set(lost.map(({ number }) => number)) };
    }),
  );
  return { what: `what group ${group} of target ${name} changes`, sessions: sessions.filter((session) => session !== undefined) };
};

const namesOf = async ({ tree }: Context, target: string): Promise<Names> => {
  const groups = (await orGone(() => directories(tree, `${target}/ini_groups`))) ?? [];
  const names = groups.map(async (group) => [group, (await orGone(() => readInitiators(tree, `${target}/ini_groups/${group}/initiators`))) ?? []] as const);
  return new Map(await Promise.all(names));
};

/** The names as a command leaves them; undefined for one that SCST does not know, or that changes nothing. */
const changed = (names: Names, group: string, [word, name = '', other = '']: readonly string[]): Names | undefined => {
  const own = names.get(group) ?? [];
  const without = own.filter((entry) => entry !== name);
  switch (word) {
    case 'add':
      return new Map([...names, [group, [...own, name]]]);
    case 'del':
      return new Map([...names, [group, without]]);
    case 'move': {
      const to = directoryName(other);
      return new Map([...names, [group, without], [to, [...(names.get(to) ?? []), name]]]);
    }
    case 'clear':
      return new Map([...names, [group, []]]);
    default:
      return undefined;
  }
};

const bytesOf = (text: string): string => toByteString(encodeName(text));

/** The groups that have a name which fits an initiator's. */
const fitting = (names: Names, initiator: string): string[] => [...names].filter(([, patterns]) => patterns.some((pattern) => matchesPattern(bytesOf(pattern), bytesOf(initiator)))).map(([group]) => group);

/** Where a session may be after a change; the target's own LUNs are those of no group, ''. */
const possiblePlaces = (present: string, before: readonly string[], after: readonly string[]): readonly string[] => {
  if (after.length === 0) return [''];
  // It is where the first group is that fits: only one that has come to fit can take it from there.
  return after.includes(present) ? [present, ...after.filter((group) => !before.includes(group))] : after;
};

const memory = <T>(find: (key: string) => Promise<T>): ((key: string) => Promise<T>) => {
  const known = new Map<string, Promise<T>>();
  return (key) => {
    const found = known.get(key) ?? find(key);
    known.set(key, found);
    return found;
  };
};
