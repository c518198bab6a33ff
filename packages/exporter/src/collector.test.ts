import { execFileSync, spawnSync } from 'node:child_process';
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { Scst } from '@scst/local';
import { type CollectorOptions, ScstCollector } from './collector.js';
import { ExporterError } from './errors.js';
import { FAMILIES } from './families/index.js';
import { connectSource } from './source.js';
import { FakeScst, seriesOf } from './testing/fake-scst.js';

const LABELS = 'driver="scst_local",target="t",group="",session="s"';

const fakeWithSession = (): { fake: FakeScst; collect: (options?: CollectorOptions) => ScstCollector } => {
  const fake = new FakeScst().target('t').device('disk1').lun('t', 0, 'disk1');
  return { fake, collect: (options) => new ScstCollector({ tree: fake.tree }, options) };
};

describe('a collector', () => {
  it('tells what is in a tree', async () => {
    const { fake, collect } = fakeWithSession();
    const session = fake.session('t', 's', { luns: [0] });
    session.counters.set('read_cmd_count', 7).set('read_io_count_kb', 28).set('none_cmd_count', 2);
    session.active = 3;
    const series = seriesOf(await collect().metrics());
    expect(Object.fromEntries([...series].filter(([name]) => /^scst_(session|device|driver_aborts|up|scrape_complete|lun_)/u.test(name) && !name.includes('unaligned') && !/direction="(bidi|unknown|write)"/u.test(name)))).toEqual({
      scst_up: 1,
      scst_scrape_complete: 1,
      'scst_driver_aborts_total{driver="scst_local"}': 3,
      'scst_lun_info{driver="scst_local",target="t",group="",lun="0",device="disk1"}': 1,
      'scst_lun_read_only{driver="scst_local",target="t",group="",lun="0"}': 0,
      [`scst_session_commands_total{${LABELS},direction="none"}`]: 2,
      [`scst_session_commands_total{${LABELS},direction="read"}`]: 7,
      [`scst_session_bytes_total{${LABELS},direction="read"}`]: 28672,
      [`scst_session_info{${LABELS},initiator="s"}`]: 1,
      [`scst_session_active_commands{${LABELS}}`]: 3,
      [`scst_session_luns{${LABELS}}`]: 1,
      [`scst_session_lun_active_commands{${LABELS},lun="0",device="disk1"}`]: 3,
      'scst_device_info{device="disk1",handler="vdisk_fileio",type="0",filename="",serial="b8fdbd32"}': 1,
      'scst_device_exports{device="disk1"}': 0,
      'scst_device_active{device="disk1"}': 1,
      'scst_device_read_only{device="disk1"}': 0,
      'scst_device_size_bytes{device="disk1"}': 1048576,
      'scst_device_block_size_bytes{device="disk1"}': 512,
      'scst_device_reservation_held{device="disk1"}': 0,
      'scst_device_registrants{device="disk1"}': 0,
      'scst_device_reservation_generation{device="disk1"}': 0,
      'scst_device_active_commands{device="disk1"}': 3,
      'scst_devices{handler="vdisk_fileio"}': 1,
    });
  });

  it('reads each attribute once', async () => {
    const { fake, collect } = fakeWithSession();
    fake.measureLatency = '1';
    fake.session('t', 's', { luns: [0] });
    await collect().metrics();
    expect([...fake.reads].filter(([, count]) => count !== 1)).toEqual([]);
    expect(fake.reads.size).toBeGreaterThan(60);
  });

  it('lets series of sessions come and go, and counts on when their counters are reset', async () => {
    const { fake, collect } = fakeWithSession();
    const collector = collect();
    const name = `scst_session_commands_total{${LABELS},direction="read"}`;
    const target = 'scst_target_commands_total{driver="scst_local",target="t",direction="read"}';
    const read = async (): Promise<(number | undefined)[]> => {
      const series = seriesOf(await collector.metrics());
      return [series.get(name), series.get(target)];
    };
    expect(await read()).toEqual([undefined, undefined]);
    const first = fake.session('t', 's');
    first.counters.set('read_cmd_count', 100);
    expect(await read()).toEqual([100, 100]);
    first.counters.set('read_cmd_count', 5);
    expect(await read()).toEqual([105, 105]);
    fake.endSession(first);
    expect(await read()).toEqual([undefined, 105]);
    fake.session('t', 's').counters.set('read_cmd_count', 200);
    expect(await read()).toEqual([305, 305]);
  });

  it('loses to a stuck attribute its own series and no more', async () => {
    const { fake, collect } = fakeWithSession();
    const session = fake.session('t', 's', { luns: [0] });
    fake.file(`${session.path}/read_cmd_count`, () => new Promise(() => undefined));
    fake.file('devices/disk1/size', () => new Promise(() => undefined));
    const collector = collect({ limits: { attributeTimeout: 100 } });
    const series = seriesOf(await collector.metrics());
    expect(series.has(`scst_session_commands_total{${LABELS},direction="read"}`)).toBe(false);
    expect(series.has('scst_device_size_bytes{device="disk1"}')).toBe(false);
    expect(series.get(`scst_session_commands_total{${LABELS},direction="write"}`)).toBe(0);
    expect(series.get(`scst_session_bytes_total{${LABELS},direction="read"}`)).toBe(0);
    expect(series.get('scst_up')).toBe(1);
    expect(series.get('scst_scrape_complete')).toBe(0);
    expect(series.get('scst_scrape_stuck_reads')).toBe(2);
    expect(series.get('scst_scrape_errors_total{attribute="sessions/read_cmd_count",reason="timeout"}')).toBe(1);
    const again = seriesOf(await collector.metrics());
    expect(again.get('scst_scrape_errors_total{attribute="devices/size",reason="stuck"}')).toBe(1);
    expect(again.get('scst_scrape_stuck_reads')).toBe(2);
  });

  it('bears a session that vanishes while it is read', async () => {
    const { fake, collect } = fakeWithSession();
    const session = fake.session('t', 's', { luns: [0] });
    fake.session('t', 'other');
    fake.file(`${session.path}/initiator_name`, () => {
      fake.endSession(session);
      return 's\n';
    });
    const series = seriesOf(await collect({ limits: { concurrency: 1 } }).metrics());
    expect(series.get('scst_scrape_complete')).toBe(1);
    expect(series.has(`scst_session_commands_total{${LABELS},direction="read"}`)).toBe(false);
    expect(series.get('scst_session_commands_total{driver="scst_local",target="t",group="",session="other",direction="read"}')).toBe(0);
  });

  it('scrapes once for all who ask at the same time, and anew for those who come later', async () => {
    const { fake, collect } = fakeWithSession();
    const collector = collect();
    const texts = await Promise.all([collector.metrics(), collector.metrics(), collector.registry.metrics()]);
    expect(new Set(texts).size).toBe(1);
    expect(fake.reads.get('version')).toBe(1);
    await collector.metrics();
    expect(fake.reads.get('version')).toBe(2);
  });

  it('tells latency while it is measured, as a histogram whose sum and count are SCST’s', async () => {
    const { fake, collect } = fakeWithSession();
    const session = fake.session('t', 's');
    const collector = collect({ latencyBuckets: [0.001, 0.01], metrics: { allow: ['*'] } });
    expect(await collector.metrics()).not.toContain('scst_session_command_duration_seconds_bucket');
    fake.measureLatency = '1';
    session.latency.set('r4096', 'EXEC 4 100.0 900.0 500.0 10.0 us\ntotal 4 - - 500.0 10.0 us\n').set('r524288', 'EXEC 1 20000.0 20000.0 20000.0 0.0 us\ntotal 1 - - 20000.0 0.0 us\n');
    const text = await collector.metrics();
    const series = seriesOf(text);
    const histogram = (suffix: string, le = ''): number | undefined => series.get(`scst_session_command_duration_seconds_${suffix}{${le}${LABELS},direction="read"}`);
    expect(['0.001', '0.01', '+Inf'].map((le) => histogram('bucket', `le="${le}",`))).toEqual([4, 4, 5]);
    expect(histogram('count')).toBe(5);
    expect(histogram('sum')).toBeCloseTo(0.022, 9);
    expect(text).toContain('# TYPE scst_session_command_duration_seconds histogram');
    expect(series.get(`scst_session_sized_commands_total{${LABELS},direction="read",size="4096"}`)).toBe(4);
    expect(series.get(`scst_session_stage_commands_total{${LABELS},direction="read",stage="EXEC"}`)).toBe(5);
    fake.measureLatency = '0';
    expect(await collector.metrics()).not.toContain('_bucket{');
  });

  it('reads nothing of what is not asked for, and nothing of what is denied', async () => {
    const { fake, collect } = fakeWithSession();
    fake.session('t', 's', { luns: [0] });
    const bare = await collect({ metrics: { allow: ['scst_target_sessions', 'scst_up'] } }).metrics();
    expect([...seriesOf(bare).keys()].sort()).toEqual(['scst_target_sessions{driver="scst_local",target="t"}', 'scst_up']);
    expect([...fake.reads.keys()]).toEqual(['measure_latency']);
    const denied = seriesOf(await collect({ metrics: { deny: ['scst_session_*'] }, objects: { devices: { deny: ['disk?'] } } }).metrics());
    expect([...denied.keys()].filter((name) => name.startsWith('scst_session_') || name.includes('disk1'))).toEqual([]);
    const others = seriesOf(await collect({ objects: { sessions: { allow: ['x*'] }, drivers: { deny: ['copy_manager'] } } }).metrics());
    expect(others.get('scst_target_sessions{driver="scst_local",target="t"}')).toBe(1);
    expect([...others.keys()].filter((name) => name.startsWith('scst_session_') || name.includes('copy_manager'))).toEqual([]);
  });

  it('bounds the sessions that get series', async () => {
    const { fake, collect } = fakeWithSession();
    for (const name of ['a', 'b', 'c']) fake.session('t', name);
    const series = seriesOf(await collect({ limits: { sessions: 2 } }).metrics());
    expect([series.get('scst_target_sessions{driver="scst_local",target="t"}'), series.get('scst_scrape_omitted_sessions'), series.get('scst_scrape_complete')]).toEqual([3, 1, 0]);
    expect([...series.keys()].filter((name) => name.startsWith('scst_session_info'))).toHaveLength(2);
  });

  it('shows names that are not UTF-8, and escapes what needs it', async () => {
    const { fake, collect } = fakeWithSession();
    fake.session('t', 'a\uDCFF"b\\');
    expect(await collect().metrics()).toContain('session="a\\\\xff\\"b\\\\"');
  });

  it('says that there is no SCST, and finds it when it comes', async () => {
    const { fake } = fakeWithSession();
    let there = false;
    await using collector = new ScstCollector(() => (there ? Promise.resolve({ tree: fake.tree }) : Promise.reject(Object.assign(new Error('none'), { code: 'NOTHING_THERE' }))));
    const before = seriesOf(await collector.metrics());
    expect([before.get('scst_up'), before.get('scst_scrape_errors_total{attribute="source",reason="NOTHING_THERE"}')]).toEqual([0, 1]);
    expect(await collector.check()).toBe('none');
    there = true;
    expect(seriesOf(await collector.metrics()).get('scst_up')).toBe(1);
    expect(await collector.check()).toBeUndefined();
  });

  it('goes into a registry that has other metrics, and not twice', async () => {
    const { fake } = fakeWithSession();
    const registry = new Registry();
    const collector = new ScstCollector({ tree: fake.tree }, { registers: [registry] });
    expect(collector.registry).toBe(registry);
    expect(await registry.getMetricsAsJSON()).toHaveLength(FAMILIES.filter(({ optional }) => optional !== true).length);
    registry.resetMetrics();
    expect(() => new ScstCollector({ tree: fake.tree }, { registers: [registry] })).toThrow(/already been registered/u);
  });

  it.each<[string, CollectorOptions]>([
    ['a limit', { limits: { concurrency: 0 } }],
    ['a fraction', { limits: { timeout: 1.5 } }],
    ['buckets', { latencyBuckets: [2, 1] }],
    ['no buckets', { latencyBuckets: [] }],
    ['no registry', { registers: [] }],
    ['a pattern', { metrics: { deny: [''] } }],
  ])('refuses %s that makes no sense', (_, options) => {
    const { collect } = fakeWithSession();
    expect(() => collect(options)).toThrow(ExporterError);
  });

  it('ends what it reads when it is closed', async () => {
    const { fake, collect } = fakeWithSession();
    fake.file('version', () => new Promise(() => undefined));
    const collector = collect();
    const reading = collector.metrics();
    await collector.close();
    await reading;
    await expect(collector.metrics()).rejects.toMatchObject({ code: 'CLOSED' });
  });
});

const promtool = spawnSync('promtool', ['--version']).status === 0;
if (!promtool) process.stderr.write('promtool check metrics: skipped, since promtool is not installed\n');

describe('of the embedded core', () => {
  it.skipIf(!promtool)('promtool finds nothing to say', async () => {
    await using scst = await Scst.open({ connect: 'embedded' });
    await scst.tree.write('measure_latency', '1');
    await scst.handler('vdisk_nullio').add('disk1');
    const target = scst.driver().target('scst_local_tgt');
    await target.luns.add('disk1', 0);
    const [session] = await target.sessions();
    const lun = await session!.open(0);
    // The first command is told that the unit was reset.
    for (let time = 0; time < 2; time++) await lun.execute({ cdb: Uint8Array.of(0x28, 0, 0, 0, 0, 0, 0, 0, 8, 0), dataIn: new Uint8Array(4096) });
    await lun.close();
    await using collector = new ScstCollector(scst, { metrics: { allow: ['*'] } });
    const text = await collector.metrics();
    expect(text).toMatch(/scst_session_sized_commands_total\{.*direction="read",size="4096"\} [12]\n/u);
    expect(text).not.toMatch(/^scst_sgv_all_active_bytes/mu);
    expect(execFileSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] })).toBe('');
    expect(seriesOf(text).get('scst_module_info{module="scst_local",version="3.11.0-pre"}')).toBe(1);
  });

  it('is found by connectSource', async () => {
    await using source = connectSource({ connect: 'embedded' });
    await using collector = new ScstCollector(source);
    expect(seriesOf(await collector.metrics()).get('scst_target_sessions{driver="scst_local",target="scst_local_tgt"}')).toBe(1);
    expect(await source()).toBe(await source());
  });
});
