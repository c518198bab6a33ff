import { type IscsiStatus } from '@scst/iscsi-driver';
import { connect } from '@scst/remote';

/**
 * Asks a running server how it is.
 *
 * @throws RemoteError `ERR_NO_SERVER` when nothing listens there.
 */
export const fetchStatus = async (socket: string): Promise<IscsiStatus> => {
  await using connection = await connect(socket);
  return (await connection.request('GET', '/iscsi')) as IscsiStatus;
};

/** The status for people. */
export const statusLines = ({ portals, targets, sessions }: IscsiStatus): string[] => [
  `portals   ${portals.length === 0 ? 'none' : portals.join(', ')}`,
  ...(targets.length === 0 ? ['targets   none'] : []),
  ...targets.flatMap(({ name }) => [
    `target    ${name}`,
    ...sessions.filter(({ target }) => target === name).map(({ initiator, isid, user, commands, connections }) => {
      const from = connections.map((connection) => connection.from).join(', ');
      return `  session ${initiator}  isid ${isid}  from ${from}${user === undefined ? '' : `  user ${user}`}${commands === 0 ? '' : `  commands ${commands}`}`;
    }),
  ]),
  ...sessions.filter(({ target }) => target === '').map(({ initiator }) => `discovery ${initiator}`),
];
