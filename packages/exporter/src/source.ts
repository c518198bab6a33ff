import { type ConnectOptions, Scst } from '@scst/local';
import { type ModuleControl, type SysfsTree } from '@scst/sysfs';

/** What is watched. An `Scst` of @scst/local is one; so is `{ tree }` around any tree. */
export interface ScstSource {
  readonly tree: SysfsTree;
  /** Tells the modules and their versions. Without it there are no series of them. */
  readonly modules?: ModuleControl | undefined;
}

/** A source that is looked for when it is needed, and again at the next scrape when it was not there. */
export interface ConnectedSource extends AsyncDisposable {
  (): Promise<ScstSource>;
  close(): Promise<void>;
}

/**
 * A source that connects as `Scst.open` does, once there is something to connect to: an exporter may start before its SCST. A
 * connection that is there stays; the kernel's tree and a server's are found again by themselves when they come back.
 */
export const connectSource = (options: ConnectOptions = {}): ConnectedSource => {
  let opening: Promise<Scst> | undefined;
  const open = (): Promise<Scst> => {
    opening ??= Scst.open(options).catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    return opening;
  };
  const close = async (): Promise<void> => {
    const scst = await opening?.catch(() => undefined);
    opening = undefined;
    await scst?.close();
  };
  return Object.assign(open, { close, [Symbol.asyncDispose]: close });
};
