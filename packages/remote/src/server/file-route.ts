import type { SysfsAccess, SysfsFile, SysfsTree } from '@scst/sysfs';
import { field } from '../protocol/error-json.js';
import { RemoteError } from '../protocol/remote-error.js';
import { LEASE_HEADER } from '../protocol/version.js';
import type { Exchange } from './exchange.js';
import type { Handles } from './handles.js';
import { giveHandle } from './give-handle.js';
import { pathParameters, wrongMethod } from './route.js';

/** A file held open for a client; a class of its own so that a handle tells what it is. */
export class HeldFile implements AsyncDisposable {
  constructor(readonly file: SysfsFile) {}

  async [Symbol.asyncDispose](): Promise<void> {
    await this.file.close();
  }
}

const isFile = (value: AsyncDisposable): value is HeldFile => value instanceof HeldFile;
const ACCESS = new Set<unknown>(['read', 'write', 'readwrite'] satisfies SysfsAccess[]);
const isAccess = (value: unknown): value is SysfsAccess => ACCESS.has(value);

export interface FileRouteOptions {
  readonly tree: SysfsTree;
  readonly handles: Handles;
  readonly bodyLimit: number;
}

/**
 * `POST /files {"path", "access"}` opens; `GET /files/ID?count=&offset=` reads, `PUT /files/ID` writes, `DELETE /files/ID` closes.
 */
export const fileRoute = async (exchange: Exchange, { tree, handles, bodyLimit }: FileRouteOptions): Promise<void> => {
  const [id, ...others] = pathParameters(exchange);
  if (others.length > 0) throw new RemoteError('ERR_NOT_FOUND', `there is no ${exchange.path}`);
  const { method, query, signal } = exchange;
  if (id === undefined) {
    if (method !== 'POST') throw wrongMethod(exchange);
    const body = await exchange.json(bodyLimit);
    const [path, access] = [field(body, 'path'), field(body, 'access')];
    if (typeof path !== 'string' || !isAccess(access)) throw new RemoteError('ERR_BAD_REQUEST', 'POST /files takes {"path": PATH, "access": "read", "write" or "readwrite"}');
    handles.checkRoom(path);
    const file = new HeldFile(await tree.open(path, access, { signal }));
    await giveHandle(exchange, handles, await handles.add(file, exchange.header(LEASE_HEADER), path));
    return;
  }
  switch (method) {
    case 'GET': {
      const count = number(query, 'count');
      // The answer is held in memory, so one request does not ask for more than a text can have.
      const options = { count: count === undefined ? undefined : Math.min(count, LONGEST_READ), offset: number(query, 'offset'), signal };
      await exchange.sendBytes(await handles.use(id, isFile, ({ file }) => file.read(options)));
      return;
    }
    case 'PUT': {
      const data = await exchange.body(bodyLimit);
      await exchange.sendJson({ written: await handles.use(id, isFile, ({ file }) => file.write(data, { signal })) });
      return;
    }
    case 'DELETE':
      await handles.remove(id);
      await exchange.sendJson(undefined);
      return;
    default:
      throw wrongMethod(exchange);
  }
};

const LONGEST_READ = 65536;

const number = (query: URLSearchParams, name: string): number | undefined => {
  const text = query.get(name);
  if (text === null) return undefined;
  if (!/^\d{1,15}$/u.test(text)) throw new RemoteError('ERR_BAD_REQUEST', `${name} is a number of bytes`);
  return Number(text);
};
