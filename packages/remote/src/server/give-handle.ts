import type { Exchange } from './exchange.js';
import type { Handles } from './handles.js';

/** Tells a client the id of its handle; one that has gone away meanwhile will never ask for it, so it is let go of. */
export const giveHandle = async (exchange: Exchange, handles: Handles, id: string, more: Readonly<Record<string, unknown>> = {}): Promise<void> => {
  await exchange.sendJson({ id, ...more }, 201);
  if (exchange.signal.aborted) await handles.remove(id);
};
