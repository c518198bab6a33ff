/** What the program's exit status says. Help, README and the man page are printed from this table. */
export const EXIT = {
  OK: 0,
  FAILED: 1,
  USAGE: 2,
  NOTHING_THERE: 3,
  SCSI_STATUS: 4,
  UNHEALTHY: 5,
  INTERRUPTED: 130,
  TERMINATED: 143,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The table, in words. */
export const EXIT_MEANINGS: readonly (readonly [ExitCode, string])[] = [
  [EXIT.OK, 'done'],
  [EXIT.FAILED, 'refused or failed; standard error says what and why'],
  [EXIT.USAGE, 'the command line is wrong'],
  [EXIT.NOTHING_THERE, 'there is no SCST to connect to'],
  [EXIT.SCSI_STATUS, 'the logical unit answered with CHECK CONDITION or another status than GOOD'],
  [EXIT.UNHEALTHY, '`doctor` found errors or warnings'],
  [EXIT.INTERRUPTED, 'interrupted (SIGINT)'],
  [EXIT.TERMINATED, 'ended (SIGTERM)'],
];
