/** What the program's exit status says. */
export const EXIT = { OK: 0, FAILED: 1, USAGE: 2, NOTHING_THERE: 3, INTERRUPTED: 130, TERMINATED: 143 } as const;

export const EXIT_MEANINGS: readonly (readonly [number, string])[] = [
  [EXIT.OK, 'done; of a server: ended as it was told to'],
  [EXIT.FAILED, 'refused or failed; standard error says what and why'],
  [EXIT.USAGE, 'the command line is wrong'],
  [EXIT.NOTHING_THERE, 'there is no server, or no SCST, to connect to'],
  [EXIT.INTERRUPTED, 'ended by SIGINT before it was up, or by a second one wherever it was'],
  [EXIT.TERMINATED, 'ended by SIGTERM before it was up, or by a second one wherever it was'],
];
