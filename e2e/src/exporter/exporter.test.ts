import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FAMILIES, metricsHandler, type MetricsServer, ScstCollector, serveMetrics } from '@scst/exporter';
import { Scst } from '@scst/local';
import { persistentReserveOut, read, RESERVATION_TYPE, testUnitReady, write } from '@scst/scsi';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort, type Prometheus, prometheusMissing, startPrometheus } from './prometheus.js';

const CONTRIB = fileURLToPath(new URL('../../../contrib', import.meta.url));
const README = fileURLToPath(new URL('../../../packages/exporter/README.md', import.meta.url));
const TARGET = 'scst_local_tgt';
const MIB = 1024 * 1024;

const missing = prometheusMissing();
if (missing !== undefined) process.stderr.write(`the exporter under Prometheus: skipped, since ${missing}\n`);

describe.skipIf(missing !== undefined)('Prometheus', () => {
  let [directory, port] = ['', 0];
  let scst: Scst;
  let collector: ScstCollector;
  let server: MetricsServer;
  let prometheus: Prometheus;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'scst-exporter-'));
    scst = await Scst.open({ connect: 'embedded' });
    await scst.tree.write('measure_latency', '1');
    await writeFile(join(directory, 'disk1.img'), '');
    await truncate(join(directory, 'disk1.img'), 64 * MIB);
    await scst.handler('vdisk_fileio').add('disk1', { filename: join(directory, 'disk1.img'), thin_provisioned: 1 });
    await scst.driver().target(TARGET).luns.add('disk1', 0);
    collector = new ScstCollector(scst, { metrics: { allow: ['*'] } });
    port = await freePort(19_100, 19_109);
    server = await serveMetrics(metricsHandler(collector), { host: '127.0.0.1', port });
    prometheus = await startPrometheus(`scrape_configs:\n  - job_name: scst\n    static_configs: [{ targets: ['127.0.0.1:${port}'] }]\nrule_files: [alerts.yml]\n`, { 'alerts.yml': await readFile(join(CONTRIB, 'prometheus/alerts.yml'), 'utf8') });
  }, 60_000);

  afterAll(async () => {
    await prometheus[Symbol.asyncDispose]();
    await server.close();
    await collector.close();
    await scst.close();
    await rm(directory, { recursive: true, force: true });
  });

  it('scrapes it', { timeout: 60_000 }, async () => {
    await prometheus.until('scst_up', (results) => results[0]?.value === 1);
    expect(await prometheus.targets()).toEqual([expect.objectContaining({ health: 'up', lastError: '' })]);
    await prometheus.until('scst_scrape_complete', (results) => results[0]?.value === 1);
  });

  it('sees what is read and written', { timeout: 60_000 }, async () => {
    const session = scst.driver().target(TARGET).session('scst_local_host');
    const lun = await session.open(0);
    await testUnitReady(lun).catch(() => undefined);
    const before = await prometheus.until(`scst_session_commands_total{session="scst_local_host",direction="write"}`, (results) => results.length === 1);
    expect(before[0]?.value).toBe(0);
    const block = new Uint8Array(64 * 1024).fill(7);
    for (let index = 0; index < 16; index++) await write(lun, { lba: BigInt(index * 128), data: block, blockLength: 512 });
    for (let index = 0; index < 8; index++) await read(lun, { lba: BigInt(index * 128), blocks: 128, blockLength: 512 });
    await lun.close();
    const labels = `driver="scst_local",target="${TARGET}"`;
    await prometheus.until(`scst_session_bytes_total{${labels},direction="write"}`, (results) => results[0]?.value === MIB);
    const values = async (expression: string): Promise<readonly number[]> => (await prometheus.query(expression)).map(({ value }) => value);
    expect(await values(`scst_session_commands_total{${labels},direction="write"}`)).toEqual([16]);
    expect(await values(`scst_target_commands_total{${labels},direction="write"}`)).toEqual([16]);
    // What the initiator asks by itself (INQUIRY, READ CAPACITY …) is counted as well.
    const [bytesRead = 0] = await values(`scst_group_bytes_total{${labels},direction="read"}`);
    expect(bytesRead).toBeGreaterThanOrEqual(MIB / 2);
    expect(bytesRead).toBeLessThan(MIB / 2 + 16 * 1024);
    await prometheus.until(`increase(scst_session_bytes_total{${labels},direction="write"}[1m])`, (results) => (results[0]?.value ?? 0) > 0);
    expect(await values(`scst_session_sized_commands_total{direction="write",size="65536",session="scst_local_host"}`)).toEqual([16]);
    expect(await values(`scst_session_command_duration_seconds_bucket{le="+Inf",direction="write",session="scst_local_host"}`)).toEqual([16]);
    const [mean] = await prometheus.until('rate(scst_session_command_duration_seconds_sum{direction="write",session="scst_local_host"}[1m]) / rate(scst_session_command_duration_seconds_count{direction="write",session="scst_local_host"}[1m])', (results) => (results[0]?.value ?? 0) > 0);
    expect(mean?.value).toBeLessThan(1);
    // Thin: the file takes what was written, and not what it could.
    const [allocated] = await values('scst_device_backing_allocated_bytes{device="disk1"}');
    expect(allocated).toBeGreaterThanOrEqual(MIB);
    expect(allocated).toBeLessThan(8 * MIB);
    expect(await values('scst_device_size_bytes{device="disk1"}')).toEqual([64 * MIB]);
  });

  it('sees a reset and a session that is made again, and takes neither for less than nothing', { timeout: 90_000 }, async () => {
    const expression = `scst_target_commands_total{driver="scst_local",target="${TARGET}",direction="write"}`;
    const before = (await prometheus.query(expression))[0]?.value ?? 0;
    await scst.tree.write(`targets/scst_local/${TARGET}/sessions/scst_local_host/write_cmd_count`, '0');
    const writeBlocks = async (name: string, blocks: number): Promise<void> => {
      const lun = await scst.driver().target(TARGET).session(name).open(0);
      await testUnitReady(lun).catch(() => undefined);
      for (let index = 0; index < blocks; index++) await write(lun, { lba: BigInt(index), data: new Uint8Array(512), blockLength: 512 });
      await lun.close();
    };
    await writeBlocks('scst_local_host', 3);
    await prometheus.until(expression, (results) => results[0]?.value === before + 3);
    await scst.tree.write('targets/scst_local/mgmt', `add_session ${TARGET} s`);
    await writeBlocks('s', 5);
    await prometheus.until('scst_session_commands_total{session="s",direction="write"}', (results) => results[0]?.value === 5);
    await scst.tree.write('targets/scst_local/mgmt', `del_session ${TARGET} s`);
    await prometheus.until('scst_session_info{session="s"}', (results) => results.length === 0);
    await scst.tree.write('targets/scst_local/mgmt', `add_session ${TARGET} s`);
    await writeBlocks('s', 9);
    await prometheus.until('scst_session_commands_total{session="s",direction="write"}', (results) => results[0]?.value === 14);
    expect((await prometheus.query(expression))[0]?.value).toBe(before + 3 + 14);
    expect((await prometheus.query(`resets(${expression}[2m])`))[0]?.value).toBe(0);
  });

  it('sees a reservation', { timeout: 60_000 }, async () => {
    const lun = await scst.driver().target(TARGET).session('scst_local_host').open(0);
    await persistentReserveOut.register(lun, { serviceActionKey: 1n });
    await persistentReserveOut.reserve(lun, { key: 1n, type: RESERVATION_TYPE.WRITE_EXCLUSIVE });
    await lun.close();
    const held = await prometheus.until('scst_device_reservation_info', (results) => results.length === 1);
    expect(held[0]?.metric).toMatchObject({ device: 'disk1', type: 'write_exclusive', scope: 'lu' });
    expect((await prometheus.query('scst_device_registrants'))[0]?.value).toBe(1);
  });

  it('has an alert when the exporter says that there is no SCST', { timeout: 60_000 }, async () => {
    const rules = await prometheus.query('count(ALERTS{alertstate="firing"}) or vector(0)');
    expect(rules[0]?.value).toBe(0);
    for (const module of ['scst_local', 'scst_vdisk', 'scst']) await scst.modules.unload(module);
    await prometheus.until('scst_up', (results) => results[0]?.value === 0);
    await prometheus.until('ALERTS{alertname="ScstDown"}', (results) => results[0]?.metric['alertstate'] === 'pending');
    for (const module of ['scst', 'scst_vdisk', 'scst_local']) await scst.modules.load(module);
    await prometheus.until('scst_up', (results) => results[0]?.value === 1);
  });

  it('can answer every query of the dashboard, the alerts and the README, whose metrics all exist', { timeout: 60_000 }, async () => {
    const known = new Set([...FAMILIES.flatMap(({ name, type }) => (type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name])), 'up']);
    const dashboard = JSON.parse(await readFile(join(CONTRIB, 'grafana/scst.json'), 'utf8')) as { panels: { title: string; targets?: { expr: string }[] }[]; templating: { list: { definition?: string }[] } };
    const panels = dashboard.panels.flatMap(({ targets }) => targets?.map(({ expr }) => expr) ?? []);
    const variables = dashboard.templating.list.flatMap(({ definition }) => /^label_values\((.*), \w+\)$/u.exec(definition ?? '')?.[1] ?? []);
    const alerts = [...(await readFile(join(CONTRIB, 'prometheus/alerts.yml'), 'utf8')).matchAll(/^ {8}expr: (?:\|\n((?: {10}.*\n)+)|(.*)\n)/gmu)].map(([, block, line]) => block ?? line ?? '');
    const [, block = ''] = /```promql\n([\s\S]*?)```/u.exec(await readFile(README, 'utf8')) ?? [];
    const examples = block.split('\n\n').map((example) => example.replace(/^#.*\n/u, ''));
    expect([panels.length > 20, variables.length, alerts.length, examples.length]).toEqual([true, 4, 14, 8]);
    for (const expression of [...panels, ...variables, ...alerts, ...examples]) {
      const filled = expression.replaceAll('$__rate_interval', '1m').replace(/\$\w+/gu, '.*');
      await prometheus.query(filled);
      const names = filled.match(/\b(?:scst_\w+|up)\b/gu) ?? [];
      expect(names.filter((name) => !known.has(name) && !/^scst_(?:local|vdisk)/u.test(name))).toEqual([]);
    }
  });
});

describe.skipIf(missing !== undefined)('promtool', () => {
  it.each([
    ['check', 'config', 'scrape.yml'],
    ['check', 'rules', 'alerts.yml'],
    ['test', 'rules', 'alerts.test.yml'],
  ])('%s %s %s', (...words) => {
    expect(execFileSync('promtool', words, { cwd: join(CONTRIB, 'prometheus'), encoding: 'utf8' })).toMatch(/SUCCESS/u);
  });
});
