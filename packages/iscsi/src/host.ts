import type { ScsiTask } from '@scst/scsi';
import type { IscsiSession } from './session-info.js';

/**
 * Who knocks: what is known of an initiator while its login goes on. All texts come from the peer or its socket and have been
 * checked for form alone.
 */
export interface InitiatorIdentity {
  /** InitiatorName (RFC 7143 13.5), in lower case as iSCSI names compare (4.2.7.2). */
  readonly initiatorName: string;
  /** InitiatorAlias (13.7), for people. */
  readonly initiatorAlias: string | undefined;
  /** Where it comes from and which of our portals it came to. */
  readonly connection: ConnectionAddresses;
}

/** Both ends of a connection. IPv6 addresses are without brackets. */
export interface ConnectionAddresses {
  readonly localAddress: string;
  readonly localPort: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
}

/**
 * What the engine asks about the targets it serves. Every answer is for one initiator on one portal, so that access is decided in
 * one place: a target that is not given is not there for that initiator.
 */
export interface IscsiTargetHost {
  /** SendTargets=All of a discovery session (RFC 7143 appendix C): the targets this initiator may see, in the order to be told. */
  discover(initiator: InitiatorIdentity): readonly DiscoveredTarget[] | Promise<readonly DiscoveredTarget[]>;
  /** Who may open a discovery session. Undefined: everyone. */
  discoveryAuthentication?(initiator: InitiatorIdentity): ChapAuthentication | undefined;
  /**
   * The target of a login or of SendTargets=name. Undefined ends the login with "target not found" (0203h); `'forbidden'` with
   * "authorization failure" (0202h), which tells the initiator that the target exists; `'removed'` with "target removed" (0204h).
   */
  findTarget(initiator: InitiatorIdentity, targetName: string): FoundTarget | Promise<FoundTarget>;
}

export type FoundTarget = IscsiTarget | 'forbidden' | 'removed' | undefined;

/** A target as SendTargets tells of it. */
export interface DiscoveredTarget {
  readonly targetName: string;
  /**
   * Its portals. Undefined: the address the initiator came to, with portal group tag 1. An address is an IPv4 or IPv6 address or a
   * host name.
   */
  readonly portals?: readonly TargetPortal[] | undefined;
}

export interface TargetPortal {
  /** Without brackets. */
  readonly address: string;
  readonly port: number;
  /** 0 to 65535. Default: 1. */
  readonly portalGroupTag?: number | undefined;
}

/** A target that an initiator may log in to. */
export interface IscsiTarget {
  readonly targetName: string;
  /** TargetAlias (13.6). */
  readonly targetAlias?: string | undefined;
  /** TargetPortalGroupTag of the portal the initiator came to. Default: 1. */
  readonly portalGroupTag?: number | undefined;
  /** Who may log in. Undefined: no authentication. */
  readonly authentication?: ChapAuthentication | undefined;
  readonly parameters?: TargetParameters | undefined;
  /** Sends the initiator elsewhere: login status 0101h, or 0102h where `permanent`. */
  readonly redirect?: { readonly address: string; readonly port?: number | undefined; readonly permanent?: boolean | undefined } | undefined;
  /**
   * An initiator has logged in: makes the I_T nexus. Called once for each session, after authentication and after the nexus that the
   * session takes the place of has been closed. A rejection ends the login with "service unavailable" (0301h).
   */
  openNexus(session: IscsiSession): IscsiNexus | Promise<IscsiNexus>;
}

/** CHAP (RFC 7143 12.1.3). Secrets are compared in constant time and never logged. */
export interface ChapAuthentication {
  /** Users that may log in; an empty list lets nobody in. */
  readonly incoming: readonly ChapCredentials[];
  /** What we prove ourselves with when the initiator asks us to. Undefined: it gets no proof. */
  readonly outgoing?: ChapCredentials | undefined;
  /** Accepted digests, best first. Default: all. */
  readonly algorithms?: readonly ChapAlgorithm[] | undefined;
}

export interface ChapCredentials {
  readonly name: string;
  /** A text is taken as UTF-8. */
  readonly secret: string | Uint8Array;
}

/** Digests of CHAP_A: SHA3-256 is 8, SHA-256 is 7, SHA-1 is 6, MD5 is 5 (IANA, PPP authentication algorithms). */
export type ChapAlgorithm = 'sha3-256' | 'sha256' | 'sha1' | 'md5';

/** How far a target goes in the negotiation of each key (RFC 7143 13); what is not given has the default named here. */
export interface TargetParameters {
  /** Accepted, best first. Default: `['None', 'CRC32C']`. */
  readonly headerDigest?: readonly DigestName[] | undefined;
  readonly dataDigest?: readonly DigestName[] | undefined;
  /** 1 to 65535. Default: 1. */
  readonly maxConnections?: number | undefined;
  /** Yes: no data without R2T but immediate data. Default: false. */
  readonly initialR2T?: boolean | undefined;
  /** Default: true. */
  readonly immediateData?: boolean | undefined;
  /** What we take in one PDU: 512 to 16777215 bytes. Default: 1 MiB. */
  readonly maxRecvDataSegmentLength?: number | undefined;
  /** What we send in one PDU, if the initiator takes that: 512 to 16777215 bytes. Default: 1 MiB. */
  readonly maxXmitDataSegmentLength?: number | undefined;
  /** 512 to 16777215 bytes. Default: 1 MiB. */
  readonly maxBurstLength?: number | undefined;
  /** 512 to 16777215 bytes, at most maxBurstLength. Default: 256 KiB. */
  readonly firstBurstLength?: number | undefined;
  /** Seconds. Default: 2. */
  readonly defaultTime2Wait?: number | undefined;
  /** 1 to 65535. Default: 16. */
  readonly maxOutstandingR2T?: number | undefined;
  /** Commands of a session at a time, which is the size of its CmdSN window: 1 to 1024. Default: 128. */
  readonly queuedCommands?: number | undefined;
  /** Seconds without a word after which the initiator is asked whether it lives; 0: never. Default: 30. */
  readonly nopInInterval?: number | undefined;
  /** Seconds it has to answer. Default: 30. */
  readonly nopInTimeout?: number | undefined;
  /** Seconds it has to send data that R2T asked for. Default: 60. */
  readonly responseTimeout?: number | undefined;
}

export type DigestName = 'None' | 'CRC32C';

/**
 * An I_T nexus: what the commands of a session go to. Commands come without promises, by {@link ScsiTask}s that are used again once
 * done. `lun` is the number in any addressing method; {@link NO_SUCH_LUN} where the eight bytes name none.
 */
export interface IscsiNexus {
  /** Starts a command. `task.done` is called exactly once, perhaps before this returns. */
  submit(lun: number, task: ScsiTask): void;
  /** ABORT TASK of a submitted task, whose `done` is then called as aborted unless its status came first. */
  abort(lun: number, task: ScsiTask): void;
  /**
   * Task management for a LUN, or for the target (`lun` is of no meaning then). Must begin before it returns, so that commands which
   * come later are not met; resolves when the affected tasks are done.
   */
  manage(what: NexusManagement, lun: number): Promise<ManagementOutcome>;
  /** The session is over. Its tasks have been aborted, and may end yet while this goes on; resolves when all is gone. */
  close(): Promise<void>;
}

export type NexusManagement = 'abort-task-set' | 'clear-aca' | 'clear-task-set' | 'lun-reset' | 'target-reset';
/** `no-answer`: the initiator is to hear nothing. */
export type ManagementOutcome = 'complete' | 'no-such-lun' | 'not-supported' | 'rejected' | 'no-answer';

/** What {@link IscsiNexus} gets for a LUN field that is no single level LUN. */
export const NO_SUCH_LUN = -1;
