import { decodeName, formatAttribute, SysfsError, type OperationOptions, type SysfsAccess, type SysfsEntry, type SysfsFile, type SysfsStat, type SysfsTree } from '@scst/sysfs';
import { MemoryTree } from '@scst/sysfs/compliance';

/** What an attribute shows. */
export interface Value {
  text: string;
  key?: boolean;
  raw?: boolean;
}

/** A tree in memory that notes what is read and written. */
export abstract class WatchedTree implements SysfsTree {
  abstract readonly description: string;
  readonly memory = new MemoryTree();
  readonly writes: { path: string; data: string }[] = [];
  readonly reads = new Map<string, number>();
  /** Called before every write; may throw or change the tree. */
  beforeWrite: ((path: string, data: string) => void | Promise<void>) | undefined;
  /** Reads under way. */
  active = 0;
  mostActive = 0;

  /** What every file shows, but counters: for comparing trees. */
  async snapshot(): Promise<Record<string, string>> {
    const found: Record<string, string> = {};
    const walk = async (path: string): Promise<void> => {
      for (const { name, type } of await this.memory.list(path)) {
        const full = path === '' ? name : `${path}/${name}`;
        if (type === 'directory') {
          found[`${full}/`] = '';
          await walk(full);
        } else if (type === 'link') found[full] = await this.memory.readlink(full);
        else if (name !== 'mgmt' && name !== 'resync_size') found[full] = Buffer.from(await this.memory.read(full)).toString('latin1');
      }
    };
    await walk('');
    for (const path of Object.keys(found)) if (/exported\/export\d+$|copy_manager_tgt\/luns\//u.test(path)) Reflect.deleteProperty(found, path);
    return found;
  }

  stat(path: string, options?: OperationOptions): Promise<SysfsStat> { return this.memory.stat(path, options); }
  list(path: string, options?: OperationOptions): Promise<SysfsEntry[]> { return this.memory.list(path, options); }
  readlink(path: string, options?: OperationOptions): Promise<string> { return this.memory.readlink(path, options); }
  open(path: string, access: SysfsAccess, options?: OperationOptions): Promise<SysfsFile> { return this.memory.open(path, access, options); }
  chmod(path: string, mode: number, options?: OperationOptions): Promise<void> { return this.memory.chmod(path, mode, options); }

  async read(path: string, options?: OperationOptions): Promise<Uint8Array> {
    this.reads.set(path, (this.reads.get(path) ?? 0) + 1);
    this.active += 1;
    this.mostActive = Math.max(this.mostActive, this.active);
    try {
      await Promise.resolve();
      return await this.memory.read(path, options);
    } finally {
      this.active -= 1;
    }
  }

  async write(path: string, data: Uint8Array | string, options?: OperationOptions): Promise<number> {
    const text = typeof data === 'string' ? data : decodeName(data);
    await this.beforeWrite?.(path, text);
    if (options?.signal?.aborted === true) throw new SysfsError({ operation: 'write', path, errno: 'EINTR' });
    this.writes.push({ path, data: text });
    return this.memory.write(path, data, options);
  }

  /** Makes an attribute whose text can be changed, unless `store` is null. */
  protected value(directory: string, name: string, value: Value, store: ((text: string) => Value) | null = (text) => ({ text: text.replace(/\n$/u, ''), key: text !== '\n' })): void {
    let current = value;
    this.memory.file(directory === '' ? name : `${directory}/${name}`, {
      show: () => (current.raw === true ? Buffer.from(current.text, 'latin1') : formatAttribute(current.text, { key: current.key })),
      ...(store === null ? {} : { store: (data: Uint8Array) => { current = current.raw === true ? { text: Buffer.from(data).toString('latin1'), raw: true } : store(decodeName(data)); } }),
    });
  }
}
