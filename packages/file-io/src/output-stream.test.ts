import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FileOutput, outputStream } from './output-stream.js';

type StandardStream = Parameters<typeof outputStream>[0];

describe('a standard stream', () => {
  it('that is a file takes everything, and stays open', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'scst-output-'));
    const file = openSync(join(directory, 'out'), 'w');
    try {
      const output = new FileOutput(file);
      output.write('one\n');
      await new Promise<void>((resolve) => output.end(Buffer.alloc(100_000, 'x'), resolve));
      expect(readFileSync(join(directory, 'out'), 'latin1')).toBe(`one\n${'x'.repeat(100_000)}`);
    } finally {
      closeSync(file);
      rmSync(directory, { recursive: true });
    }
  });

  it('that is a full device fails', async () => {
    const full = openSync('/dev/full', 'w');
    const output = new FileOutput(full);
    const failed = new Promise<NodeJS.ErrnoException>((resolve) => output.on('error', resolve));
    output.write('lost');
    expect((await failed).code).toBe('ENOSPC');
    closeSync(full);
  });

  it('that is a pipe or a terminal is left as it is', () => {
    const pipe = new Socket();
    expect(outputStream(pipe as unknown as StandardStream)).toBe(pipe);
    expect(outputStream({ fd: 1 } as unknown as StandardStream)).toBeInstanceOf(FileOutput);
  });
});
