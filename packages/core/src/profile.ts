/**
 * Whose behaviour the core shows.
 *
 * - `recorded`: SCST 3.11.0-pre on Linux 6.1, bug for bug.
 * - `scst`: the same less the defects that break what SCST's own documentation promises.
 * - `t10`: what SPC-5, SBC-4 and SAM-6 ask.
 *
 * A profile is data in the rows of the command and attribute tables, never an `if` in the flow.
 */
export type Profile = 'recorded' | 'scst' | 't10';
