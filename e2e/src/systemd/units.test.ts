import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const UNITS = fileURLToPath(new URL('../../../contrib/systemd/', import.meta.url));
const names = readdirSync(UNITS).filter((name) => name.endsWith('.service'));

const analyze = (...words: readonly string[]): { status: number | null; text: string } => {
  const { status, stdout, stderr } = spawnSync('systemd-analyze', words, { encoding: 'utf8', timeout: 30_000 });
  return { status, text: `${stdout}${stderr}` };
};

/** `verify` looks for the programs; `security` reads files without a running systemd from version 250 on. */
const version = Number(/^systemd (\d+)/u.exec(analyze('--version').text)?.[1] ?? 0);
if (version < 250) console.warn(`skipped: unit files need systemd-analyze 250 or later; ${version === 0 ? 'there is none' : `this is ${version}`}`);

describe.runIf(version >= 250)('the units', () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'scst-units-'));
    for (const program of ['scst-local', 'scst-exporter']) writeFileSync(join(directory, program), '#!/bin/sh\n', { mode: 0o755 });
    // As they are, but for programs that are installed elsewhere.
    for (const name of names) writeFileSync(join(directory, name), readFileSync(join(UNITS, name), 'utf8').replaceAll('/usr/bin/scst-', `${directory}/scst-`).replaceAll('/sbin/modprobe', '/bin/true'));
  });
  afterAll(() => {
    rmSync(directory, { recursive: true });
  });

  it('are those that docs speak of', () => {
    expect(names.sort()).toEqual(['scst-config.service', 'scst-exporter.service', 'scst-local.service']);
  });

  it.each(names)('%s is understood by systemd, without a warning', (name) => {
    expect(analyze('verify', '--man=no', join(directory, name))).toEqual({ status: 0, text: '' });
  });

  it('would not be, if something were wrong with them', () => {
    const broken = join(directory, 'broken.service');
    writeFileSync(broken, readFileSync(join(directory, 'scst-local.service'), 'utf8').replace('ProtectClock=yes', 'ProtectClok=yes'));
    expect(analyze('verify', '--man=no', broken).text).toContain('ProtectClok');
  });

  it.each([
    ['scst-local.service', 45],
    ['scst-config.service', 45],
    ['scst-exporter.service', 30],
  ])('%s is exposed no more than %d of 100, by systemd’s own count', (name, threshold) => {
    const { status, text } = analyze('security', '--offline=true', `--threshold=${threshold}`, '--no-pager', join(directory, name));
    expect([status, /Overall exposure level.*/u.exec(text)?.[0]]).toEqual([0, expect.any(String)]);
  });
});
