import { type ChapCredentials, type TargetParameters } from '@scst/iscsi';

/** What iSCSI needs to know that SCST's tree has no place for. */
export interface IscsiSettings {
  /** False: nobody may log in or discover. Default: true. */
  readonly enabled?: boolean | undefined;
  /** CHAP of discovery sessions. */
  readonly discovery?: ChapSettings | undefined;
  /** By target name. */
  readonly targets?: ReadonlyMap<string, IscsiTargetSettings> | undefined;
}

/** CHAP users; where there is no incoming one nobody is asked. */
export interface ChapSettings {
  readonly incoming: readonly ChapCredentials[];
  /** What the target proves itself with. */
  readonly outgoing?: ChapCredentials | undefined;
}

/** One target. */
export interface IscsiTargetSettings {
  /** False: nobody may log in, and discovery does not tell of it. Default: true. */
  readonly enabled?: boolean | undefined;
  readonly alias?: string | undefined;
  readonly chap?: ChapSettings | undefined;
  /** Patterns (`*`, `?`) of the addresses of portals on which the target is there. Default: all. */
  readonly allowedPortals?: readonly string[] | undefined;
  /** Groups know an initiator as `NAME#ADDRESS`, with the address of the portal that it came to. Default: false. */
  readonly perPortalAcl?: boolean | undefined;
  /** Sessions at a time. Default: as many as the server takes. */
  readonly maxSessions?: number | undefined;
  readonly redirect?: { readonly address: string; readonly port?: number | undefined; readonly permanent?: boolean | undefined } | undefined;
  readonly parameters?: TargetParameters | undefined;
}
