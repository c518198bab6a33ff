import { type SysfsEntry } from '@scst/sysfs';
import { LATENCY_LETTERS, LATENCY_SIZES, parseLatency } from '../parse/latency.js';
import { parseCount } from '../parse/number.js';
import { parsed, type SurveyContext } from './context.js';
import { DATA_DIRECTIONS, type Direction, type DirectionCounters, type LatencySurvey, type LunSetSurvey, type SessionLunSurvey, type SessionSurvey } from './types.js';

/** Reads a session's directory. `sets` are the target's LUN sets; `latency` whether times are measured. Undefined when it has gone. */
export const surveySession = async (context: SurveyContext, path: string, name: string, sets: readonly LunSetSurvey[], latency: boolean): Promise<SessionSurvey | undefined> => {
  const { reader, needs } = context;
  const entries = await reader.list(path, 'sessions/entries');
  if (entries === undefined || entries.length === 0) return undefined;
  const has = new Set(entries.map((entry) => entry.name));
  const group = groupOf(await reader.link(`${path}/luns`, 'sessions/luns'));
  if (group !== undefined && !context.filters.groups.accepts(group)) return undefined;
  const set = sets.find((candidate) => candidate.group === group);
  const [initiator, transportId, counters, luns, active, times] = await Promise.all([
    reader.read(`${path}/initiator_name`, 'sessions/initiator_name'),
    needs.has('session-counters') && has.has('transport_id') ? reader.bytes(`${path}/transport_id`, 'sessions/transport_id') : undefined,
    needs.has('session-counters') ? readCounters(context, path) : {},
    needs.has('session-luns') ? readLuns(context, path, entries, set) : [],
    // The file goes through SCST's work queue and may have to wait for a command there; it is the sum of the LUNs' own.
    needs.has('session-luns') ? undefined : reader.read(`${path}/active_commands`, 'sessions/active_commands'),
    needs.has('latency') && latency ? readLatency(context, path) : undefined,
  ]);
  return {
    name,
    group,
    initiator,
    transportId: transportId === undefined ? undefined : Buffer.from(transportId).toString('hex'),
    counters,
    active: needs.has('session-luns') ? sumOf(luns) : parseCount(active),
    luns: luns.filter(({ device }) => device === undefined || context.filters.devices.accepts(device)),
    latency: times,
  };
};

/** `../../luns`, or `../../ini_groups/GROUP/luns` (SPEC sysfs 6.3). */
const groupOf = (target: string | undefined): string | undefined => {
  if (target === undefined) return undefined;
  const parts = target.split('/');
  return parts.at(-3) === 'ini_groups' ? parts.at(-2) : '';
};

const readCounters = async ({ reader }: SurveyContext, path: string): Promise<Partial<Record<Direction, DirectionCounters>>> => {
  const count = async (name: string): Promise<number | undefined> => parseCount(await reader.read(`${path}/${name}`, `sessions/${name}`));
  const counters: Partial<Record<Direction, DirectionCounters>> = {};
  await Promise.all([
    ...DATA_DIRECTIONS.map(async (direction) => {
      const [commands, kib, unaligned] = await Promise.all([count(`${direction}_cmd_count`), count(`${direction}_io_count_kb`), count(`${direction}_unaligned_cmd_count`)]);
      counters[direction] = { commands, kib, unaligned };
    }),
    ...(['none', 'unknown'] as const).map(async (direction) => {
      counters[direction] = { commands: await count(`${direction}_cmd_count`) };
    }),
  ]);
  return counters;
};

const readLuns = async ({ reader }: SurveyContext, path: string, entries: readonly SysfsEntry[], set: LunSetSurvey | undefined): Promise<SessionLunSurvey[]> => {
  const devices = new Map(set?.luns.map(({ number, device }) => [number, device]));
  const numbers = entries.flatMap(({ name, type }) => (type === 'directory' ? (/^lun(\d+)$/u.exec(name)?.[1] ?? []) : []));
  return await Promise.all(
    numbers.map(async (text) => ({
      number: Number(text),
      device: devices.get(Number(text)),
      active: parseCount(await reader.read(`${path}/lun${text}/active_commands`, 'sessions/lun/active_commands')),
    })),
  );
};

/** Undefined when one of them is not known. */
const sumOf = (luns: readonly SessionLunSurvey[]): number | undefined => {
  let sum = 0;
  for (const { active } of luns) {
    if (active === undefined) return undefined;
    sum += active;
  }
  return sum;
};

const readLatency = async (context: SurveyContext, path: string): Promise<LatencySurvey[]> => {
  const files = Object.entries(LATENCY_LETTERS).flatMap(([letter, direction]) => LATENCY_SIZES.map((size) => ({ letter, direction, size })));
  const found = await Promise.all(
    files.map(async ({ letter, direction, size }) => {
      const stages = parsed(context, await context.reader.read(`${path}/latency/${letter}${size}`, 'sessions/latency'), 'sessions/latency', parseLatency);
      return stages === undefined || stages.length === 0 ? [] : [{ direction, size, stages }];
    }),
  );
  return found.flat();
};
