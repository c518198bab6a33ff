import { isGone, mapTogether, type OperationOptions, type SysfsTree, TreeReader } from '@scst/sysfs';
import { LATENCY_FILES, parseLatency, sumLatency } from './latency.js';
import { type IoSample, type IoTotals, type LatencyTotals, type LunCounters, lunKey, type LunSample, type SessionSample, type StatisticsSample } from './sample.js';

/** Reads under way at a time: a look at a thousand sessions must not keep the tree from others. */
const CONCURRENCY = 16;
/** Sessions looked at at a time. */
const TOGETHER = 64;

/** Reads the counters of all sessions. Keep one for a run of samples: what cannot have changed since the last one is not read again. */
export class StatisticsReader {
  readonly #tree: SysfsTree;
  readonly #lunCounters: LunCounters;
  #last: ReadonlyMap<string, SessionSample> = new Map();

  constructor(tree: SysfsTree, lunCounters: LunCounters = () => Promise.resolve(new Map())) {
    this.#tree = tree;
    this.#lunCounters = lunCounters;
  }

  /** Sessions that go while they are looked at are left out, and so are those of the copy manager, which is no initiator. */
  async read(options: OperationOptions = {}): Promise<StatisticsSample> {
    const reader = new TreeReader(this.#tree, { concurrency: CONCURRENCY, signal: options.signal });
    const passing = reader.passing();
    const places = await sessionPlaces(passing);
    const measuresLatency = (await passing.attribute('measure_latency'))?.value === '1';
    const at = performance.timeOrigin + performance.now();
    const looks = await mapTogether(places, TOGETHER, (place) => this.#look(reader, passing, place, measuresLatency));
    const found = looks.filter((look) => look !== undefined);
    const counters = await this.#lunCounters(found.map(({ path, host }) => ({ path, host })));
    const sessions = found.map((session) => ({ ...session, luns: session.luns.map((lun) => ({ ...lun, io: counters.get(lunKey(session.path, lun.lun)) })) }));
    this.#last = new Map(sessions.map((session) => [session.path, session]));
    return { at, measuresLatency, sessions };
  }

  async #look(reader: TreeReader, passing: TreeReader, place: SessionPlace, measuresLatency: boolean): Promise<SessionSample | undefined> {
    const { path } = place;
    const last = this.#last.get(path);
    const number = async (name: string): Promise<number> => Number((await passing.attribute(`${path}/${name}`))?.value ?? Number.NaN);
    const totals = async (direction: string): Promise<IoTotals> => {
      const [commands, kib] = await Promise.all([number(`${direction}_cmd_count`), number(`${direction}_io_count_kb`)]);
      return { commands, bytes: kib * 1024 };
    };
    const [entries, initiator, luns, host, active, read, write, bidi, none, unknown] = await Promise.all([
      passing.list(path),
      last === undefined ? passing.attribute(`${path}/initiator_name`) : { value: last.initiator },
      reader.leadsTo(`${path}/luns`),
      passing.link(`${path}/host`),
      number('commands'),
      totals('read'),
      totals('write'),
      totals('bidi'),
      number('none_cmd_count'),
      number('unknown_cmd_count'),
    ]);
    if (entries === undefined || initiator === undefined || luns === undefined) return undefined;
    const io: IoSample = { read, write, other: { commands: bidi.commands + none + unknown, bytes: bidi.bytes }, latency: undefined };
    // A session whose counters cannot be read has gone.
    if ([active, read, write, io.other].some((part) => Number.isNaN(typeof part === 'number' ? part : part.commands + part.bytes))) return undefined;
    const numbers = entries.flatMap(({ name }) => /^lun(\d+)$/u.exec(name)?.[1] ?? []).map(Number).sort((a, b) => a - b);
    return {
      ...place,
      initiator: initiator.value,
      group: /\/ini_groups\/([^/]+)\/luns$/u.exec(luns)?.[1],
      host: host === undefined ? undefined : Number(host.replace('host', '')),
      active,
      io: { ...io, latency: measuresLatency ? await this.#latency(path, io, last) : undefined },
      luns: await mapTogether(numbers, TOGETHER, (lun) => lookAtLun(reader, passing, path, luns, lun)),
    };
  }

  /** 44 files each: those of sessions that have been idle since the last sample are not read. */
  async #latency(path: string, io: IoSample, last: SessionSample | undefined): Promise<LatencyTotals> {
    if (last?.io.latency !== undefined && sameCounts(last.io, io)) return last.io.latency;
    return sumLatency(await mapTogether(LATENCY_FILES, CONCURRENCY, async (name) => parseLatency(await this.#read(`${path}/latency/${name}`))));
  }

  async #read(path: string): Promise<Uint8Array> {
    try {
      return await this.#tree.read(path);
    } catch (error) {
      if (isGone(error)) return new Uint8Array(0);
      throw error;
    }
  }
}

interface SessionPlace {
  readonly path: string;
  readonly driver: string;
  readonly target: string;
  readonly session: string;
}

const sessionPlaces = async (reader: TreeReader): Promise<SessionPlace[]> => {
  const drivers = (await reader.names('targets')).filter((name) => name !== 'copy_manager');
  const targets = (await Promise.all(drivers.map(async (driver) => (await reader.names(`targets/${driver}`)).map((target) => ({ driver, target }))))).flat();
  const places = await mapTogether(targets, TOGETHER, async ({ driver, target }) =>
    (await reader.names(`targets/${driver}/${target}/sessions`)).map((session) => ({ path: `targets/${driver}/${target}/sessions/${session}`, driver, target, session })),
  );
  return places.flat();
};

const lookAtLun = async (reader: TreeReader, passing: TreeReader, session: string, set: string, lun: number): Promise<LunSample> => {
  // Sessions share sets, so that a set's links are read once a sample.
  const [active, device] = await Promise.all([passing.attribute(`${session}/lun${lun}/active_commands`), reader.link(`${set}/${lun}/device`)]);
  return { lun, device, active: Number(active?.value ?? 0), io: undefined };
};

const sameCounts = (left: IoSample, right: IoSample): boolean =>
  left.read.commands === right.read.commands && left.write.commands === right.write.commands && left.other.commands === right.other.commands;
