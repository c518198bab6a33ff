import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A directory that goes with its block: `await using directory = await temporaryDirectory()`. */
export const temporaryDirectory = async (): Promise<AsyncDisposable & { readonly path: string; file(name: string): string }> => {
  const path = await mkdtemp(join(tmpdir(), 'scst-cli-'));
  return {
    path,
    file: (name) => join(path, name),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
};
