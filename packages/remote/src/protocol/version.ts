/** The protocol of this package; a client and a server of different protocols do not talk. */
export const PROTOCOL = 1;

/** What `GET /` tells. */
export interface ServerInfo {
  readonly server: 'scst';
  readonly protocol: number;
  /** Process id of the server. */
  readonly pid: number;
  /** The tree's description. */
  readonly description: string;
  /** What can be asked: `tree`, `modules`, `lun`, and the embedding program's own routes. */
  readonly endpoints: readonly string[];
  /** What the embedding program tells of itself. */
  readonly info?: unknown;
}

/** Header that names the lease a handle belongs to. */
export const LEASE_HEADER = 'x-scst-lease';
