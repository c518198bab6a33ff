import { type World } from './world.js';

/** A step of the walk-through. */
export interface Step {
  readonly title: string;
  /** What one would type on a machine with SCST's modules. */
  readonly classic: (world: World) => readonly string[];
  /** Does it and checks that it was done. Resolves with what was found, for people. Throws CliError `MISMATCH`. */
  readonly run: (world: World) => Promise<readonly string[]>;
}

/** The chapters, in order. Each leaves what the next one begins with. */
export interface Chapter {
  readonly title: string;
  readonly steps: readonly Step[];
}
