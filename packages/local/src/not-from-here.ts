import { LocalError } from './errors.js';

/** Refuses to open a LUN of a tree that shows an SCST whose sessions are elsewhere. */
export const notFromHere = (target: string, session: string, lun: number): Promise<never> =>
  Promise.reject(
    new LocalError('UNSUPPORTED', `LUN ${lun} of ${target}/${session} cannot be opened through this tree`, {
      hint: 'use the socket of the server that serves the tree',
    }),
  );
