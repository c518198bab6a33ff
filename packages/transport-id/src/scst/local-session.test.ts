import { describe, expect, it } from 'vitest';
import { toHex } from '../bytes.js';
import { TransportIdError } from '../error.js';
import { encodeTransportId } from '../transport-id.js';
import { scstLocalTransportId } from './local-session.js';

/** SAS ADDRESS as a real scst_local showed it in `transport_id`, by number of the session. */
const recorded: readonly [number, string][] = [
  [1, '5feede401fade050'],
  [2, '5feede402fade050'],
  [10, '5feede40afade050'],
  [15, '5feede40ffade050'],
  [16, '5feede410fade050'],
  [17, '5feede411fade050'],
  [19, '5feede413fade050'],
  [64, '5feede440fade050'],
  [65, '5feede441fade050'],
  [127, '5feede47ffade050'],
  [128, '5feede480fade050'],
  [200, '5feede4c8fade050'],
  [240, '5feede4f0fade050'],
  [241, '5feede4f1fade050'],
  [255, '5feede4fffade050'],
  [256, '5feede400fade050'],
  [257, '5feede401fade050'],
  [272, '5feede410fade050'],
  [300, '5feede42cfade050'],
];

describe('the TransportID scst_local gives a session', () => {
  it.each(recorded)('number %i is the one that was recorded', (sessionNumber, address) => {
    expect(toHex(encodeTransportId(scstLocalTransportId(sessionNumber)))).toBe(`06000000${address}${'00'.repeat(12)}`);
  });

  it('is another one for each of 256 sessions on end, then begins again', () => {
    const addresses = Array.from({ length: 512 }, (_, index) => scstLocalTransportId(index + 1).sasAddress);
    expect(new Set(addresses).size).toBe(256);
    expect(addresses.slice(256)).toEqual(addresses.slice(0, 256));
  });

  it.each([-1, 1.5, Number.NaN])('does not exist for %d', (sessionNumber) => {
    expect(() => scstLocalTransportId(sessionNumber)).toThrow(TransportIdError);
  });
});
