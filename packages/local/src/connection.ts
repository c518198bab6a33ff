import { type ModuleControl } from '@scst/sysfs';
import { type Context } from './context.js';
import { type Looks } from './looks.js';

/** An SCST that has been found. */
export interface Connection extends Context {
  /**
   * - `kernel`: /sys/kernel/scst_tgt of this machine;
   * - `server`: a user-space SCST behind a socket;
   * - `directory`: a tree mounted somewhere else;
   * - `embedded`: a user-space SCST in this process.
   */
  readonly kind: 'kernel' | 'server' | 'directory' | 'embedded';
  readonly modules: ModuleControl;
  /** How everything is looked at at once. */
  readonly looks: Looks;
  close(): Promise<void>;
}
