import type { Socket } from 'node:net';
import type { ConnectionTransport } from '../engine.js';

/** Milliseconds that a peer has to close its end after we have closed ours. */
const LINGER = 5000;

/** A TCP socket as the engine's way out, which is attached before anything is sent. */
export class SocketTransport implements ConnectionTransport {
  #socket!: Socket;

  attach(socket: Socket): void {
    this.#socket = socket;
  }

  write(pieces: readonly Uint8Array[], sent: () => void): void {
    const socket = this.#socket;
    const last = pieces.length - 1;
    if (last > 0) {
      socket.cork();
      for (let index = 0; index < last; index++) socket.write(pieces[index] as Uint8Array);
    }
    // Node calls back with an error where the socket is gone, which its close event tells as well.
    socket.write(pieces[last] as Uint8Array, sent);
    if (last > 0) socket.uncork();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  end(): void {
    const socket = this.#socket;
    if (socket.destroyed) return;
    socket.end();
    // What the peer still sends is read and thrown away, or its FIN would never be seen.
    socket.resume();
    const timer = setTimeout(() => socket.destroy(), LINGER);
    timer.unref();
    socket.once('close', () => {
      clearTimeout(timer);
    });
  }

  destroy(): void {
    this.#socket.destroy();
  }
}
