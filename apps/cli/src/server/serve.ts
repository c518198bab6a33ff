import { rmSync } from 'node:fs';
import { type ListenAddress } from '@scst/exporter';
import { mount } from '@scst/fuse';
import { createCore, lendScsiDevices, lockState, serveCore } from '@scst/local';
import { type ServerConfig } from './config.js';
import { Cleanups } from './cleanups.js';
import { type ModuleChoice } from './modules.js';
import { VERSION } from '../version.js';

/** Whose behaviour the core shows. */
export const PROFILES = ['scst', 'recorded', 't10'] as const;

export type Profile = (typeof PROFILES)[number];

export interface ServerOptions {
  /** Path of the unix socket. */
  readonly socket: string;
  /** Where reservations and saved mode pages are kept. */
  readonly stateDirectory: string;
  readonly profile: Profile;
  readonly modules: readonly ModuleChoice[];
  /** Where to mount the tree. */
  readonly mountDirectory: string | undefined;
  /** Applied at start. */
  readonly config: ServerConfig | undefined;
  /** Write the configuration back at the end. */
  readonly saveOnExit: boolean;
  /** Where to serve metrics for Prometheus. */
  readonly metrics?: ListenAddress | undefined;
  /** SCSI devices of the machine to lend to it. Default: none. */
  readonly scsiDevices?: readonly string[] | 'all' | undefined;
  /** Hears of what is left out. */
  readonly warn?: ((message: string) => void) | undefined;
  /** Where to serve iSCSI, `ADDRESS[:PORT]`. */
  readonly iscsi?: readonly string[] | undefined;
}

/** A server that is running. */
export interface RunningServer {
  readonly socket: string;
  readonly stateDirectory: string;
  readonly mountDirectory: string | undefined;
  /** Where the metrics are, if anywhere. */
  readonly metricsUrl: string | undefined;
  /** Where iSCSI is served. */
  readonly portals: readonly string[];
  /** Applies the configuration again. Does nothing without one. */
  reload(): Promise<void>;
  /**
   * Stops taking commands, lets those in flight end, writes back what is to be kept, and leaves nothing but the state behind.
   * Resolves with what could not be done.
   */
  stop(): Promise<unknown[]>;
}

/**
 * Runs an SCST in this process and serves it.
 *
 * @throws LocalError `LOCKED` when the state directory is in use; CliError `FAILED` when metrics cannot be served; IscsiError and IscsiDriverError of a portal; RemoteError when the socket is; FuseError; ConfigError; SysfsError of a module.
 */
export const startServer = async (options: ServerOptions): Promise<RunningServer> => {
  const cleanups = new Cleanups();
  try {
    return await start(options, cleanups);
  } catch (error) {
    await cleanups.run();
    throw error;
  }
};

/** Removes a file even when the process is ended by a second signal. Returns what takes that back. */
const removeAtExit = (path: string): (() => Promise<void>) => {
  const remove = (): void => {
    rmSync(path, { force: true });
  };
  process.on('exit', remove);
  return () => {
    process.off('exit', remove);
    return Promise.resolve();
  };
};

const start = async (
  { socket, stateDirectory, profile, modules, mountDirectory, config, saveOnExit, scsiDevices = [], warn, metrics, iscsi }: ServerOptions,
  cleanups: Cleanups,
): Promise<RunningServer> => {
  const lock = await lockState(stateDirectory, socket);
  cleanups.add(() => lock.release());
  const core = createCore({ profile, stateDirectory });
  cleanups.add(() => core.close());
  for (const { name, parameters } of modules) await core.modules.load(name, parameters);
  if (scsiDevices.length > 0) {
    const lent = await lendScsiDevices(core, scsiDevices);
    cleanups.add(() => lent.close());
    for (const { address, reason } of lent.leftOut) warn?.(`${address} is not lent: ${reason}`);
  }
  let settings = await config?.apply(core.tree, core.modules);
  if (config !== undefined && saveOnExit) cleanups.add(() => config.save(core.tree));
  const server = await serveCore(core, { socket }, { info: () => ({ program: 'scst-local', version: VERSION, profile, stateDirectory, mountDirectory }) });
  cleanups.add(removeAtExit(server.socket));
  cleanups.add(() => server.close());
  const mounted = mountDirectory === undefined ? undefined : await mount(core.tree, mountDirectory);
  if (mounted !== undefined) cleanups.add(() => mounted.unmount());
  const measured = metrics === undefined ? undefined : await (await import('./metrics.js')).startMetrics(core, metrics);
  if (measured !== undefined) cleanups.add(() => measured.close());
  // iSCSI takes its time to load, which commands that do without it need not wait for.
  const served = iscsi === undefined ? undefined : await (await import('./iscsi.js')).startIscsi(core, iscsi, settings, (message) => warn?.(message));
  if (served !== undefined) cleanups.add(() => served.close());
  return {
    socket: server.socket,
    stateDirectory,
    mountDirectory: mounted?.directory,
    metricsUrl: measured === undefined ? undefined : `${measured.url}/metrics`,
    portals: served?.portals ?? [],
    reload: async () => {
      settings = await config?.apply(core.tree, core.modules);
      await served?.apply(settings);
    },
    stop: () => cleanups.run(),
  };
};
