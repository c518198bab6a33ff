import { type OnReadOpts, Socket, type SocketConstructorOpts } from 'node:net';

/** Where a socket's bytes go: straight into memory of the reader's. */
export interface ByteSink {
  /** Memory for the next bytes. */
  readonly inbox: Uint8Array;
  /** So many bytes are in it. */
  received(count: number): void;
  /** Bytes in other memory, which is somebody else's when this returns. */
  receive(chunk: Uint8Array): void;
}

/** What Node's sockets have inside, as far as it is used here. */
interface Handle {
  readonly useUserBuffer?: unknown;
}

/**
 * Reads a socket that a server has accepted, and that is paused, into the sink's memory. Node makes 64 KiB for each read of such a
 * socket, and has reading into given memory (`onread`) for those alone that it makes by `new Socket`: so the connection moves over to
 * one. Returns the socket to use from here on: the same one, with its bytes copied by Node, where a version of Node has it otherwise.
 */
export function readInto(accepted: Socket, sink: ByteSink): Socket {
  const socket = moveOver(accepted, sink);
  if (socket !== undefined) return socket;
  accepted.on('data', (chunk: Buffer) => {
    sink.receive(chunk);
  });
  accepted.resume();
  return accepted;
}

function moveOver(accepted: Socket, sink: ByteSink): Socket | undefined {
  const handle = Reflect.get(accepted, '_handle') as Handle | null | undefined;
  if (typeof handle?.useUserBuffer !== 'function') return undefined;
  const onread: OnReadOpts = {
    buffer: () => sink.inbox,
    callback: (count) => {
      sink.received(count);
      return true;
    },
  };
  const options: SocketConstructorOpts & { readonly handle: Handle; readonly onread: OnReadOpts } = { handle, onread, readable: true, writable: true };
  Reflect.set(accepted, '_handle', null);
  const socket = new Socket(options);
  if (Reflect.get(socket, '_handle') === handle) {
    // With no handle it is nothing but an entry in its server's count.
    accepted.destroy();
    return socket;
  }
  Reflect.set(accepted, '_handle', handle);
  return undefined;
}
