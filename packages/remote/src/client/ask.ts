import { request } from 'node:http';
import { field } from '../protocol/error-json.js';
import { PROTOCOL, type ServerInfo } from '../protocol/version.js';

/** Who is at a socket. */
export type Listener =
  /** Nobody: no such socket, or one whose server has gone. */
  | { readonly state: 'nobody' }
  | { readonly state: 'scst'; readonly info: ServerInfo }
  /** The socket is not for this user. */
  | { readonly state: 'forbidden' }
  /** Somebody, but no server of this protocol, or one that does not answer in time. */
  | { readonly state: 'other' };

/** What such an answer can have at most. */
const LONGEST_ANSWER = 1024 * 1024;

/**
 * Asks who is at a socket.
 *
 * @param timeout Milliseconds to wait for the answer. Default: 2000.
 */
export const askServer = (socketPath: string, timeout = 2000): Promise<Listener> =>
  new Promise((resolve) => {
    const asking = request({ socketPath, path: '/', agent: false, headers: { host: 'scst' } });
    const limit = setTimeout(() => { tell({ state: 'other' }); }, timeout);
    const tell = (listener: Listener): void => {
      clearTimeout(limit);
      resolve(listener);
      asking.destroy();
    };
    asking.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') tell({ state: 'nobody' });
      else if (error.code === 'EACCES' || error.code === 'EPERM') tell({ state: 'forbidden' });
      else tell({ state: 'other' });
    });
    asking.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
        if (text.length > LONGEST_ANSWER) tell({ state: 'other' });
      });
      response.on('end', () => {
        const info = parseInfo(text);
        tell(info === undefined ? { state: 'other' } : { state: 'scst', info });
      });
    });
    asking.end();
  });

const parseInfo = (text: string): ServerInfo | undefined => {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  const [protocol, pid, description, endpoints] = ['protocol', 'pid', 'description', 'endpoints'].map((name) => field(json, name));
  if (field(json, 'server') !== 'scst' || typeof protocol !== 'number' || typeof pid !== 'number' || typeof description !== 'string') return undefined;
  const names = Array.isArray(endpoints) ? endpoints.filter((name): name is string => typeof name === 'string') : [];
  return { server: 'scst', protocol, pid, description, endpoints: names, info: field(json, 'info') };
};

/** Whether a server speaks this package's protocol. */
export const isCompatible = (info: ServerInfo): boolean => info.protocol === PROTOCOL;
