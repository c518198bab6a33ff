import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { type ByteSink, readInto } from './read-into.js';

/** Collects what comes, in memory that is another one after each read. */
class Collector implements ByteSink {
  inbox = new Uint8Array(4096);
  readonly bytes: number[] = [];
  copied = 0;
  reads = 0;

  received(count: number): void {
    this.reads++;
    this.bytes.push(...this.inbox.subarray(0, count));
    // Whoever still reads into the old one is found out.
    this.inbox = new Uint8Array(4096);
  }

  receive(chunk: Uint8Array): void {
    this.copied++;
    this.bytes.push(...chunk);
  }
}

const withConnection = async (use: (client: Socket, socket: Socket, collector: Collector) => Promise<void>): Promise<void> => {
  const server = createServer({ pauseOnConnect: true });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const client = connect(typeof address === 'object' && address !== null ? address.port : 0, '127.0.0.1');
  const [accepted] = (await once(server, 'connection')) as [Socket];
  const collector = new Collector();
  const socket = readInto(accepted, collector);
  try {
    await use(client, socket, collector);
  } finally {
    client.destroy();
    socket.destroy();
    server.close();
    // It waits for connections that it counts.
    await once(server, 'close');
  }
};

const pattern = (length: number): Uint8Array => Uint8Array.from({ length }, (_, index) => (index * 31) & 0xff);

describe('a socket read into memory of the reader', () => {
  it('puts all bytes there, without a copy, and is written to as any other', async () => {
    await withConnection(async (client, socket, collector) => {
      const sent = pattern(100_000);
      client.write(sent);
      await expect.poll(() => collector.bytes.length).toBe(sent.length);
      expect(Uint8Array.from(collector.bytes)).toEqual(sent);
      expect(collector.copied).toBe(0);
      expect(collector.reads).toBeGreaterThan(100_000 / 4096);
      socket.write('answer');
      expect(String((await once(client, 'data'))[0])).toBe('answer');
      expect(socket.remotePort).toBe(client.localPort);
    });
  });

  it('says that the peer has ended', async () => {
    await withConnection(async (client, socket, collector) => {
      client.end('last');
      await once(socket, 'close');
      expect(Buffer.from(collector.bytes).toString()).toBe('last');
    });
  });

  it('says that the peer has broken off', async () => {
    await withConnection(async (client, socket) => {
      const error = once(socket, 'error');
      client.resetAndDestroy();
      expect((await error)[0]).toMatchObject({ code: 'ECONNRESET' });
    });
  });

  it('waits while it is paused', async () => {
    await withConnection(async (client, socket, collector) => {
      socket.pause();
      client.write(pattern(1000));
      await sleep(50);
      expect(collector.bytes).toHaveLength(0);
      socket.resume();
      await expect.poll(() => collector.bytes.length).toBe(1000);
    });
  });
});

it('another kind of socket gives its bytes as it does', async () => {
  const stream = new PassThrough();
  const collector = new Collector();
  expect(readInto(stream as unknown as Socket, collector)).toBe(stream);
  stream.write('bytes');
  await expect.poll(() => Buffer.from(collector.bytes).toString()).toBe('bytes');
  expect(collector.copied).toBe(1);
});
