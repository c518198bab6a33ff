import { type Writable } from 'node:stream';

/** What the program has of the world around it; tests bring their own. */
export interface Io {
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted by the first SIGINT or SIGTERM, with the signal's name as its reason. */
  readonly signal: AbortSignal;
  /** Calls back at every SIGHUP. Returns what stops that. */
  onHangup(listener: () => void): () => void;
}

/** Writes, and resolves when it has been taken; a reader that went away is no failure. */
export const write = (stream: Writable, text: string): Promise<void> =>
  new Promise((resolve) => {
    stream.once('error', () => { resolve(); });
    stream.write(text, () => { resolve(); });
  });
