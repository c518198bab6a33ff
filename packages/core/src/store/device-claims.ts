/** That a block device is written to by this process. */
export interface DeviceClaim {
  /** Nobody here has it yet: it is to be opened with `O_EXCL`, which Linux refuses while the machine itself uses the device. */
  readonly isFirst: boolean;
  /** It has been closed, or could not be opened. */
  readonly release: () => void;
}

/**
 * Who of this process has which block device open for writing. Linux gives `O_EXCL` to one descriptor alone, but several devices of one
 * SCST may share a block device, as they may in the kernel; while the first of them has it, nobody else on the machine gets it to itself.
 */
export class DeviceClaims {
  readonly #counts = new Map<string, number>();

  take(identity: string): DeviceClaim {
    const others = this.#counts.get(identity) ?? 0;
    this.#counts.set(identity, others + 1);
    return {
      isFirst: others === 0,
      release: () => {
        const left = (this.#counts.get(identity) ?? 1) - 1;
        if (left > 0) this.#counts.set(identity, left);
        else this.#counts.delete(identity);
      },
    };
  }
}
