/** How a tree is mounted. */
export interface MountOptions {
  /**
   * Let other users in, as far as the modes of the files allow. Default: only the user that mounts. Where that is not root, the
   * system's `user_allow_other` is of no concern, since it is fusermount's.
   */
  allowOther?: boolean | undefined;
  /** Mount over a directory that has entries, which are hidden meanwhile. Default: false. */
  allowNonEmpty?: boolean | undefined;
  /**
   * How long the kernel may keep names and attributes, in milliseconds. With 0, the default, every change of the tree shows at once;
   * otherwise what came or went otherwise than by name may show as late as this. Reads and writes are never kept.
   */
  cacheMilliseconds?: number | undefined;
  /**
   * The most reads and writes the tree is asked for at a time; those beyond wait. Lookups and listings are not counted, so that the
   * tree can be seen while all its writers wait. Default: 1024.
   */
  maxTransfers?: number | undefined;
  /** The most files that may be open; one more gets `ENFILE`. Default: 65536. */
  maxOpenFiles?: number | undefined;
  /**
   * Unmount on these signals, and then let them end the process, unless it has listeners of its own for them. `true` stands for
   * SIGINT, SIGTERM and SIGHUP. Default: false; such a signal then leaves a dead mount behind, which the next mount clears away.
   */
  unmountOnSignals?: boolean | readonly NodeJS.Signals[] | undefined;
  /** Told of errors of the tree that carry no errno, which programs see as `EIO`. Default: they are emitted as process warnings. */
  onError?: ((error: unknown) => void) | undefined;
}

/** {@link MountOptions} with all defaults. */
export interface MountSettings {
  readonly allowOther: boolean;
  readonly allowNonEmpty: boolean;
  readonly cacheMilliseconds: number;
  readonly maxTransfers: number;
  readonly maxOpenFiles: number;
  readonly unmountOnSignals: readonly NodeJS.Signals[];
  readonly onError: (error: unknown) => void;
}

const USUAL_SIGNALS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

const warn = (error: unknown): void => {
  process.emitWarning(error instanceof Error ? error : String(error), 'FuseWarning');
};

/** @throws RangeError for a bound that is none. */
export const withDefaults = (options: MountOptions): MountSettings => {
  const { unmountOnSignals = false } = options;
  return {
    allowOther: options.allowOther ?? false,
    allowNonEmpty: options.allowNonEmpty ?? false,
    cacheMilliseconds: atLeast('cacheMilliseconds', 0, options.cacheMilliseconds ?? 0),
    maxTransfers: atLeast('maxTransfers', 1, options.maxTransfers ?? 1024),
    maxOpenFiles: atLeast('maxOpenFiles', 1, options.maxOpenFiles ?? 65_536),
    unmountOnSignals: typeof unmountOnSignals === 'boolean' ? (unmountOnSignals ? USUAL_SIGNALS : []) : unmountOnSignals,
    onError: options.onError ?? warn,
  };
};

const atLeast = (name: keyof MountOptions, least: number, value: number): number => {
  if (Number.isFinite(value) && value >= least) return value;
  throw new RangeError(`${name} must be a number of at least ${least}, not ${value}`);
};
