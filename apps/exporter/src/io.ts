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

/** Writes. Resolves with what kept the text from being taken, if anything did; a reader that went away is no failure. */
export const write = (stream: Writable, text: string): Promise<Error | undefined> =>
  new Promise((resolve) => {
    const end = (error?: NodeJS.ErrnoException | null): void => { resolve(error === undefined || error === null || error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED' ? undefined : error); };
    stream.once('error', end);
    stream.write(text, end);
  });
