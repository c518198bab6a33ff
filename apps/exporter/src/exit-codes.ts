/** What the program's exit status says. Help and README are made of this table. */
export const EXIT = { OK: 0, FAILED: 1, USAGE: 2, NOTHING_THERE: 3 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The table, in words. */
export const EXIT_MEANINGS: readonly (readonly [ExitCode, string])[] = [
  [EXIT.OK, 'ended by SIGINT or SIGTERM, or printed what --once asks for'],
  [EXIT.FAILED, 'cannot listen, or another failure; standard error says what and why'],
  [EXIT.USAGE, 'the command line or the web configuration is wrong'],
  [EXIT.NOTHING_THERE, '--once, and there is no SCST: scst_up is 0'],
];
