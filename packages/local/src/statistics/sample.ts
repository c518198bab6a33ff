/** What has been moved since the counters began. */
export interface IoTotals {
  readonly commands: number;
  readonly bytes: number;
}

/** How long commands took: so many, and the microseconds they took together. */
export interface LatencyTotals {
  readonly commands: number;
  readonly microseconds: number;
}

/** The counters of one I/O path at one moment. */
export interface IoSample {
  readonly read: IoTotals;
  readonly write: IoTotals;
  /** Commands without data, bidirectional ones and unknown ones. */
  readonly other: IoTotals;
  /** Undefined where nobody measures. SCST measures sessions while `measure_latency` is 1. */
  readonly latency: LatencyTotals | undefined;
}

/** An I_T_L nexus at one moment. */
export interface LunSample {
  readonly lun: number;
  /** The device's name; undefined where it changed while it was looked at. */
  readonly device: string | undefined;
  /** Commands that have not been answered. */
  readonly active: number;
  /**
   * Undefined where nobody counts by LUN. SCST itself does not: of the kernel's SCST these are the counters of the block device that the
   * LUN is on the initiator side, of the core its own.
   */
  readonly io: IoSample | undefined;
}

/** A session at one moment. */
export interface SessionSample {
  /** Path of its directory. */
  readonly path: string;
  readonly driver: string;
  /** Names of the directories of target and session. */
  readonly target: string;
  readonly session: string;
  readonly initiator: string;
  /** The group whose LUNs it sees; undefined: the target's own. */
  readonly group: string | undefined;
  /** Number of its SCSI host; undefined for drivers whose initiators are elsewhere. */
  readonly host: number | undefined;
  /** Commands that have not been answered. */
  readonly active: number;
  readonly io: IoSample;
  /** In order of their numbers. */
  readonly luns: readonly LunSample[];
}

/** The counters of all sessions at one moment. */
export interface StatisticsSample {
  /** Milliseconds of a clock that only goes forward; only differences mean anything. */
  readonly at: number;
  /** `measure_latency` */
  readonly measuresLatency: boolean;
  readonly sessions: readonly SessionSample[];
}

/** Finds what each LUN of some sessions has done, by {@link lunKey}. */
export type LunCounters = (sessions: readonly { path: string; host: number | undefined }[]) => Promise<ReadonlyMap<string, IoSample>>;

/** @param session Path of the session's directory. */
export const lunKey = (session: string, lun: number): string => `${session}/lun${lun}`;
