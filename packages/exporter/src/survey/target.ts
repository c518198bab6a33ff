import { type SysfsEntry } from '@scst/sysfs';
import { parseDriverStats } from '../parse/stats.js';
import { parsed, readFlag, type SurveyContext } from './context.js';
import { surveyLunSet } from './lun-set.js';
import { surveySession } from './session.js';
import { type DriverSurvey, type LunSetSurvey, type SessionSurvey, type TargetSurvey } from './types.js';

/** Names of the directories among entries. */
export const directoriesOf = (entries: readonly SysfsEntry[] | undefined): string[] | undefined => entries?.filter(({ type }) => type === 'directory').map(({ name }) => name);

/** Reads a target driver and its targets. */
export const surveyDriver = async (context: SurveyContext, name: string, latency: boolean): Promise<DriverSurvey> => {
  const { reader, needs, filters } = context;
  const path = `targets/${name}`;
  const listing = await reader.list(path, 'drivers');
  const entries = listing ?? [];
  const has = (file: string): boolean => entries.some((entry) => entry.name === file && entry.type === 'file');
  const names = (directoriesOf(entries) ?? []).filter((target) => filters.targets.accepts(target));
  const [version, stats, targets] = await Promise.all([
    needs.has('driver-stats') && has('version') ? reader.read(`${path}/version`, 'drivers/version') : undefined,
    needs.has('driver-stats') && has('stats') ? reader.read(`${path}/stats`, 'drivers/stats') : undefined,
    Promise.all(names.map((target) => surveyTarget(context, name, target, latency))),
  ]);
  return { name, version: version?.split('\n', 1)[0], stats: parsed(context, stats, 'drivers/stats', parseDriverStats), listed: listing !== undefined, targets };
};

const surveyTarget = async (context: SurveyContext, driver: string, name: string, latency: boolean): Promise<TargetSurvey> => {
  const { reader } = context;
  const path = `targets/${driver}/${name}`;
  const entries = (await reader.list(path, 'targets')) ?? [];
  const has = new Set(entries.map((entry) => entry.name));
  const [enabled, sets, listed] = await Promise.all([
    has.has('enabled') ? readFlag(context, `${path}/enabled`, 'targets/enabled') : undefined,
    surveySets(context, path, has),
    has.has('sessions') ? reader.list(`${path}/sessions`, 'sessions') : [],
  ]);
  // A target that could not be listed has sessions that are not known, rather than none.
  const sessionNames = entries.length === 0 ? undefined : directoriesOf(listed);
  return { driver, name, enabled, sets, sessionNames, sessions: await surveySessions(context, path, sessionNames ?? [], sets, latency) };
};

const surveySets = async (context: SurveyContext, path: string, has: ReadonlySet<string>): Promise<LunSetSurvey[]> => {
  const { reader, needs, filters } = context;
  if (!needs.has('luns')) return [];
  const groups = has.has('ini_groups') ? (directoriesOf(await reader.list(`${path}/ini_groups`, 'groups')) ?? []) : [];
  const own = has.has('luns') && filters.groups.accepts('') ? [surveyLunSet(context, `${path}/luns`, '')] : [];
  return await Promise.all([...own, ...groups.filter((group) => filters.groups.accepts(group)).map((group) => surveyLunSet(context, `${path}/ini_groups/${group}/luns`, group))]);
};

const surveySessions = async (context: SurveyContext, path: string, names: readonly string[], sets: readonly LunSetSurvey[], latency: boolean): Promise<SessionSurvey[]> => {
  if (!context.needs.has('sessions')) return [];
  const chosen = names.filter((name) => context.filters.sessions.accepts(name) && context.takeSession());
  const sessions = await Promise.all(chosen.map((name) => surveySession(context, `${path}/sessions/${name}`, name, sets, latency)));
  return sessions.filter((session) => session !== undefined);
};
