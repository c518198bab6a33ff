import type { ModuleControl } from '@scst/sysfs';
import { field } from '../protocol/error-json.js';
import { RemoteError } from '../protocol/remote-error.js';
import type { Exchange } from './exchange.js';
import { pathParameters, wrongMethod } from './route.js';

/** `GET /modules` lists; `GET`, `POST {"parameters": {…}}` and `DELETE /modules/NAME` describe, load and unload one. */
export const moduleRoute = async (exchange: Exchange, modules: ModuleControl, bodyLimit: number): Promise<void> => {
  const [name, ...others] = pathParameters(exchange);
  const { method, signal } = exchange;
  if (others.length > 0) throw new RemoteError('ERR_NOT_FOUND', `there is no ${exchange.path}`);
  if (name === undefined) {
    if (method !== 'GET') throw wrongMethod(exchange);
    await exchange.sendJson({ modules: await modules.list({ signal }) });
    return;
  }
  switch (method) {
    case 'GET':
      await exchange.sendJson(await modules.info(name, { signal }));
      return;
    case 'POST':
      await modules.load(name, parametersOf(await exchange.json(bodyLimit)), { signal });
      await exchange.sendJson(undefined);
      return;
    case 'DELETE':
      await modules.unload(name, { signal });
      await exchange.sendJson(undefined);
      return;
    default:
      throw wrongMethod(exchange);
  }
};

const parametersOf = (body: unknown): Record<string, string> => {
  const given = field(body, 'parameters') ?? {};
  if (typeof given !== 'object') throw new RemoteError('ERR_BAD_REQUEST', 'POST takes {"parameters": {NAME: TEXT}}');
  const parameters = new Map<string, string>();
  for (const [name, value] of Object.entries(given)) {
    if (typeof value !== 'string') throw new RemoteError('ERR_BAD_REQUEST', 'module parameters are texts');
    parameters.set(name, value);
  }
  return Object.fromEntries(parameters);
};
