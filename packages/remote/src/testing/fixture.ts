import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { standardMemoryTree } from '@scst/sysfs/compliance';
import { connect, type ConnectOptions, type RemoteConnection } from '../client/connect.js';
import type { ServerLimits } from '../server/limits.js';
import { serve, type RemoteServer, type Served } from '../server/serve.js';

export interface Pair {
  readonly directory: string;
  readonly socket: string;
  readonly server: RemoteServer;
  readonly remote: RemoteConnection;
  /** Closes both ends and removes the directory. */
  readonly close: () => Promise<void>;
}

/** A directory of its own for a socket. */
export const makeDirectory = (): string => mkdtempSync(join(tmpdir(), 'scst-remote-'));

/** A server and a client of it. What is served is a standard tree in memory unless told otherwise. */
export const pair = async (served: Partial<Served> = {}, limits: ServerLimits = {}, options: ConnectOptions = {}): Promise<Pair> => {
  const directory = makeDirectory();
  const socket = join(directory, 'scst.sock');
  const server = await serve({ tree: standardMemoryTree(), ...served }, { socket, limits });
  const remote = await connect(socket, options);
  const close = async (): Promise<void> => {
    await remote.close();
    await server.close();
    rmSync(directory, { recursive: true });
  };
  return { directory, socket, server, remote, close };
};
