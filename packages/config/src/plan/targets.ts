import { kindOf } from '../attributes/kinds.js';
import { pairsOf, valueOf, type TargetConfig, type TargetDriverConfig } from '../model/config.js';
import { directoryName, trueName } from '../model/names.js';
import { mgmtFacts, type MgmtFacts } from '../state/mgmt-text.js';
import { planAttributes, type AttributePlace } from './attributes.js';
import { command, driverPath, lunsPath, targetPath, type PlanContext } from './context.js';
import { planDynamic, splitDynamic } from './dynamic-attributes.js';
import { planGroups } from './groups.js';
import { planLuns } from './luns.js';
import { planSessions } from './sessions.js';
import { planTargetRemoval } from './target-removal.js';

const NO_FACTS: MgmtFacts = { parameters: new Set(), driverAttributes: new Set(), targetAttributes: new Set() };

/** Plans target drivers and all that is in them. */
export const planDrivers = async (context: PlanContext): Promise<void> => {
  await Promise.all(context.config.targetDrivers.map((driver) => planDriver(context, driver)));
  if (context.prune) await pruneTargets(context);
};

const planDriver = async (context: PlanContext, driver: TargetDriverConfig): Promise<void> => {
  const { reader } = context;
  const path = driverPath(driver.name);
  const subject = `TARGET_DRIVER ${driver.name}`;
  const isNew = !(await reader.has('targets', driver.name));
  const facts = isNew ? NO_FACTS : ((await mgmtFacts(reader, path)) ?? NO_FACTS);
  const { dynamic, others } = splitDynamic(driver.attributes, facts.driverAttributes);
  const place: AttributePlace = { path, subject, phase: 'drivers', lane: path, isNew };
  await planAttributes(context, driver.attributes, place, new Set([...others, 'enabled']));
  const mgmt = `${path}/mgmt`;
  await planDynamic(context, dynamic, facts.driverAttributes, { path, mgmt, add: ['add_attribute'], remove: ['del_attribute'], subject, phase: 'drivers', isNew, requires: [] }, driver.attributes);
  await planEnabled(context, driver.attributes, place, 'enable-drivers', undefined);
  const live = isNew ? new Set<string>() : new Set(await reader.names(path));
  // One after another, so that targets are made in the order of the file; what is in them is planned at the same time.
  for (const target of driver.targets) if (!live.has(directoryName(target.name))) planNewTarget(context, driver, target, facts);
  await Promise.all(driver.targets.map((target) => planTarget(context, driver, target, facts, !live.has(directoryName(target.name)))));
  // In the order of the file, too: the numbers of sessions, and so their default TransportIDs, follow the order in which they are made.
  for (const target of driver.targets) await planSessions(context, driver, target, !live.has(directoryName(target.name)));
};

const planNewTarget = (context: PlanContext, driver: TargetDriverConfig, target: TargetConfig, facts: MgmtFacts): void => {
  const mgmt = `${driverPath(driver.name)}/mgmt`;
  const path = targetPath(driver.name, target.name);
  const given = Object.fromEntries(Object.entries(target.attributes).filter(([name]) => facts.parameters.has(name)));
  context.builder.add({
    kind: 'add-target',
    phase: 'targets',
    lane: driverPath(driver.name),
    subject: `TARGET_DRIVER ${driver.name} / TARGET ${target.name}`,
    summary: ['TARGET', target.name, ...pairsOf(given).map(([name, value]) => `${name}=${value}`)].join(' '),
    write: command(mgmt, ['add_target', target.name], given),
    undo: [command(mgmt, ['del_target', target.name])],
    goal: { type: 'present', path: `${path}/luns` },
    provides: `target:${path}`,
    requires: [`gone:${path}`],
    location: context.locator.locate(target),
  });
};

/** Attributes with rules of their own: `rel_tgt_id` is unique over all targets, `enabled` comes last. */
const SPECIAL = ['rel_tgt_id', 'enabled'];

const planTarget = async (context: PlanContext, driver: TargetDriverConfig, target: TargetConfig, facts: MgmtFacts, isNew: boolean): Promise<void> => {
  const path = targetPath(driver.name, target.name);
  const subject = `TARGET_DRIVER ${driver.name} / TARGET ${target.name}`;
  const requires = [`target:${path}`];
  const place: AttributePlace = { path, subject, phase: 'target-attributes', lane: path, isNew, requires };
  const { dynamic, others } = splitDynamic(target.attributes, facts.targetAttributes);
  const given = Object.keys(target.attributes).filter((name) => facts.parameters.has(name));
  await planAttributes(context, target.attributes, place, new Set([...others, ...given, ...SPECIAL]));
  const words = (verb: string): string[] => [verb, target.name];
  const mgmt = `${driverPath(driver.name)}/mgmt`;
  await planDynamic(context, dynamic, facts.targetAttributes, { path, mgmt, add: words('add_target_attribute'), remove: words('del_target_attribute'), subject, phase: 'target-attributes', isNew, requires }, target.attributes);
  await planLuns(context, target.luns, { path: lunsPath(driver.name, target.name), target: path, driver: driver.name, isNew, requires });
  await planGroups(context, driver, target, isNew);
  await planEnabled(context, target.attributes, place, 'enable-targets', path);
};

/** Enabling comes last; disabling first, and it disconnects whoever is there. */
const planEnabled = async (context: PlanContext, attributes: TargetConfig['attributes'], place: AttributePlace, phase: 'enable-targets' | 'enable-drivers', target: string | undefined): Promise<void> => {
  const value = valueOf(attributes, 'enabled');
  if (value === undefined) {
    await pruneEnabled(context, place, target);
    return;
  }
  const skip = new Set(Object.keys(attributes).filter((name) => name !== 'enabled'));
  const on = kindOf('enabled')?.normalise(value) !== '0';
  // What is made new starts disabled.
  if (!on && place.isNew) return;
  await planAttributes(context, attributes, { ...place, phase: on ? phase : 'disable', affects: on || target === undefined ? undefined : { target } }, skip);
};

/** With prune, a target whose block does not say `enabled` is disabled, as scstadmin does with -force. */
const pruneEnabled = async (context: PlanContext, place: AttributePlace, target: string | undefined): Promise<void> => {
  if (!context.prune || place.isNew || target === undefined || target.startsWith('targets/copy_manager/')) return;
  const live = (await context.reader.has(place.path, 'enabled')) ? await context.reader.attribute(`${place.path}/enabled`) : undefined;
  if (live?.value !== '1') return;
  const path = `${place.path}/enabled`;
  context.builder.add({
    kind: 'set-attribute',
    phase: 'disable',
    lane: place.lane,
    subject: place.subject,
    summary: 'enabled 0',
    before: '1',
    after: '0',
    write: { path, data: '0' },
    undo: [{ path, data: '1' }],
    goal: { type: 'value', path, attribute: 'enabled', value: '0' },
    affects: { target },
  });
};

/** Targets the configuration does not mention. The copy manager is SCST's own. */
const pruneTargets = async (context: PlanContext): Promise<void> => {
  const { config, reader, selection } = context;
  const wanted = new Set(config.targetDrivers.flatMap((driver) => driver.targets.map(({ name }) => targetPath(driver.name, name))));
  const drivers = (await reader.names('targets')).filter((driver) => driver !== 'copy_manager');
  await Promise.all(
    drivers.map(async (driver) => {
      const targets = (await reader.names(driverPath(driver))).filter((target) => !wanted.has(`targets/${driver}/${target}`) && selection.hasTarget(driver, trueName(target)));
      await Promise.all(targets.map((target) => planTargetRemoval(context, driver, target)));
    }),
  );
};
