import { type ScstCore } from '@scst/core';
import { formatPortal, isLoopback, type IscsiSettings, parsePortal, serveIscsi } from '@scst/iscsi-driver';
import { coreConnection, Scst } from '@scst/local';

/** iSCSI beside a served core. */
export interface ServedIscsi {
  /** `ADDRESS:PORT` */
  readonly portals: readonly string[];
  /** Goes over to other settings; undefined: every target with an iSCSI name is served as it is. */
  apply(settings: IscsiSettings | undefined): Promise<void>;
  close(): Promise<void>;
}

/** Seconds that initiators have to log out at the end. */
const GRACE = 2;

/**
 * Serves the targets of a core that have an iSCSI name.
 *
 * @throws IscsiDriverError `BAD_PORTAL`; IscsiError where a portal cannot be had.
 */
export const startIscsi = async (core: ScstCore, portalTexts: readonly string[], settings: IscsiSettings | undefined, warn: (message: string) => void): Promise<ServedIscsi> => {
  const portals = portalTexts.map(parsePortal);
  for (const portal of portals) if (!isLoopback(portal.address)) warn(`iSCSI on ${formatPortal(portal)} can be reached from other machines`);
  const iscsi = await serveIscsi(Scst.over(coreConnection(core, () => Promise.resolve())), { portals, settings });
  return {
    portals: iscsi.portals.map(formatPortal),
    apply: (changed) => iscsi.apply(changed ?? {}),
    close: () => iscsi.close({ graceSeconds: GRACE }),
  };
};
