import { isVirtual, type CoreContext, type DeviceObject } from '../nexus/objects.js';
import type { ModeParameters } from './mode-parameters.js';

/** Where a device's saved mode pages are. The kernel's SCST has them in the same place and form. */
export class ModeParametersFile {
  readonly #core: CoreContext;
  readonly #device: DeviceObject;

  constructor(core: CoreContext, device: DeviceObject) {
    this.#core = core;
    this.#device = device;
  }

  get #path(): string {
    return `${this.#core.stateDirectory}/vdev_mode_pages/${this.#device.name}`;
  }

  /** Takes over what was saved for a device of this name. */
  async load(modes: ModeParameters): Promise<void> {
    if (!isVirtual(this.#device)) return;
    const pages = await this.#core.storage.readState(this.#path);
    if (pages !== undefined) modes.fromFile(pages);
  }

  /** Saves the current values; while all are defaults there is no file. Rejects when that fails. */
  async save(modes: ModeParameters): Promise<void> {
    const pages = modes.toFile();
    if (pages === null) await this.#core.storage.removeState(this.#path);
    else await this.#core.storage.writeState(this.#path, pages);
  }
}
