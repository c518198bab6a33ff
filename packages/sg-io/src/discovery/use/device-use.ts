/** A SCSI device whose uses are looked for. */
export interface UsableDevice {
  readonly address: string;
  readonly node?: string | undefined;
  readonly sg?: string | undefined;
  readonly bsg?: string | undefined;
}

/** One reason why a SCSI device cannot be taken away without harm. */
export interface DeviceUse {
  /** The SCSI device's address, `H:C:I:L`. */
  readonly device: string;
  /**
   * - `open`: a process has a node open;
   * - `mount`: a file system is mounted;
   * - `swap`: the machine swaps to it;
   * - `holder`: another block device is made of it: LVM, device mapper, RAID, loop, bcache;
   * - `target`: a target of the kernel, LIO or NVMe, exports it again;
   * - `claim`: none of these shows, and yet somebody in the kernel has it for himself: a file system of a mount namespace without processes, one that was
   *   unmounted lazily, one that keeps its own table (ZFS), a target.
   */
  readonly kind: 'open' | 'mount' | 'swap' | 'holder' | 'target' | 'claim';
  /** The node that is used: that of the device, of a partition, or of what is stacked on it. */
  readonly node: string;
  /** In words: `/dev/sda1 is mounted on /srv (ext4)`. */
  readonly reason: string;
  /** `open`: the process; `mount`: one that sees the mount, where this process does not. */
  readonly pid?: number | undefined;
  /** `open`: the process's name. */
  readonly command?: string | undefined;
  /** `mount` */
  readonly mountPoint?: string | undefined;
  /** `mount` */
  readonly fileSystem?: string | undefined;
  /** `holder`: the node of the block device on top. */
  readonly holder?: string | undefined;
}
