import type { SysfsTree } from '@scst/sysfs';
import { entryOut } from '../protocol/attributes.js';
import { openIn, openOut, readIn, releaseIn, writeIn, writeOut } from '../protocol/files.js';
import { initIn } from '../protocol/init.js';
import { reply as replyCodec, request as requestCodec, type Reply } from '../protocol/message.js';
import { OPCODE, type OpcodeName } from '../protocol/opcode.js';
import { interruptIn, nameIn } from '../protocol/requests.js';
import { ROOT_NODE } from '../served/nodes.js';
import { ServedTree } from '../served/served-tree.js';
import { Session } from '../session/session.js';

export interface FakeKernelOptions {
  maxTransfers?: number;
  maxOpenFiles?: number;
  cacheMilliseconds?: number;
}

/** Plays the kernel's part against a session, so that all of the protocol can be tested without a device. */
export class FakeKernel {
  readonly served: ServedTree;
  readonly session: Session;
  /** What the session told `onError`. */
  readonly errors: unknown[] = [];
  /** Replies nobody waited for. */
  readonly strays: Reply[] = [];
  /** Set to false: the kernel wants no replies, as for programs that were killed. */
  wantsReplies = true;
  readonly #waiting = new Map<number, (reply: Reply) => void>();
  #unique = 0;

  constructor(tree: SysfsTree, { maxTransfers = 64, maxOpenFiles = 64, cacheMilliseconds = 0 }: FakeKernelOptions = {}) {
    this.served = new ServedTree(tree, { cacheMilliseconds, maxOpenFiles });
    const channel = {
      send: (message: Uint8Array): boolean => {
        const reply = replyCodec.decode(message);
        const waiting = this.#waiting.get(reply.unique);
        this.#waiting.delete(reply.unique);
        if (waiting === undefined) this.strays.push(reply);
        else waiting(reply);
        return this.wantsReplies;
      },
    };
    this.session = new Session(this.served, channel, { maxTransfers, onError: (error) => { this.errors.push(error); } });
  }

  /** Sends a request. */
  request(opcode: OpcodeName | number, nodeid: number, body: Uint8Array = new Uint8Array()): { unique: number; reply: Promise<Reply> } {
    this.#unique += 2;
    const unique = this.#unique;
    const reply = new Promise<Reply>((resolve) => this.#waiting.set(unique, resolve));
    this.post(opcode, nodeid, body, unique);
    return { unique, reply };
  }

  /** Sends a request that gets no reply. */
  post(opcode: OpcodeName | number, nodeid: number, body: Uint8Array, unique = 0): void {
    this.session.receive(requestCodec.encode({ opcode: typeof opcode === 'number' ? opcode : OPCODE[opcode], unique, nodeid, pid: 0, body }));
  }

  /** Sends a request and gives the body of its reply. Rejects with the errno as message. */
  async call(opcode: OpcodeName | number, nodeid: number, body?: Uint8Array): Promise<Uint8Array> {
    const reply = await this.request(opcode, nodeid, body).reply;
    if (reply.errno !== 0) throw new Error(`errno ${reply.errno}`);
    return reply.body;
  }

  init(minor = 45, major = 7): Promise<Uint8Array> {
    return this.call('INIT', 0, initIn.encode({ major, minor, max_readahead: 131_072, flags: 0xffff_ffff }));
  }

  async lookup(path: string): Promise<ReturnType<typeof entryOut.decode>> {
    let entry: ReturnType<typeof entryOut.decode> | undefined;
    for (const part of path.split('/')) {
      entry = entryOut.decode(await this.call('LOOKUP', entry?.nodeid ?? ROOT_NODE, nameIn.encode(new TextEncoder().encode(part))));
    }
    if (entry === undefined) throw new Error('no path');
    return entry;
  }

  async open(nodeid: number, flags = 0): Promise<number> {
    return openOut.decode(await this.call('OPEN', nodeid, openIn.encode({ flags }))).fh;
  }

  async read(fh: number, offset: number, size = 4096): Promise<string> {
    return new TextDecoder().decode(await this.call('READ', ROOT_NODE, readIn.encode({ fh, offset, size })));
  }

  startWrite(fh: number, data: string): { unique: number; reply: Promise<Reply> } {
    const bytes = new TextEncoder().encode(data);
    const body = new Uint8Array(writeIn.size + bytes.length);
    body.set(writeIn.encode({ fh, offset: 0, size: bytes.length }));
    body.set(bytes, writeIn.size);
    return this.request('WRITE', ROOT_NODE, body);
  }

  async write(fh: number, data: string): Promise<number> {
    const reply = await this.startWrite(fh, data).reply;
    if (reply.errno !== 0) throw new Error(`errno ${reply.errno}`);
    return writeOut.decode(reply.body).size;
  }

  release(fh: number): Promise<Uint8Array> {
    return this.call('RELEASE', ROOT_NODE, releaseIn.encode({ fh }));
  }

  interrupt(unique: number): void {
    this.post('INTERRUPT', 0, interruptIn.encode({ unique }));
  }
}
