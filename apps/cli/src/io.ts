import { type Readable, type Writable } from 'node:stream';

/** A stream people may be looking at. */
export interface OutputStream extends Writable {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

/** A stream people may be typing into. */
export interface InputStream extends Readable {
  readonly isTTY?: boolean;
  /** Of a terminal: whether every key comes at once. */
  setRawMode?(raw: boolean): unknown;
}

/** What the program has of the world around it; tests bring their own. */
export interface Io {
  readonly stdin: InputStream;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted by the first SIGINT or SIGTERM, with the signal's name as its reason. */
  readonly signal: AbortSignal;
  /** Calls back at every SIGHUP, which otherwise ends the program. Returns what stops that. */
  onHangup(listener: () => void): () => void;
}

/** The signal that ended the work, by its name. */
export const endingSignal = (signal: AbortSignal): 'SIGINT' | 'SIGTERM' => (signal.reason === 'SIGTERM' ? 'SIGTERM' : 'SIGINT');
