import { directoryName, trueName } from '../model/names.js';
import { pairsOf, type GroupConfig, type TargetConfig, type TargetDriverConfig } from '../model/config.js';
import { planAttributes } from './attributes.js';
import { keyAttributesOf } from './capture.js';
import { command, groupPath, lunsPath, targetPath, valueWrite, type PlanContext } from './context.js';
import { readInitiators } from '../state/initiators.js';
import { planLunRemoval, planLuns } from './luns.js';

/** Plans the initiator groups of a target, in the order of the file: the first that matches an initiator decides (SPEC 6.3). */
export const planGroups = async (context: PlanContext, driver: TargetDriverConfig, target: TargetConfig, isNew: boolean): Promise<void> => {
  const directory = `${targetPath(driver.name, target.name)}/ini_groups`;
  const live = isNew ? new Set<string>() : new Set(await context.reader.names(directory));
  const homes = await initiatorHomes(context, directory, live);
  for (const group of target.groups) {
    const fresh = !live.has(directoryName(group.name));
    if (fresh) planGroupCreation(context, driver, target, group, directory);
  }
  await Promise.all(target.groups.map((group) => planGroup(context, driver, target, group, !live.has(directoryName(group.name)))));
  // After the groups, whose tasks run at the same time: initiators are tried in the order in which they were added.
  for (const group of target.groups) planInitiators(context, driver, target, group, homes);
  if (context.prune) await pruneGroups(context, driver, target, live, homes);
};

const subjectOf = (driver: string, target: string, group: string): string => `TARGET_DRIVER ${driver} / TARGET ${target} / GROUP ${group}`;

const planGroupCreation = (context: PlanContext, driver: TargetDriverConfig, target: TargetConfig, group: GroupConfig, directory: string): void => {
  context.builder.add({
    kind: 'create-group',
    phase: 'groups',
    lane: directory,
    subject: subjectOf(driver.name, target.name, group.name),
    summary: `GROUP ${group.name}`,
    write: command(`${directory}/mgmt`, ['create', group.name]),
    undo: [command(`${directory}/mgmt`, ['del', group.name])],
    goal: { type: 'present', path: `${directory}/${directoryName(group.name)}` },
    provides: `group:${groupPath(driver.name, target.name, group.name)}`,
    requires: [`target:${targetPath(driver.name, target.name)}`],
    location: context.locator.locate(group),
  });
};

const planGroup = async (context: PlanContext, driver: TargetDriverConfig, target: TargetConfig, group: GroupConfig, isNew: boolean): Promise<void> => {
  const path = groupPath(driver.name, target.name, group.name);
  const requires = [`group:${path}`];
  const subject = subjectOf(driver.name, target.name, group.name);
  // The lane is the target's: a group's attributes follow its creation.
  await planAttributes(context, group.attributes, { path, subject, phase: 'groups', lane: `${targetPath(driver.name, target.name)}/ini_groups`, isNew, requires });
  await planLuns(context, group.luns, { path: lunsPath(driver.name, target.name, group.name), target: targetPath(driver.name, target.name), driver: driver.name, isNew, requires });
};

/** The groups (directories) each initiator is in now, by its name. */
type Homes = ReadonlyMap<string, ReadonlySet<string>>;

const initiatorHomes = async (context: PlanContext, directory: string, groups: ReadonlySet<string>): Promise<Homes> => {
  const homes = new Map<string, Set<string>>();
  await Promise.all(
    [...groups].map(async (group) => {
      for (const name of await readInitiators(context.reader, `${directory}/${group}`)) {
        const set = homes.get(name) ?? new Set<string>();
        homes.set(name, set.add(group));
      }
    }),
  );
  return homes;
};

const planInitiators = (context: PlanContext, driver: TargetDriverConfig, target: TargetConfig, group: GroupConfig, homes: Homes): void => {
  const path = groupPath(driver.name, target.name, group.name);
  const here = directoryName(group.name);
  const staying = new Set(target.groups.map(({ name }) => directoryName(name)));
  const wantedIn = new Map<string, Set<string>>();
  for (const other of target.groups) for (const { name } of other.initiators) wantedIn.set(name, (wantedIn.get(name) ?? new Set()).add(directoryName(other.name)));
  for (const initiator of group.initiators) {
    const home = homes.get(initiator.name);
    if (home?.has(here) === true) continue;
    const mgmt = `${path}/initiators/mgmt`;
    // With prune the initiator leaves the group it is in, at the moment it enters this one.
    // From a group that goes itself it is removed and added.
    const from = context.prune ? [...(home ?? [])].find((other) => staying.has(other) && wantedIn.get(initiator.name)?.has(other) !== true) : undefined;
    const common = {
      phase: 'initiators' as const,
      lane: `${targetPath(driver.name, target.name)}/ini_groups`,
      subject: `${subjectOf(driver.name, target.name, group.name)} / INITIATOR ${initiator.name}`,
      goal: { type: 'present' as const, path: `${path}/initiators/${directoryName(initiator.name)}` },
      requires: [`group:${path}`],
      location: context.locator.locate(initiator),
    };
    if (from === undefined) {
      context.builder.add({ ...common, kind: 'add-initiator', summary: `INITIATOR ${initiator.name}`, write: command(mgmt, ['add', initiator.name]), undo: [command(mgmt, ['del', initiator.name])] });
      continue;
    }
    const oldGroup = `${targetPath(driver.name, target.name)}/ini_groups/${from}`;
    context.vanishing.add(`${oldGroup}/initiators/${initiator.name}`);
    context.builder.add({
      ...common,
      kind: 'move-initiator',
      summary: `INITIATOR ${initiator.name}`,
      before: `GROUP ${from}`,
      after: `GROUP ${group.name}`,
      write: command(`${oldGroup}/initiators/mgmt`, ['move', initiator.name, group.name]),
      undo: [command(mgmt, ['move', initiator.name, trueName(from)])],
      affects: { target: targetPath(driver.name, target.name), luns: `${oldGroup}/luns` },
    });
  }
};

/** Initiators and groups the configuration does not mention. */
const pruneGroups = async (context: PlanContext, driver: TargetDriverConfig, target: TargetConfig, live: ReadonlySet<string>, homes: Homes): Promise<void> => {
  const base = targetPath(driver.name, target.name);
  const wanted = new Map(target.groups.map((group) => [directoryName(group.name), new Set(group.initiators.map(({ name }) => name))]));
  for (const [initiator, groups] of homes) {
    for (const group of groups) {
      if (wanted.get(group)?.has(initiator) === true) continue;
      // An initiator that moves elsewhere leaves with the move.
      if (!context.vanishing.has(`${base}/ini_groups/${group}/initiators/${initiator}`)) planInitiatorRemoval(context, driver.name, target.name, base, group, initiator);
    }
  }
  await Promise.all([...live].filter((group) => !wanted.has(group)).map((group) => planGroupRemoval(context, driver.name, target.name, base, group)));
};

export const planInitiatorRemoval = (context: PlanContext, driver: string, target: string, base: string, group: string, initiator: string): void => {
  const mgmt = `${base}/ini_groups/${group}/initiators/mgmt`;
  const path = `${base}/ini_groups/${group}/initiators/${directoryName(initiator)}`;
  context.builder.add({
    kind: 'remove-initiator',
    phase: 'initiator-removal',
    lane: `${base}/ini_groups`,
    subject: `${subjectOf(driver, target, group)} / INITIATOR ${initiator}`,
    summary: `INITIATOR ${initiator}`,
    write: command(mgmt, ['del', initiator]),
    undo: [command(mgmt, ['add', initiator])],
    goal: { type: 'absent', path },
    affects: { target: base, luns: `${base}/ini_groups/${group}/luns` },
    provides: `gone:${path}`,
  });
};

/** Plans the removal of a group with its LUNs. A group that sessions use cannot go (SPEC 6.1); its initiators go first. */
export const planGroupRemoval = async (context: PlanContext, driver: string, target: string, base: string, group: string): Promise<void> => {
  const { reader } = context;
  const path = `${base}/ini_groups/${group}`;
  const luns = await reader.names(`${path}/luns`);
  await Promise.all(luns.map((number) => planLunRemoval(context, { path: `${path}/luns`, target: base, driver, isNew: false, requires: [] }, number)));
  const attributes = await keyAttributesOf(reader, path, new Set());
  const mgmt = `${base}/ini_groups/mgmt`;
  const initiators = await reader.names(`${path}/initiators`, 'file');
  context.builder.add({
    kind: 'remove-group',
    phase: 'group-removal',
    lane: `${base}/ini_groups`,
    subject: subjectOf(driver, target, group),
    summary: `GROUP ${group}`,
    write: command(mgmt, ['del', trueName(group)]),
    undo: [command(mgmt, ['create', trueName(group)]), ...pairsOf(attributes).map(([name, value]) => valueWrite(`${path}/${name}`, value))],
    goal: { type: 'absent', path },
    affects: { target: base, luns: `${path}/luns` },
    provides: `gone:${path}`,
    requires: [...luns.map((number) => `gone:${path}/luns/${number}`), ...initiators.map((name) => `gone:${path}/initiators/${name}`)],
  });
};
