import { manage, mgmtCommand, type MgmtParameters, type OperationOptions } from '@scst/sysfs';
import { checkBlockSize } from './block-size.js';
import { type Context } from './context.js';
import { Device } from './device.js';
import { links } from './paths.js';

/** A device handler: what makes devices of one kind. `handlers/NAME`. */
export class Handler {
  readonly #context: Context;

  constructor(
    context: Context,
    /** `vdisk_fileio`, `vdisk_blockio`, `vdisk_nullio`, `vcdrom`, `dev_disk` … */
    readonly name: string,
  ) {
    this.#context = context;
  }

  get path(): string {
    return `handlers/${this.name}`;
  }

  /** The devices of this handler. */
  async devices(): Promise<Device[]> {
    return (await links(this.#context.tree, this.path)).map((name) => new Device(this.#context, name));
  }

  /**
   * Adds a device. For vdisk handlers the name is free and the parameters are the handler's own (`filename`, `blocksize`,
   * `read_only` …); for pass-through handlers the name is H:C:I:L of a SCSI device and there are no parameters.
   *
   * @throws SysfsError `EEXIST` for a name in use, `ENOENT` for a missing file, `EINVAL` for everything the handler refuses; LocalError
   *   `BAD_ARGUMENT` for a `blocksize` that SCST would take for another one.
   */
  async add(name: string, parameters: MgmtParameters = {}, options?: OperationOptions): Promise<Device> {
    checkBlockSize(parameters['blocksize']);
    await manage(this.#context.tree, `${this.path}/mgmt`, mgmtCommand(['add_device', name], parameters), options);
    return new Device(this.#context, name);
  }

  /** The parameters `add` takes, as the handler's own help text lists them. */
  async parameters(): Promise<string[]> {
    const text = new TextDecoder().decode(await this.#context.tree.read(`${this.path}/mgmt`));
    const line = /The following parameters available: *([^\n]*)/.exec(text)?.[1] ?? '';
    return line.split(/[\s,]+/).filter((word) => word !== '');
  }
}
