import { kindOf } from '../attributes/kinds.js';
import { allTargets } from '../check/parts.js';
import { ConfigError } from '../errors.js';
import { trueName } from '../model/names.js';
import { valueOf, type Attributes } from '../model/config.js';
import { planValue, type AttributePlace } from './attributes.js';
import { targetPath, type PlanContext } from './context.js';

interface Change {
  readonly path: string;
  readonly attributes: Attributes;
  readonly place: AttributePlace;
  readonly wanted: number;
  readonly before: number | undefined;
}

/**
 * Plans relative target port identifiers. Each is unique over the targets of all drivers, so the order matters: an identifier is
 * taken when the target that has it has got another; targets that exchange theirs go by way of a free one (SPEC 4).
 *
 * @throws ConfigError when a target the configuration says nothing of has the identifier.
 */
export const planRelativeTargetIds = async (context: PlanContext): Promise<void> => {
  const changes = (await Promise.all(allTargets(context.config).map(async ({ driver, target, place }) => findChange(context, driver.name, target.name, target.attributes, place)))).flat();
  if (changes.length === 0) return;
  const holders = await readHolders(context);
  const waiting = new Map(changes.map((change) => [change.path, change]));
  settleForeign(context, changes, holders, waiting);
  while (waiting.size > 0) {
    const ready = [...waiting.values()].filter(({ path, wanted }) => {
      const holder = holders.get(wanted);
      return holder === undefined || holder === path;
    });
    if (ready.length === 0) {
      const [stuck] = waiting.values();
      if (stuck === undefined) return;
      const detour = freeId(holders, changes);
      write(context, stuck, detour, stuck.before);
      release(holders, stuck.path);
      holders.set(detour, stuck.path);
      waiting.set(stuck.path, { ...stuck, before: detour });
      continue;
    }
    for (const change of ready) {
      write(context, change, change.wanted, change.before);
      release(holders, change.path);
      holders.set(change.wanted, change.path);
      waiting.delete(change.path);
    }
  }
};

const findChange = async (context: PlanContext, driver: string, target: string, attributes: Attributes, subject: string): Promise<Change[]> => {
  const given = valueOf(attributes, 'rel_tgt_id');
  const wanted = given === undefined ? undefined : kindOf('rel_tgt_id')?.normalise(given);
  if (wanted === undefined) return [];
  const path = targetPath(driver, target);
  const live = await context.reader.attribute(`${path}/rel_tgt_id`);
  const before = live === undefined ? undefined : Number(live.value);
  // A new target has 0, which cannot be written (SPEC 4).
  if (before === Number(wanted) || (before === undefined && wanted === '0')) return [];
  const place: AttributePlace = { path, subject, phase: 'target-attributes', lane: 'rel_tgt_id', isNew: before === undefined, requires: [`target:${path}`] };
  return [{ path, attributes, place, wanted: Number(wanted), before }];
};

/** Which target has which identifier; 0 is nobody's. */
const readHolders = async ({ reader }: PlanContext): Promise<Map<number, string>> => {
  const holders = new Map<number, string>();
  const drivers = await reader.names('targets');
  await Promise.all(
    drivers.map(async (driver) => {
      const targets = await reader.names(`targets/${driver}`);
      const ids = await Promise.all(targets.map((target) => reader.attribute(`targets/${driver}/${target}/rel_tgt_id`)));
      for (const [index, id] of ids.entries()) if (id !== undefined && id.value !== '0') holders.set(Number(id.value), `targets/${driver}/${targets[index] ?? ''}`);
    }),
  );
  return holders;
};

/** Identifiers of targets that do not change: those of targets that go are free by then, others cannot be had. */
const settleForeign = (context: PlanContext, changes: readonly Change[], holders: Map<number, string>, waiting: ReadonlyMap<string, Change>): void => {
  const mentioned = new Set(allTargets(context.config).map(({ driver, target }) => targetPath(driver.name, target.name)));
  for (const { path, wanted, attributes, place } of changes) {
    const holder = holders.get(wanted);
    if (holder === undefined || holder === path || waiting.has(holder)) continue;
    const [, driver = '', directory = ''] = holder.split('/');
    if (context.prune && !mentioned.has(holder) && driver !== 'copy_manager' && context.selection.hasTarget(driver, trueName(directory))) {
      holders.delete(wanted);
      continue;
    }
    const message = `rel_tgt_id ${wanted} is that of the target ${driver}/${directory}`;
    throw new ConfigError([{ severity: 'error', code: 'contradiction', message, place: place.subject, ...context.locator.locate(attributes, { attribute: 'rel_tgt_id' }) }]);
  }
};

const release = (holders: Map<number, string>, path: string): void => {
  for (const [id, holder] of holders) if (holder === path) holders.delete(id);
};

const freeId = (holders: ReadonlyMap<number, string>, changes: readonly Change[]): number => {
  const wanted = new Set(changes.map((change) => change.wanted));
  let id = 65535;
  while (holders.has(id) || wanted.has(id)) id -= 1;
  return id;
};

const write = (context: PlanContext, { attributes, place }: Change, id: number, before: number | undefined): void => {
  planValue(context, attributes, place, 'rel_tgt_id', String(id), before === undefined || before === 0 ? undefined : String(before));
};
