import type { IscsiTransportId } from '@scst/transport-id';
import type { ConnectionAddresses, InitiatorIdentity } from './host.js';
import type { NegotiatedParameters } from './login/parameters.js';

/** A session of a server: what is known of it, and what its target may do with it. */
export interface IscsiSession {
  readonly kind: 'normal' | 'discovery';
  readonly initiator: InitiatorIdentity;
  /** Empty in a discovery session. */
  readonly targetName: string;
  /** ISID (RFC 7143 11.12.5) as 12 hexadecimal digits in lower case. */
  readonly isid: string;
  /** Target session identifying handle, 1 to 65535. */
  readonly tsih: number;
  /** The initiator port, for persistent reservations and the tree. */
  readonly transportId: IscsiTransportId;
  readonly parameters: NegotiatedParameters;
  readonly connections: readonly IscsiConnectionInfo[];
  /** Commands under way. */
  readonly commands: number;
  /** Bytes held for commands under way. */
  readonly memory: number;
  /** The user that CHAP has proven; undefined where nobody was asked. */
  readonly user: string | undefined;

  /**
   * Tells the initiator of a SCSI event by an asynchronous message (11.9, event 0), whose sense data say which; one connection is
   * told. For changed LUNs: sense of REPORTED LUNS DATA HAS CHANGED.
   */
  sendEvent(lun: number, sense: Uint8Array): void;
  /** Asks the initiator to log out within so many seconds (event 1); its connections are dropped when it has not. */
  requestLogout(seconds: number): void;
  /** Ends the session: tells the initiator (event 3), closes its connections, its tasks and its nexus. */
  close(): Promise<void>;
}

export interface IscsiConnectionInfo extends ConnectionAddresses {
  readonly cid: number;
  readonly headerDigest: 'None' | 'CRC32C';
  readonly dataDigest: 'None' | 'CRC32C';
  /** MaxRecvDataSegmentLength of the initiator, as far as we use it. */
  readonly maxXmitDataSegmentLength: number;
}
