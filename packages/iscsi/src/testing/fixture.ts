import { createIscsiEngine, type IscsiEngine, type IscsiEvent, type IscsiLimits, type IscsiSession, type IscsiTarget, type IscsiTargetHost } from '../index.js';
import { ManualEnvironment } from './manual-environment.js';
import { MemoryNexus } from './memory-nexus.js';
import { TARGET_NAME, TestInitiator } from './test-initiator.js';

export interface FixtureOptions {
  readonly target?: Partial<IscsiTarget>;
  readonly host?: Partial<IscsiTargetHost>;
  readonly limits?: IscsiLimits;
  readonly seed?: number;
}

/** An engine that serves one target on a disk in memory. */
export class Fixture {
  readonly environment: ManualEnvironment;
  readonly engine: IscsiEngine;
  readonly disk = new Uint8Array(2048 * 512);
  readonly nexuses: MemoryNexus[] = [];
  readonly opened: IscsiSession[] = [];
  readonly events: IscsiEvent[] = [];

  constructor({ target, host, limits, seed = 1 }: FixtureOptions = {}) {
    this.environment = new ManualEnvironment(seed);
    const served: IscsiTarget = {
      targetName: TARGET_NAME,
      openNexus: (session) => {
        const nexus = new MemoryNexus(this.disk);
        this.nexuses.push(nexus);
        this.opened.push(session);
        return nexus;
      },
      ...target,
    };
    const all: IscsiTargetHost = {
      discover: () => [{ targetName: TARGET_NAME }],
      findTarget: (_initiator, name) => (name === TARGET_NAME ? served : undefined),
      ...host,
    };
    this.engine = createIscsiEngine(all, { limits, environment: this.environment, log: (event) => this.events.push(event) });
  }

  connect(): TestInitiator {
    return new TestInitiator(this.engine, this.environment);
  }

  async loggedIn(keys: readonly (readonly [string, string])[] = []): Promise<TestInitiator> {
    const initiator = this.connect();
    await initiator.logIn(keys);
    return initiator;
  }

  /** The nexus opened last. */
  get nexus(): MemoryNexus {
    const nexus = this.nexuses.at(-1);
    if (nexus === undefined) throw new Error('no nexus has been opened');
    return nexus;
  }

  /** What is left of sessions, connections, commands and memory. */
  get left(): { sessions: number; connections: number; commands: number; memory: number; buffers: number; open: number } {
    const { sessions, connectionCount, buffersInUse } = this.engine;
    return {
      sessions: sessions.length,
      connections: connectionCount,
      commands: sessions.reduce((count, session) => count + session.commands, 0),
      memory: sessions.reduce((count, session) => count + session.memory, 0),
      buffers: buffersInUse,
      open: this.nexuses.filter((nexus) => nexus.closed === 0).length,
    };
  }
}

export const NOTHING_LEFT = { sessions: 0, connections: 0, commands: 0, memory: 0, buffers: 0, open: 0 };
