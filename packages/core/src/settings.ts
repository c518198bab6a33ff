import { type Administration } from './administration.js';
import { type ByteString } from './bytes.js';
import { Gate } from './gate.js';
import { TraceLevel } from './trace-level.js';

/** What the files of the root directory hold (SPEC sysfs 2): made anew each time `scst` is loaded. */
export class CoreSettings {
  /** Takes effect for devices added afterwards. */
  setupId = 0;
  threads: number;
  /** The number of threads that needs no saving. */
  readonly defaultThreads: number;
  maxTaskletCommands = 10;
  /** How long threads poll before they sleep, in the kernel: kept and shown. */
  pollNanoseconds = 0n;
  forceGlobalPool = false;
  measureLatency = false;
  clusterName: ByteString | null = null;
  readonly traceLevel: TraceLevel;
  /** Closed while commands are suspended. */
  readonly activity = new Gate();

  constructor(threads: number, administration: Administration) {
    this.traceLevel = new TraceLevel(administration === 'procfs' ? 'old core' : 'core');
    this.threads = threads;
    this.defaultThreads = threads;
  }
}
