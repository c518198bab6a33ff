import { describe, expect, it } from 'vitest';
import { Fixture, FixtureStorage, hex, toHex } from '../nexus/fixture.js';
import { savedPagesFile } from './saved-mode-pages.js';
import { DEFAULT_CONTROL } from './mode-parameters.js';

const CACHING_OFF = '0812 00 000000000000000000008014000000000000'.replaceAll(' ', '').slice(0, 40);
const CACHING_ON = '081204000000000000000000801400000000000000'.slice(0, 40);
const SWP_AND_DSENSE = '0a0a2410080000000000024b';
const MODE_PARAMETERS_CHANGED = '700006000000000a000000002a0100000000';

function select(pages: string, flags = 0x10): { cdb: Uint8Array; out: Uint8Array } {
  const out = hex(`00000000${pages}`);
  return { cdb: Uint8Array.of(0x15, flags, 0, 0, out.length, 0), out };
}

async function send(fixture: Fixture, pages: string, flags?: number): Promise<string> {
  const { cdb, out } = select(pages, flags);
  const { status, sense } = await fixture.run(cdb, { out });
  return status === 0 ? 'good' : toHex(sense);
}

/** WCE and the first bytes of the control page, current values. */
async function current(fixture: Fixture): Promise<{ wce: boolean; control: string }> {
  const caching = await fixture.run('1a 08 08 00 ff 00', { in: 255 });
  const control = await fixture.run('1a 08 0a 00 ff 00', { in: 255 });
  return { wce: (caching.dataIn[6]! & 0x04) !== 0, control: toHex(control.dataIn.subarray(6, 9)) };
}

describe('MODE SELECT', () => {
  it('takes several pages in one list, or in the recorded profile the first and no more', async () => {
    const scst = new Fixture({ profile: 'scst' }).clearAttentions();
    expect(await send(scst, CACHING_OFF + SWP_AND_DSENSE)).toBe('good');
    expect(await current(scst)).toEqual({ wce: false, control: '241008' });

    const recorded = new Fixture({ profile: 'recorded' }).clearAttentions();
    expect(await send(recorded, CACHING_OFF + SWP_AND_DSENSE)).toBe('good');
    expect(await current(recorded)).toEqual({ wce: false, control: '201000' });
    expect(await send(recorded, SWP_AND_DSENSE + CACHING_ON)).toContain('2600');
    expect(await current(recorded)).toEqual({ wce: false, control: '241008' });
  });

  it('changes nothing when a later page is wrong', async () => {
    const fixture = new Fixture({ profile: 'scst' }).clearAttentions();
    expect(await send(fixture, `${SWP_AND_DSENSE}0100`)).toBe('good');
    const other = new Fixture({ profile: 'scst' }).clearAttentions();
    expect(await send(other, `${SWP_AND_DSENSE}010a00000000000000000000`)).toBe('700005000000000a00000000260000880010');
    expect(await current(other)).toEqual({ wce: true, control: '201000' });
  });

  it('looks past a control page that it refuses, in the recorded profile', async () => {
    // Its last two bytes are where the next page is looked for: a caching page, whose WCE is 0.
    const pages = '0a0a2420000000000000' + CACHING_OFF;
    for (const [profile, wce] of [['recorded', false], ['scst', true]] as const) {
      const fixture = new Fixture({ profile }).clearAttentions();
      expect(await send(fixture, pages)).toBe('700005000000000a000000002600008c0007');
      expect(await current(fixture)).toEqual({ wce, control: '201000' });
    }
  });

  it('does not read beyond what was sent', async () => {
    const fixture = new Fixture({ profile: 'scst' }).clearAttentions();
    const cut = hex('00000000' + SWP_AND_DSENSE).subarray(0, 5);
    expect((await fixture.run('15 10 00 00 10 00', { out: cut })).status).toBe(0);
    expect(await current(fixture)).toEqual({ wce: true, control: '201000' });
  });

  it('tells all other nexuses', async () => {
    const fixture = new Fixture({ sessions: 3 }).clearAttentions();
    expect(await send(fixture, CACHING_ON)).toBe('good');
    expect((await fixture.run('00 00 00 00 00 00')).status).toBe(0);
    for (const session of [1, 2]) expect(toHex((await fixture.run('00 00 00 00 00 00', { session })).sense)).toBe(MODE_PARAMETERS_CHANGED);
  });

  it('write-protects by SWP', async () => {
    const fixture = new Fixture().clearAttentions();
    expect(await send(fixture, '0a0a2010080000000000024b')).toBe('good');
    const refused = await fixture.run('2a 00 00 00 00 00 00 00 01 00', { out: new Uint8Array(512) });
    expect(toHex(refused.sense)).toBe('700007000000000a00000000000000000000');
    expect((await fixture.run('1a 08 08 00 ff 00', { in: 255 })).dataIn[2]).toBe(0x90);
  });

  it('saves with SP, and what was saved comes back with a device of that name and after a reset', async () => {
    const storage = new FixtureStorage();
    const first = new Fixture({ storage, profile: 'scst' }).clearAttentions();
    expect(await send(first, SWP_AND_DSENSE, 0x11)).toBe('good');
    expect(await send(first, CACHING_OFF, 0x11)).toBe('good');
    expect(Buffer.from(storage.state.get('/var/lib/scst/vdev_mode_pages/disk0') ?? []).toString()).toBe('disk0\nSWP=1\nD_SENSE=1\nWRITE_THROUGH=1\n');

    const second = new Fixture({ storage }).clearAttentions();
    await second.server.load();
    expect(await current(second)).toEqual({ wce: false, control: '241008' });
    expect(await send(second, '0a0a2010000000000000024b')).toBe('good');
    await second.unit().reset('lun');
    second.clearAttentions();
    expect(await current(second)).toEqual({ wce: true, control: '241008' });
  });

  it('removes the file when everything is at its default again', async () => {
    const storage = new FixtureStorage();
    const fixture = new Fixture({ storage }).clearAttentions();
    await send(fixture, CACHING_OFF, 0x11);
    expect(storage.state.size).toBe(1);
    await send(fixture, CACHING_ON, 0x11);
    expect(storage.state.size).toBe(0);
  });

  it('leaves everything as it was when it cannot be saved', async () => {
    const storage = new FixtureStorage();
    storage.failsToWrite = true;
    const fixture = new Fixture({ storage }).clearAttentions();
    const { cdb, out } = select(CACHING_OFF, 0x11);
    expect((await fixture.run(cdb, { out })).status).toBe(0x08);
    expect(await current(fixture)).toEqual({ wce: true, control: '201000' });
  });

  it('is refused in cluster mode', async () => {
    const fixture = new Fixture({ device: { clusterMode: true } }).clearAttentions();
    expect(await send(fixture, CACHING_OFF)).toBe('700005000000000a00000000240000000000');
  });
});

describe('the file of saved mode pages', () => {
  const values = { control: { ...DEFAULT_CONTROL, queueError: 3 as const, queueAlgorithm: 0 as const, reportsAborted: true }, writeThrough: true };

  it('reads what it wrote', () => {
    const file = savedPagesFile.encode('disk0', values, DEFAULT_CONTROL);
    expect(savedPagesFile.decode('disk0', file ?? new Uint8Array(0))).toEqual({
      control: { queueError: 3, queueAlgorithm: 0, reportsAborted: true },
      writeThrough: true,
    });
  });

  it('holds nothing for a device of another name, and passes over what makes no sense', () => {
    const file = savedPagesFile.encode('disk0', values, DEFAULT_CONTROL) ?? new Uint8Array(0);
    expect(savedPagesFile.decode('disk1', file)).toEqual({ control: {} });
    expect(savedPagesFile.decode('disk0', Buffer.from('disk0\nQERR=2\nTAS=x\nSWP\nWHAT=1\ntas=1\n'))).toEqual({ control: { reportsAborted: true } });
    expect(savedPagesFile.decode('disk0', new Uint8Array(0))).toEqual({ control: {} });
  });
});
