import { type AttributeText, type OperationOptions, parseAttribute, readAttribute, type SysfsTree, writeAttribute } from '@scst/sysfs';

/** The attribute files of one directory of the tree. Nothing is cached: every call asks the tree. */
export class Attributes {
  readonly #tree: SysfsTree;
  readonly #directory: string;

  constructor(tree: SysfsTree, directory: string) {
    this.#tree = tree;
    this.#directory = directory;
  }

  /** The value, without its newline and its `[key]` mark. Throws `SysfsError`: `ENOENT` where there is no such attribute. */
  async get(name: string, options?: OperationOptions): Promise<string> {
    return (await this.describe(name, options)).value;
  }

  /** The value, and whether it carries the `[key]` mark: differs from its default, and is to be saved. */
  async describe(name: string, options?: OperationOptions): Promise<AttributeText> {
    return await readAttribute(this.#tree, this.#path(name), options);
  }

  /** Sets a value; the empty one clears. Throws `SysfsError` with the errno of the write. */
  async set(name: string, value: string | number | bigint | boolean, options?: OperationOptions): Promise<void> {
    await writeAttribute(this.#tree, this.#path(name), typeof value === 'boolean' ? Number(value).toString() : value.toString(), options);
  }

  /** Every attribute that can be read, by name, in order. Write-only ones and `mgmt` files are left out. */
  async all(options?: OperationOptions): Promise<Map<string, AttributeText>> {
    const entries = await this.#tree.list(this.#directory, options);
    const files = entries.filter(({ name, type }) => type === 'file' && name !== 'mgmt');
    const texts = await Promise.all(
      files.map(async ({ name }) => {
        const { mode } = await this.#tree.stat(this.#path(name), options);
        return (mode & 0o444) === 0 ? undefined : parseAttribute(await this.#tree.read(this.#path(name), options));
      }),
    );
    return new Map(files.flatMap(({ name }, index) => (texts[index] === undefined ? [] : [[name, texts[index]]])));
  }

  #path(name: string): string {
    return this.#directory === '' ? name : `${this.#directory}/${name}`;
  }
}
