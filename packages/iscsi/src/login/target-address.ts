import { isIPv6 } from 'node:net';
import type { TargetPortal } from '../host.js';

/** TargetAddress (RFC 7143 13.8): an IPv6 address stands in brackets. */
export function targetAddress({ address, port, portalGroupTag = 1 }: TargetPortal): string {
  return `${hostAndPort(address, port)},${portalGroupTag}`;
}

export const hostAndPort = (address: string, port: number): string => `${isIPv6(address) ? `[${address}]` : address}:${port}`;
