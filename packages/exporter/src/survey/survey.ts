import { type ModuleControl } from '@scst/sysfs';
import { parseCount } from '../parse/number.js';
import { parseSgvCache, parseSgvGlobal } from '../parse/sgv.js';
import { parseScstVersion } from '../parse/version.js';
import { parsed, readFlag, type SurveyContext } from './context.js';
import { surveyDevice } from './device.js';
import { surveyDeviceGroup } from './device-groups.js';
import { directoriesOf, surveyDriver } from './target.js';
import { type Survey } from './types.js';

/** Reads all of a tree that is needed. Never rejects because of the tree: what could not be read is missing, and counted. */
export const surveyTree = async (context: Omit<SurveyContext, 'takeSession'>, { description, modules, sessionLimit }: { description: string; modules: ModuleControl | undefined; sessionLimit: number }): Promise<Survey> => {
  let [taken, omittedSessions] = [0, 0];
  const whole: SurveyContext = {
    ...context,
    takeSession: () => {
      const free = taken < sessionLimit;
      if (free) taken += 1;
      else omittedSessions += 1;
      return free;
    },
  };
  const { reader, needs, filters } = whole;
  // Told first, since it says whether the sessions' latency files have anything to tell.
  const measuringLatency = await readFlag(whole, 'measure_latency', 'measure_latency');
  const [drivers, devices] = await Promise.all([reader.list('targets', 'drivers'), reader.list('devices', 'devices')]);
  const [root, driverSurveys, deviceSurveys, deviceGroups, sgv, loaded] = await Promise.all([
    needs.has('root') ? surveyRoot(whole) : undefined,
    Promise.all((directoriesOf(drivers) ?? []).filter((name) => filters.drivers.accepts(name)).map((name) => surveyDriver(whole, name, measuringLatency === true))),
    needs.has('devices') ? Promise.all((directoriesOf(devices) ?? []).filter((name) => filters.devices.accepts(name)).map((name) => surveyDevice(whole, name))) : [],
    needs.has('device-groups') ? surveyDeviceGroups(whole) : [],
    needs.has('sgv') ? surveySgv(whole) : { caches: [], global: undefined },
    needs.has('modules') && modules !== undefined ? reader.other('modules', 'modules', () => modules.list()) : undefined,
  ]);
  return {
    description,
    // A tree that is not there lists as empty; an SCST always has drivers, the copy manager at least.
    up: drivers !== undefined && drivers.length > 0 && devices !== undefined,
    absent: drivers !== undefined && drivers.length === 0,
    version: root?.version,
    threads: root?.threads,
    suspended: root?.suspended,
    measuringLatency,
    modules: loaded,
    drivers: driverSurveys,
    devices: deviceSurveys,
    deviceGroups,
    sgv,
    omittedSessions,
  };
};

const surveyRoot = async (context: SurveyContext): Promise<Pick<Survey, 'version' | 'threads' | 'suspended'>> => {
  const { reader } = context;
  const [version, threads, suspended] = await Promise.all(['version', 'threads', 'suspend'].map((name) => reader.read(name, name)));
  return { version: parsed(context, version, 'version', parseScstVersion), threads: parseCount(threads), suspended: parseCount(suspended) };
};

const surveyDeviceGroups = async (context: SurveyContext): Promise<Survey['deviceGroups']> => {
  const names = directoriesOf(await context.reader.list('device_groups', 'device_groups')) ?? [];
  return await Promise.all(names.map((name) => surveyDeviceGroup(context, name)));
};

const surveySgv = async (context: SurveyContext): Promise<Survey['sgv']> => {
  const { reader } = context;
  const names = directoriesOf(await reader.list('sgv', 'sgv')) ?? [];
  const [caches, global] = await Promise.all([
    Promise.all(
      names.map(async (name) => {
        const cache = parsed(context, await reader.read(`sgv/${name}/stats`, 'sgv/stats'), 'sgv/stats', parseSgvCache);
        return cache === undefined ? [] : [{ name, ...cache }];
      }),
    ),
    reader.read('sgv/global_stats', 'sgv/global_stats'),
  ]);
  return { caches: caches.flat(), global: parsed(context, global, 'sgv/global_stats', parseSgvGlobal) };
};

/** What there is to tell of a tree that could not even be reached. */
export const nothing = (description: string, absent: boolean): Survey => ({
  description,
  up: false,
  absent,
  version: undefined,
  threads: undefined,
  suspended: undefined,
  measuringLatency: undefined,
  modules: undefined,
  drivers: [],
  devices: [],
  deviceGroups: [],
  sgv: { caches: [], global: undefined },
  omittedSessions: 0,
});
