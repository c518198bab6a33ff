import { matchesPattern } from '@scst/core';
import { type InitiatorIdentity } from '@scst/iscsi';
import { type Target } from '@scst/local';
import { encodeName, SysfsError, toByteString } from '@scst/sysfs';
import { type IscsiTargetSettings } from './settings.js';

/** The name by which SCST's groups know an initiator. */
export const nameForGroups = ({ initiatorName, connection }: InitiatorIdentity, { perPortalAcl = false }: IscsiTargetSettings): string =>
  perPortalAcl ? `${initiatorName}#${connection.localAddress}` : initiatorName;

/** Whether a target is there on a portal. */
export const isOnPortal = ({ allowedPortals }: IscsiTargetSettings, address: string): boolean => allowedPortals === undefined || allowedPortals.some((pattern) => matchesPattern(pattern, address));

/**
 * Whether an initiator may see a target: there is a LUN for it, or it is nobody's yet: no group claims anyone, and LUNs may come. Undefined
 * target: false.
 *
 * SCST decides by the order in which groups were made, which its tree does not show. Where several claim an initiator, one with LUNs is
 * enough here; what it gets to see is SCST's choice.
 */
export const maySee = async (target: Target, name: string): Promise<boolean> => {
  try {
    const groups = await target.groups();
    const claiming = [];
    for (const group of groups) if ((await group.initiators.list()).some((pattern) => matchesPattern(toBytes(pattern), toBytes(name)))) claiming.push(group);
    if (claiming.length === 0) return groups.length === 0 || (await target.luns.list()).length > 0;
    for (const group of claiming) if ((await group.luns.list()).length > 0) return true;
    return false;
  } catch (error) {
    if (error instanceof SysfsError && (error.code === 'ENOENT' || error.code === 'ENODEV')) return false;
    throw error;
  }
};

const toBytes = (name: string): string => toByteString(encodeName(name));
