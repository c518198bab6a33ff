import { type LoadedModule } from '@scst/sysfs';
import { type PrState } from '../parse/pr-state.js';
import { type SgvCache, type SgvGlobal } from '../parse/sgv.js';
import { type DriverStats } from '../parse/stats.js';
import { type ScstVersion } from '../parse/version.js';
import { type StageLatency } from '../parse/latency.js';

/**
 * What a scrape saw. Undefined is: not there, not read, or not asked for; nothing here is a guess. Names are those of the tree's
 * directories (a `/` in a name is a `!`).
 */
export interface Survey {
  /** Where the tree is, for people. */
  readonly description: string;
  /** Whether the tree's drivers and devices could be listed. */
  readonly up: boolean;
  /** Whether there is no SCST at all, as opposed to one that could not be read. */
  readonly absent: boolean;
  readonly version: ScstVersion | undefined;
  readonly threads: number | undefined;
  readonly suspended: number | undefined;
  readonly measuringLatency: boolean | undefined;
  readonly modules: readonly LoadedModule[] | undefined;
  readonly drivers: readonly DriverSurvey[];
  readonly devices: readonly DeviceSurvey[];
  readonly deviceGroups: readonly DeviceGroupSurvey[];
  readonly sgv: { readonly caches: readonly (SgvCache & { readonly name: string })[]; readonly global: SgvGlobal | undefined };
  /** Sessions beyond the limit, which were counted and not read. */
  readonly omittedSessions: number;
}

export interface DriverSurvey {
  readonly name: string;
  readonly version: string | undefined;
  readonly stats: DriverStats | undefined;
  /** Whether the targets could be listed. */
  readonly listed: boolean;
  readonly targets: readonly TargetSurvey[];
}

export interface TargetSurvey {
  readonly driver: string;
  readonly name: string;
  /** Undefined for drivers whose targets are always enabled. */
  readonly enabled: boolean | undefined;
  /** The target's own LUNs, then those of its groups. */
  readonly sets: readonly LunSetSurvey[];
  /** Names of all sessions; undefined when they could not be listed. */
  readonly sessionNames: readonly string[] | undefined;
  /** Those that were read. */
  readonly sessions: readonly SessionSurvey[];
}

export interface LunSetSurvey {
  /** `''`: the target's own. */
  readonly group: string;
  readonly luns: readonly LunSurvey[];
}

export interface LunSurvey {
  readonly number: number;
  readonly device: string | undefined;
  readonly readOnly: boolean | undefined;
}

/** Directions of data, as SCST counts them. */
export const DIRECTIONS = ['none', 'read', 'write', 'bidi', 'unknown'] as const;

export type Direction = (typeof DIRECTIONS)[number];

/** Directions whose bytes and alignment are counted. */
export const DATA_DIRECTIONS = ['read', 'write', 'bidi'] as const satisfies readonly Direction[];

/** One direction's counters as they read. */
export interface DirectionCounters {
  readonly commands: number | undefined;
  readonly kib?: number | undefined;
  readonly unaligned?: number | undefined;
}

export interface SessionSurvey {
  readonly name: string;
  /** Undefined when it is not known which set the session uses. */
  readonly group: string | undefined;
  readonly initiator: string | undefined;
  /** In hex. */
  readonly transportId: string | undefined;
  readonly counters: Readonly<Partial<Record<Direction, DirectionCounters>>>;
  readonly active: number | undefined;
  readonly luns: readonly SessionLunSurvey[];
  /** Undefined while latency is not measured. */
  readonly latency: readonly LatencySurvey[] | undefined;
}

export interface SessionLunSurvey {
  readonly number: number;
  readonly device: string | undefined;
  readonly active: number | undefined;
}

export interface LatencySurvey {
  readonly direction: Exclude<Direction, 'unknown'>;
  /** Bytes. */
  readonly size: number;
  readonly stages: readonly StageLatency[];
}

export interface DeviceSurvey {
  readonly name: string;
  readonly handler: string | undefined;
  readonly type: string | undefined;
  readonly filename: string | undefined;
  readonly serial: string | undefined;
  /** Bytes. */
  readonly size: number | undefined;
  /** Bytes. */
  readonly blockSize: number | undefined;
  readonly active: boolean | undefined;
  readonly readOnly: boolean | undefined;
  readonly thinProvisioned: boolean | undefined;
  /** LUNs it is, those of the copy manager left out. */
  readonly exports: number | undefined;
  /** How often the device has been blocked and not let go. */
  readonly blocked: number | undefined;
  readonly reservations: PrState | undefined;
  /** What the file takes on its file system, and how long it is, both in bytes; undefined where it is no file of this machine. */
  readonly backing: { readonly allocated: number; readonly length: number } | undefined;
}

export interface DeviceGroupSurvey {
  readonly name: string;
  readonly devices: readonly string[];
  readonly targetGroups: readonly {
    readonly name: string;
    readonly state: string | undefined;
    readonly preferred: boolean | undefined;
    readonly groupId: number | undefined;
    readonly targets: readonly string[];
  }[];
}

/** Parts of the tree that a scrape may leave out. */
export const NEEDS = [
  'root',
  'modules',
  'driver-stats',
  'luns',
  'sessions',
  'session-counters',
  'session-luns',
  'latency',
  'devices',
  'backing',
  'reservations',
  'device-groups',
  'sgv',
] as const;

export type Need = (typeof NEEDS)[number];
