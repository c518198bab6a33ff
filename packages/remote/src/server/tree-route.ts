import { SysfsError, type SysfsTree } from '@scst/sysfs';
import { field } from '../protocol/error-json.js';
import { RemoteError } from '../protocol/remote-error.js';
import type { Exchange } from './exchange.js';
import { pathParameters, wrongMethod } from './route.js';

/**
 * `/tree/PATH`: GET reads a file or lists a directory, `?read`, `?list`, `?stat` and `?readlink` ask for one operation; PUT writes;
 * PATCH `{"mode": 384}` changes the mode.
 */
export const treeRoute = async (exchange: Exchange, tree: SysfsTree, bodyLimit: number): Promise<void> => {
  const path = pathParameters(exchange).join('/');
  const { signal } = exchange;
  switch (exchange.method) {
    case 'GET':
      await get(exchange, tree, path);
      return;
    case 'PUT': {
      const data = await exchange.body(bodyLimit);
      await exchange.sendJson({ written: await tree.write(path, data, { signal }) });
      return;
    }
    case 'PATCH': {
      const mode = field(await exchange.json(bodyLimit), 'mode');
      if (typeof mode !== 'number') throw new RemoteError('ERR_BAD_REQUEST', 'PATCH takes {"mode": NUMBER}');
      await tree.chmod(path, mode, { signal });
      await exchange.sendJson(undefined);
      return;
    }
    default:
      throw wrongMethod(exchange);
  }
};

const get = async (exchange: Exchange, tree: SysfsTree, path: string): Promise<void> => {
  const { query, signal } = exchange;
  if (query.has('stat')) await exchange.sendJson(await tree.stat(path, { signal }));
  else if (query.has('readlink')) await exchange.sendJson({ target: await tree.readlink(path, { signal }) });
  else if (query.has('list')) await exchange.sendJson({ entries: await tree.list(path, { signal }) });
  else if (query.has('read')) await exchange.sendBytes(await tree.read(path, { signal }));
  else await look(exchange, tree, path);
};

/** Whatever is there, for people: a file's octets, or a directory's entries with the targets of its links. */
const look = async (exchange: Exchange, tree: SysfsTree, path: string): Promise<void> => {
  const { signal } = exchange;
  try {
    await exchange.sendBytes(await tree.read(path, { signal }));
  } catch (error) {
    if (!(error instanceof SysfsError && error.code === 'EISDIR')) throw error;
    const entries = await tree.list(path, { signal });
    const told = entries.map(async (entry) => {
      if (entry.type !== 'link') return entry;
      const target = await tree.readlink(path === '' ? entry.name : `${path}/${entry.name}`, { signal }).catch(() => undefined);
      return target === undefined ? entry : { ...entry, target };
    });
    await exchange.sendJson({ entries: await Promise.all(told) });
  }
};
