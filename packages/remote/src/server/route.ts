import { decodePart } from '../protocol/path.js';
import { RemoteError } from '../protocol/remote-error.js';
import type { Exchange } from './exchange.js';

/** What a route's function is given. */
export interface RouteRequest {
  /** The parts of the path that stand for `:name` in the route, decoded. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The request's body as JSON; undefined when it has none. */
  readonly body: unknown;
  /** Aborted when the client has gone away. */
  readonly signal: AbortSignal;
}

/** A route of the embedding program: gives what is to be answered as JSON. An error it throws is the answer's error. */
export type RouteHandler = (request: RouteRequest) => unknown;

/** Routes by method and path: `GET /hosts`, `POST /hosts/:name/scan`. */
export type Routes = Readonly<Record<string, RouteHandler>>;

interface ParsedRoute {
  readonly method: string;
  readonly parts: readonly string[];
  readonly handler: RouteHandler;
}

/** Finds the route of a request among the embedding program's. */
export class RouteTable {
  readonly #routes: readonly ParsedRoute[];

  /** @throws RemoteError `ERR_BAD_REQUEST` for a key that is no method and path. */
  constructor(routes: Routes) {
    this.#routes = Object.entries(routes).map(([key, handler]) => {
      const [, method, path] = /^([A-Z]+) \/(\S*)$/u.exec(key) ?? [];
      if (method === undefined || path === undefined) throw new RemoteError('ERR_BAD_REQUEST', `“${key}” is no route; one is “GET /hosts”`);
      return { method, parts: path.split('/'), handler };
    });
  }

  /** First parts of the routes' paths. */
  get endpoints(): string[] {
    return [...new Set(this.#routes.map((route) => route.parts[0] ?? ''))];
  }

  /**
   * Answers a request by its route.
   *
   * @param bodyLimit Most bytes of a body.
   * @returns False when there is no route for the path.
   * @throws RemoteError `ERR_BAD_REQUEST` when there is one for other methods.
   */
  async answer(exchange: Exchange, bodyLimit: number): Promise<boolean> {
    const parts = exchange.path.slice(1).split('/');
    const fitting = this.#routes.flatMap((route) => {
      const parameters = match(route.parts, parts);
      return parameters === undefined ? [] : [{ route, parameters }];
    });
    const found = fitting.find(({ route }) => route.method === exchange.method);
    if (found === undefined) {
      if (fitting.length > 0) throw wrongMethod(exchange);
      return false;
    }
    const body = await exchange.json(bodyLimit);
    const { parameters, route } = found;
    await exchange.sendJson(await route.handler({ parameters, query: exchange.query, body, signal: exchange.signal }));
    return true;
  }
}

const match = (pattern: readonly string[], parts: readonly string[]): Record<string, string> | undefined => {
  if (pattern.length !== parts.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, expected] of pattern.entries()) {
    const given = decodePart(parts[index] ?? '');
    if (given === undefined) return undefined;
    if (expected.startsWith(':')) parameters[expected.slice(1)] = given;
    else if (expected !== given) return undefined;
  }
  return parameters;
};

export const wrongMethod = ({ method, path }: Exchange): RemoteError => new RemoteError('ERR_BAD_REQUEST', `${path} does not take ${method}`);

/** The decoded parts of an exchange's path after the first. @throws RemoteError `ERR_BAD_REQUEST` for a broken `%`. */
export const pathParameters = ({ path }: Exchange): string[] =>
  path
    .split('/')
    .slice(2)
    .map((part) => {
      const name = decodePart(part);
      if (name === undefined) throw new RemoteError('ERR_BAD_REQUEST', `“${part}” is not percent-encoded`);
      return name;
    });
