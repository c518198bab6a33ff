import { describe, expect, it } from 'vitest';
import { MemoryDisk } from '../compliance/memory-disk.js';
import { ScsiDataError } from '../data-error.js';
import type { CommandRequest, CommandResult } from '../logical-unit.js';
import { SENSE_CONDITION } from '../sense/sense-condition.js';
import { commandName } from '../cdb/commands.js';
import { hex } from '../testing/arbitraries.js';
import { ScriptedUnit } from '../testing/scripted-unit.js';
import { read, write } from './read-write.js';

/** A disk that remembers the names of the commands it got. */
class Recorder extends MemoryDisk {
  readonly names: string[] = [];
  override execute(request: CommandRequest): Promise<CommandResult> {
    this.names.push(commandName(request.cdb));
    return super.execute(request);
  }
}

const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, (_, at) => (at * 7 + (at >> 8)) & 0xff);

describe('read and write', () => {
  it('move the same bytes, however they are split', async () => {
    const disk = new Recorder();
    const data = bytes(512 * 10);
    const progress: number[] = [];
    await write(disk, { lba: 3, blockLength: 512, data, maximumTransferBlocks: 4, onProgress: (blocks) => progress.push(blocks) });
    expect(progress).toEqual([4, 8, 10]);
    expect(disk.names).toEqual(['WRITE(10)', 'WRITE(10)', 'WRITE(10)']);
    expect(await read(disk, { lba: 3n, blocks: 10, blockLength: 512, maximumTransferBlocks: 3 })).toEqual(data);
    expect(await read(disk, { lba: 5, blocks: 1, blockLength: 512, cdbLength: 12 })).toEqual(data.slice(1024, 1536));
    expect(disk.names.slice(3)).toEqual(['READ(10)', 'READ(10)', 'READ(10)', 'READ(10)', 'READ(12)']);
  });

  it('split at 1 MiB unless told otherwise', async () => {
    const disk = new Recorder({ blockCount: 4096 });
    await read(disk, { lba: 0, blocks: 4096, blockLength: 512 });
    expect(disk.names).toHaveLength(2);
  });

  it('read into the buffer given, and nothing beyond', async () => {
    const disk = new MemoryDisk();
    await write(disk, { lba: 0, blockLength: 512, data: bytes(512) });
    const into = new Uint8Array(600).fill(0xee);
    const view = await read(disk, { lba: 0, blocks: 1, blockLength: 512, into });
    expect([view.buffer === into.buffer, view.length]).toEqual([true, 512]);
    expect(view).toEqual(bytes(512));
    expect(into.subarray(512).every((byte) => byte === 0xee)).toBe(true);
  });

  it('take the 16-byte form where the 10-byte form cannot hold the range', async () => {
    const far = new ScriptedUnit({ cdb: '88 08 0000000100000000 00000001 00 00', in: '00'.repeat(8) });
    await read(far, { lba: 2n ** 32n, blocks: 1, blockLength: 8, fua: true });
    const long = new ScriptedUnit({ cdb: '8a 10 0000000000000000 00010000 00 00', out: '00'.repeat(0x10000) });
    await write(long, { lba: 0, blockLength: 1, data: new Uint8Array(0x10000), dpo: true });
    far.done();
    long.done();
  });

  it('nothing to move sends nothing', async () => {
    const disk = new Recorder();
    await write(disk, { lba: 0, blockLength: 512, data: new Uint8Array(0) });
    expect(await read(disk, { lba: 0, blocks: 0, blockLength: 512 })).toHaveLength(0);
    expect(disk.names).toEqual([]);
  });

  it('refuse what cannot be', async () => {
    const disk = new MemoryDisk();
    await expect(write(disk, { lba: 0, blockLength: 512, data: new Uint8Array(513) })).rejects.toThrow(ScsiDataError);
    await expect(read(disk, { lba: 0, blocks: 2, blockLength: 512, into: new Uint8Array(1023) })).rejects.toThrow(/do not fit/);
    await expect(read(disk, { lba: -1, blocks: 1, blockLength: 512 })).rejects.toThrow(ScsiDataError);
    await expect(read(disk, { lba: 2n ** 33n, blocks: 1, blockLength: 512, cdbLength: 10 })).rejects.toThrow(/LOGICAL BLOCK ADDRESS/);
    await expect(read(disk, { lba: 0, blocks: 1, blockLength: 512, maximumTransferBlocks: 0 })).rejects.toThrow(ScsiDataError);
  });

  it('a transfer that stops short with status good is an error', async () => {
    const lu = new ScriptedUnit({ cdb: hex(Uint8Array.of(0x28, 0, 0, 0, 0, 0, 0, 0, 2, 0)), in: '00'.repeat(8) });
    await expect(read(lu, { lba: 0, blocks: 2, blockLength: 8 })).rejects.toThrow(expect.objectContaining({ code: 'TRUNCATED', offset: 8 }) as Error);
  });

  it('a unit attention in the middle does not disturb a transfer', async () => {
    const disk = new MemoryDisk();
    const data = bytes(512 * 4);
    await write(disk, { lba: 0, blockLength: 512, data, maximumTransferBlocks: 1, onProgress: () => { disk.raiseUnitAttention(SENSE_CONDITION.MODE_PARAMETERS_CHANGED); } });
    expect(await read(disk, { lba: 0, blocks: 4, blockLength: 512 })).toEqual(data);
  });

  it('an aborted signal stops between commands as well', async () => {
    const controller = new AbortController();
    const disk = new Recorder();
    const reading = read(disk, { lba: 0, blocks: 10, blockLength: 512, maximumTransferBlocks: 2, signal: controller.signal, onProgress: (blocks) => { if (blocks === 4) controller.abort(); } });
    await expect(reading).rejects.toThrow(expect.objectContaining({ code: 'ABORTED', message: 'aborted after 4 of 10 blocks' }) as Error);
    expect(disk.names).toHaveLength(2);
  });

  it('errors name the command and the block', async () => {
    const disk = new MemoryDisk();
    await expect(read(disk, { lba: 2048, blocks: 1, blockLength: 512 })).rejects.toThrow(
      'READ(10) at LBA 2048: CHECK CONDITION, ILLEGAL REQUEST, LOGICAL BLOCK ADDRESS OUT OF RANGE (5/21/00)',
    );
  });
});
