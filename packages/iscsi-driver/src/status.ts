import { type IscsiServer, type IscsiSession } from '@scst/iscsi';
import { formatPortal } from './portal.js';

/** What an iSCSI server is doing. Plain data; holds no secret. */
export interface IscsiStatus {
  /** `ADDRESS:PORT`. */
  readonly portals: readonly string[];
  readonly targets: readonly { readonly name: string; readonly sessions: number }[];
  readonly sessions: readonly IscsiSessionStatus[];
}

export interface IscsiSessionStatus {
  /** Empty in a discovery session. */
  readonly target: string;
  readonly initiator: string;
  readonly alias: string | undefined;
  readonly isid: string;
  readonly tsih: number;
  /** The user that CHAP has proven. */
  readonly user: string | undefined;
  /** Commands under way. */
  readonly commands: number;
  /** Bytes held for them. */
  readonly memory: number;
  readonly connections: readonly { readonly cid: number; readonly from: string; readonly portal: string; readonly headerDigest: string; readonly dataDigest: string }[];
}

export const statusOf = ({ portals, sessions }: Pick<IscsiServer, 'portals' | 'sessions'>, targets: readonly string[]): IscsiStatus => ({
  portals: portals.map(formatPortal),
  targets: targets.map((name) => ({ name, sessions: sessions.filter(({ targetName }) => targetName === name).length })),
  sessions: sessions.map(sessionStatus),
});

const sessionStatus = ({ targetName, initiator, isid, tsih, user, commands, memory, connections }: IscsiSession): IscsiSessionStatus => ({
  target: targetName,
  initiator: initiator.initiatorName,
  alias: initiator.initiatorAlias,
  isid,
  tsih,
  user,
  commands,
  memory,
  connections: connections.map(({ cid, remoteAddress, remotePort, localAddress, localPort, headerDigest, dataDigest }) => ({
    cid,
    from: formatPortal({ address: remoteAddress, port: remotePort }),
    portal: formatPortal({ address: localAddress, port: localPort }),
    headerDigest,
    dataDigest,
  })),
});
