import { describe, expect, it } from 'vitest';
import { isIscsiName } from './iscsi-name.js';
import { formatPortal, isLoopback, parsePortal } from './portal.js';

describe('a portal', () => {
  it.each([
    ['127.0.0.1', { address: '127.0.0.1', port: 3260 }, '127.0.0.1:3260'],
    ['127.0.0.1:13300', { address: '127.0.0.1', port: 13300 }, '127.0.0.1:13300'],
    ['[::1]:5', { address: '::1', port: 5 }, '[::1]:5'],
    ['[::1]', { address: '::1', port: 3260 }, '[::1]:3260'],
    ['::1', { address: '::1', port: 3260 }, '[::1]:3260'],
    ['0.0.0.0:0', { address: '0.0.0.0', port: 0 }, '0.0.0.0:0'],
  ])('is read from %s', (text, portal, printed) => {
    expect(parsePortal(text)).toEqual(portal);
    expect(formatPortal(portal)).toBe(printed);
  });

  it.each(['', 'host', '127.0.0.1:', '127.0.0.1:70000', '127.0.0.1:x', '[::1', '1.2.3:5'])('cannot be “%s”', (text) => {
    expect(() => parsePortal(text)).toThrow(expect.objectContaining({ code: 'BAD_PORTAL' }));
  });

  it('is this machine’s own or not', () => {
    expect(['127.0.0.1', '127.3.4.5', '::1'].every(isLoopback)).toBe(true);
    expect(['0.0.0.0', '::', '10.0.0.1', 'fe80::1'].some(isLoopback)).toBe(false);
  });
});

describe('an iSCSI name', () => {
  it.each(['iqn.2026-11.com.example:a', 'eui.0123456789abcdef', 'naa.0123456789abcdef', 'naa.0123456789abcdef0123456789abcdef'])('is %s', (name) => {
    expect(isIscsiName(name)).toBe(true);
  });

  it.each(['scst_local_tgt', 'iqn.x', 'IQN.2026-11.com.example:a', 'eui.12', 'iqn.2026-11.a b', `iqn.2026-11.${'a'.repeat(220)}`])('is not %s', (name) => {
    expect(isIscsiName(name)).toBe(false);
  });
});
