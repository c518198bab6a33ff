/** A reason why something should not be taken away now. */
export interface Use {
  /**
   * - `commands`: commands have not been answered;
   * - `open`: somebody has a device open;
   * - `mount`, `swap`: a file system is mounted from it, the machine swaps to it;
   * - `holder`: another block device is made of it;
   * - `target`: a target of the kernel, LIO or NVMe, exports it again;
   * - `claim`: none of these shows, and yet somebody has its disk for himself alone.
   */
  readonly kind: 'commands' | 'open' | 'mount' | 'swap' | 'holder' | 'target' | 'claim';
  /** In words: `/dev/sda1 is mounted on /srv (ext4)`. */
  readonly reason: string;
  /** The session through which it is used, `TARGET/SESSION`. */
  readonly session: string;
  /** The LUN; undefined where it is the session as a whole. */
  readonly lun: number | undefined;
  /** `mount` */
  readonly mountPoint?: string | undefined;
  /** `holder`: the node of the block device on top. */
  readonly holder?: string | undefined;
}

/** A use of a SCSI device. */
export interface ScsiDeviceUse extends Omit<Use, 'session' | 'lun'> {
  /** The SCSI device's address, `H:C:I:L`. */
  readonly device: string;
}

/** Devices that nobody else can mount, swap to or build on for the time and, once they are barred, open. */
export interface DiskClaims extends AsyncDisposable {
  /** Of those that somebody else has. */
  readonly refused: readonly ScsiDeviceUse[];
  /** Has the kernel refuse to open them. @returns The addresses of those of which it does. */
  bar(): Promise<readonly string[]>;
  /**
   * Does something that takes them away, or changes them, and holds each until it has gone. With `goes` their hosts take them from the machine, those that are
   * `gone` afterwards are taken from it, and the others can be opened again.
   */
  during<T>(work: () => Promise<T>, options?: { readonly goes?: boolean | undefined; readonly gone?: (() => Promise<readonly string[]>) | undefined }): Promise<T>;
}
