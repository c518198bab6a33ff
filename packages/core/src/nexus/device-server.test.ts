import { describe, expect, it } from 'vitest';
import { Fixture, hex, toHex } from './fixture.js';

describe('DeviceServer', () => {
  it('reports the first unit attention once, then works', async () => {
    const { run } = bind(new Fixture());
    expect(await run('00 00 00 00 00 00')).toMatchObject({ status: 2, sense: hex('700006000000000a00000000290000000000') });
    expect(await run('00 00 00 00 00 00')).toMatchObject({ status: 0, residual: 0 });
  });

  it('reads what was written', async () => {
    const { run } = bind(new Fixture().clearAttentions());
    const data = new Uint8Array(1024).map((_, index) => index);
    expect(await run('2a 00 00 00 00 05 00 00 02 00', { out: data })).toMatchObject({ status: 0, residual: 0 });
    const read = await run('28 00 00 00 00 05 00 00 02 00', { in: 1024 });
    expect(read.status).toBe(0);
    expect(toHex(read.dataIn)).toBe(toHex(data));
  });
});

function bind(fixture: Fixture): { run: Fixture['run'] } {
  return { run: fixture.run.bind(fixture) };
}
