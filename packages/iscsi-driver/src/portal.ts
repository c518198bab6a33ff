import { isIP } from 'node:net';
import { type ListenPortal } from '@scst/iscsi';
import { IscsiDriverError } from './errors.js';

/** The port of iSCSI targets (RFC 7143 17). */
export const ISCSI_PORT = 3260;

/**
 * A portal from `ADDRESS`, `ADDRESS:PORT`, `[IPV6]` or `[IPV6]:PORT`.
 *
 * @throws IscsiDriverError `BAD_PORTAL`
 */
export const parsePortal = (text: string): Required<ListenPortal> => {
  const [, bracketed, plain, portText] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d{1,5}))?$/u.exec(text) ?? [];
  const address = bracketed ?? plain ?? text;
  const port = portText === undefined ? ISCSI_PORT : Number(portText);
  if (isIP(address) === 0) throw new IscsiDriverError('BAD_PORTAL', `“${text}” is no portal`, { hint: 'One is ADDRESS:PORT with an IP address, such as 127.0.0.1:3260 or [::1]:3260.' });
  if (port > 65_535) throw new IscsiDriverError('BAD_PORTAL', `“${text}”: there is no port ${port}`, { hint: 'Ports go up to 65535.' });
  return { address, port };
};

/** `ADDRESS:PORT`, IPv6 in brackets. */
export const formatPortal = ({ address, port = ISCSI_PORT }: ListenPortal): string => (address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`);

/** Whether only this machine can reach an address. */
export const isLoopback = (address: string): boolean => address === '::1' || /^127\./u.test(address);
