import { type AttributeText, type OperationOptions, parseAttribute, readAttribute, writeAttribute } from '@scst/sysfs';
import { type Context } from './context.js';
import { type RemovalOptions } from './use/find-uses.js';
import { guardWrite } from './use/guard-write.js';

/** The attribute files of one directory of the tree. Nothing is cached: every call asks the tree. */
export class Attributes {
  readonly #context: Context;
  readonly #directory: string;

  constructor(context: Context, directory: string) {
    this.#context = context;
    this.#directory = directory;
  }

  /** The value, without its newline and its `[key]` mark. Throws `SysfsError`: `ENOENT` where there is no such attribute. */
  async get(name: string, options?: OperationOptions): Promise<string> {
    return (await this.describe(name, options)).value;
  }

  /** The value, and whether it carries the `[key]` mark: differs from its default, and is to be saved. */
  async describe(name: string, options?: OperationOptions): Promise<AttributeText> {
    return await readAttribute(this.#context.tree, this.#path(name), options);
  }

  /**
   * Sets a value; the empty one clears.
   *
   * @throws SysfsError with the errno of the write; LocalError `IN_USE` with `unlessUsed`, where the value takes a device away from somebody who
   *   uses it (`active`, `size`, `enabled`, a state of ALUA …).
   */
  async set(name: string, value: string | number | bigint | boolean, { unlessUsed: isGuarded = false, ...options }: RemovalOptions = {}): Promise<void> {
    const [path, data] = [this.#path(name), typeof value === 'boolean' ? Number(value).toString() : value.toString()];
    const work = (): Promise<void> => writeAttribute(this.#context.tree, path, data, options);
    await (isGuarded ? guardWrite(this.#context, { path, data }, work, options) : work());
  }

  /** Every attribute that can be read, by name, in order. Write-only ones and `mgmt` files are left out. */
  async all(options?: OperationOptions): Promise<Map<string, AttributeText>> {
    const entries = await this.#context.tree.list(this.#directory, options);
    const files = entries.filter(({ name, type }) => type === 'file' && name !== 'mgmt');
    const texts = await Promise.all(
      files.map(async ({ name }) => {
        const { mode } = await this.#context.tree.stat(this.#path(name), options);
        return (mode & 0o444) === 0 ? undefined : parseAttribute(await this.#context.tree.read(this.#path(name), options));
      }),
    );
    return new Map(files.flatMap(({ name }, index) => (texts[index] === undefined ? [] : [[name, texts[index]]])));
  }

  #path(name: string): string {
    return this.#directory === '' ? name : `${this.#directory}/${name}`;
  }
}
