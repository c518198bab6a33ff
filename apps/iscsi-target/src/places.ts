import { dirname, join } from 'node:path';
import { defaultSocket, defaultStateDirectory } from '@scst/local';

/** Where the program listens for `status` and for scst-local: `/run/scst-iscsi-target.sock` for root, else in the user's runtime directory. */
export const defaultControlSocket = (): string => join(dirname(defaultSocket()), 'scst-iscsi-target.sock');

export { defaultStateDirectory };
