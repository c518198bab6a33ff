/** Where the kernel shows the machine. Tests bring trees of their own. */
export interface MachineRoots {
  /** Default: `/sys`. */
  readonly sys?: string | undefined;
  /** Default: `/proc`. */
  readonly proc?: string | undefined;
  /** Default: `/dev`. */
  readonly dev?: string | undefined;
}

/** The roots with their defaults. */
export interface Machine {
  readonly sys: string;
  readonly proc: string;
  readonly dev: string;
}

export const machineAt = ({ sys = '/sys', proc = '/proc', dev = '/dev' }: MachineRoots): Machine => ({ sys, proc, dev });
