// The scst_local kernel module over the stand-in for SCST: what a user can do to it, and what can go wrong below it.
// @vm modules sd_mod sg
// @vm programs fio lsscsi sg_raw:sg3-utils sg_reset:sg3-utils mkfs.ext4:e2fsprogs
// @vm processors 2
// @vm memory 2048
// @vm timeout 900
// @vm alone
import { open, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { takeComplaints } from './kernel-log.js';
import { Load } from './load.js';
import { eventually, moduleIsBuilt, run, Standin } from './standin.js';

const IDLE = { commands: 0, tasks: 0, sessions: 1, targets: 1 };

/** Nothing is left in flight. */
const settles = async (standin: Standin, state: Readonly<Record<string, number>> = IDLE): Promise<void> => {
  await eventually(`state ${JSON.stringify(state)}`, async () => {
    const now = await standin.counts('state');
    return Object.entries(state).every(([name, value]) => now[name] === value) ? true : undefined;
  });
};

/** A command has come, and been held: as soon as it runs, which is at once. */
const isStuck = async (standin: Standin): Promise<void> => {
  await eventually('a command that is held', async () => ((await standin.counts('state'))['commands'] === 0 ? undefined : true));
  await delay(500);
};

/** A command as hexadecimal words, with sg_raw. */
const command = async (device: string, cdb: string, ...words: readonly string[]): ReturnType<typeof run> =>
  await run('sg_raw', [...words, device, ...cdb.split(' ')]);

describe.skipIf(!moduleIsBuilt)('the scst_local module (built with `make -C kernel`)', () => {
  beforeEach(async () => {
    await takeComplaints();
  });
  afterEach(async () => {
    expect(await takeComplaints()).toEqual([]);
  });

  describe('loading', () => {
    it('goes and comes a hundred times, with and without LUNs, and keeps no memory', async () => {
      const unreclaimable = async (): Promise<number> => Number(/SUnreclaim:\s+(\d+)/.exec(await readFile('/proc/meminfo', 'utf8'))?.[1]);
      await using standin = await Standin.load();
      let before = 0;
      for (let round = 0; round < 100; round++) {
        if (round % 10 === 0) {
          await standin.luns('add ram 0');
          await standin.device(0);
        }
        await standin.unloadDriver();
        await standin.reloadDriver();
        if (round === 20) before = await unreclaimable();
      }
      await settles(standin);
      expect((await unreclaimable()) - before).toBeLessThan(8 * 1024);
    }, 300_000);

    it('makes no target where told so, and refuses parameters out of range', async () => {
      await using standin = await Standin.load({ add_default_tgt: 0 });
      expect((await standin.list('.')).sort()).toEqual(['mgmt', 'stats', 'version']);
      await standin.unloadDriver();
      await expect(standin.reloadDriver({ can_queue: 0 })).rejects.toThrow(/Invalid/);
      await standin.reloadDriver();
    });

    it('keeps SCST loaded while it is itself, and stays while a device is open', async () => {
      await using standin = await Standin.load();
      await standin.luns('add ram 0');
      const { disk } = await standin.device(0);
      expect((await run('rmmod', ['scst'])).output).toMatch(/in use/);
      const held = await open(disk, 'r');
      expect((await run('rmmod', ['scst_local'])).output).toMatch(/in use/);
      await held.close();
    });
  });

  describe('devices', () => {
    it('come and go with LUNs', async () => {
      await using standin = await Standin.load();
      await standin.luns('add ram 0');
      await standin.luns('add ram 5');
      const [first, second] = [await standin.device(0), await standin.device(5)];
      const listing = (await run('lsscsi', ['-g'])).output;
      for (const { address, disk, generic } of [first, second]) {
        expect(listing).toMatch(new RegExp(`\\[${address}\\]\\s+disk\\s+STANDIN\\s+ram\\s+1\\s+${disk}\\s+${generic}`));
      }
      await standin.luns('del 0');
      await eventually('LUN 0 to go', async () => ((await standin.findDevice(0)) === undefined ? true : undefined));
      expect(await standin.findDevice(5)).toEqual(second);
    });

    it('are hidden above max_luns', async () => {
      await using standin = await Standin.load({ max_luns: 4 });
      await standin.luns('add ram 7');
      await standin.luns('add ram 3');
      await standin.device(3);
      expect(await standin.findDevice(7)).toBeUndefined();
    });

    it('carry a file system, for which SCST allocates without IO', async () => {
      await using standin = await Standin.load();
      await standin.luns('add ram 0');
      const { disk } = await standin.device(0);
      const { output, status } = await run('sh', [
        '-c',
        `set -e; mkfs.ext4 -q ${disk}; mkdir -p /tmp/m; mount ${disk} /tmp/m; dd if=/dev/urandom of=/tmp/m/f bs=64k count=64 2>/dev/null; sum=$(cksum </tmp/m/f);
         sync; umount /tmp/m; mount ${disk} /tmp/m; echo 3 >/proc/sys/vm/drop_caches; test "$sum" = "$(cksum </tmp/m/f)"; umount /tmp/m`,
      ]);
      expect(output).toBe('');
      expect(status).toBe(0);
      const { noio, simple, untagged } = await standin.counts('queue_types');
      expect(noio).toBeGreaterThan(100);
      expect(noio).toBe((simple ?? 0) + (untagged ?? 0));
    });
  });

  describe('commands', () => {
    it('keep what is written, over several hardware queues', async () => {
      await using standin = await Standin.load();
      await standin.luns('add ram 0');
      const { disk, address } = await standin.device(0);
      const host = address.split(':')[0];
      expect(await readFile(`/sys/class/scsi_host/host${host}/nr_hw_queues`, 'utf8')).toBe('2\n');
      const { status, output } = await new Load({ disk, size: '4m', jobs: 2 }).end();
      expect(output).toMatch(/err= 0/);
      expect(status).toBe(0);
      await settles(standin);
    });

    it('return as many bytes as there are, whatever the CDB and the buffer say', async () => {
      await using standin = await Standin.load({ extra_attributes: 1 });
      await standin.luns('add ram 0');
      const { disk, generic } = await standin.device(0);
      await run('sh', ['-c', `yes scst | tr -d '\\n' | dd of=${disk} bs=512 count=16 iflag=fullblock oflag=direct`]);

      const short = await command(generic, '28 00 00 00 00 00 00 00 08 00', '-r', '512', '-o', '/tmp/short');
      expect(short.status).toBe(0);
      expect((await readFile('/tmp/short', 'latin1')).slice(0, 512)).toBe('scst'.repeat(128));
      const long = await command(generic, '28 00 00 00 00 00 00 00 01 00', '-r', '4096', '-o', '/tmp/long');
      expect(long.output).toMatch(/Writing 512 bytes/);
      const varied = await command(generic, `7f 00 00 00 00 00 00 18 00 09${' 00'.repeat(19)} 00 00 02`, '-r', '1024', '-o', '/tmp/varied');
      expect(varied.status).toBe(0);
      expect(await readFile('/tmp/varied', 'latin1')).toBe('scst'.repeat(256));
      const inquiry = await command(generic, '12 00 00 00 60 00', '-r', '96');
      expect(inquiry.output).toMatch(/Received 36 bytes/);
      expect(Number(/bounced (\d+)/.exec(await standin.read('scst_local_tgt/sessions/scst_local_host/counters'))?.[1])).toBeGreaterThan(1);
    });

    it('write what was sent of a write whose CDB asks for more, and no more', async () => {
      await using standin = await Standin.load();
      await standin.luns('add ram 0');
      const { disk, generic } = await standin.device(0);
      await run('sh', ['-c', `yes x | tr -d '\\n' | head -c 4096 >/tmp/x; yes y | tr -d '\\n' | head -c 512 >/tmp/y; dd if=/tmp/x of=${disk} oflag=direct bs=4096`]);
      await command(generic, '2a 00 00 00 00 00 00 00 08 00', '-s', '512', '-i', '/tmp/y');
      await run('sh', ['-c', `dd if=${disk} of=/tmp/z iflag=direct bs=4096 count=1`]);
      expect(await readFile('/tmp/z', 'latin1')).toBe('y'.repeat(512) + 'x'.repeat(3584));
    });

    it('leave the buffer alone where the command goes the other way', async () => {
      await using standin = await Standin.load();
      await standin.luns('add ram 0');
      const { generic } = await standin.device(0);
      await run('sh', ['-c', `yes q | tr -d '\\n' | head -c 512 >/tmp/q`]);
      await command(generic, '28 00 00 00 00 00 00 00 01 00', '-s', '512', '-i', '/tmp/q');
      expect(await readFile('/tmp/q', 'latin1')).toBe('q'.repeat(512));
      await settles(standin);
    });

    it('carry sense data, and the task attribute set for the device', async () => {
      await using standin = await Standin.load();
      await standin.luns('add ram 0');
      const { address, generic } = await standin.device(0);
      expect((await command(generic, '28 00 ff ff ff ff 00 00 01 00', '-r', '512')).output).toMatch(/Illegal Request[\s\S]*Logical block address out of range/i);
      const attribute = `/sys/class/scsi_device/${address}/device/task_attribute`;
      expect(await readFile(attribute, 'utf8')).toBe('simple\n');
      for (const type of ['ordered', 'head_of_queue', 'aca', 'untagged'] as const) {
        const before = await standin.counts('queue_types');
        await run('sh', ['-c', `echo ${type} >${attribute}`]);
        expect((await command(generic, '00 00 00 00 00 00')).status).toBe(0);
        const after = await standin.counts('queue_types');
        expect(after[type]).toBe((before[type] ?? 0) + 1);
      }
      expect((await run('sh', ['-c', `echo none >${attribute}`])).status).not.toBe(0);
    });
  });

  describe('error handling', () => {
    it('resets devices and targets under load without an error above', async () => {
      await using standin = await Standin.load();
      await standin.luns('add ram 0');
      const { disk, generic } = await standin.device(0);
      await standin.inject('delay_ms', 5);
      const load = new Load({ disk, seconds: 10, size: '4m' });
      for (let round = 0; round < 10; round++) {
        await delay(600);
        expect((await run('sg_reset', [round % 2 === 0 ? '-d' : '-t', '-N', generic])).status).toBe(0);
      }
      const { status, output } = await load.end();
      expect(output).toMatch(/err= 0/);
      expect(status).toBe(0);
      expect(await standin.stats()).toMatchObject({ deviceResets: 5, targetResets: 5 });
      await settles(standin);
    });

    it('aborts what does not answer, whether SCST answers the abort or frees in silence', async () => {
      await using standin = await Standin.load();
      await standin.luns('add ram 0');
      const { disk, generic } = await standin.device(0);
      for (const silent of [0, 1]) {
        await standin.inject('stuck', 1);
        await standin.inject('no_response', silent);
        const read = command(generic, '28 00 00 00 00 00 00 00 01 00', '-r', '512', '-t', '2');
        await isStuck(standin);
        await standin.inject('stuck', 0);
        expect((await read).status).not.toBe(0);
      }
      expect((await standin.stats()).aborts).toBeGreaterThanOrEqual(2);
      expect((await run('dd', [`if=${disk}`, 'of=/dev/null', 'iflag=direct', 'bs=4096', 'count=1'])).status).toBe(0);
      await settles(standin);
    });

    it('goes on to the next means where SCST has no memory for the first', async () => {
      await using standin = await Standin.load();
      await standin.luns('add ram 0');
      const { generic } = await standin.device(0);
      await standin.inject('stuck', 1);
      await standin.inject('fail_task', 1);
      const read = command(generic, '28 00 00 00 00 00 00 00 01 00', '-r', '512', '-t', '2');
      await isStuck(standin);
      await standin.inject('stuck', 0);
      expect((await read).status).not.toBe(0);
      const stats = await standin.stats();
      expect(stats.aborts + stats.deviceResets).toBeGreaterThanOrEqual(2);
      await settles(standin);
    });

    it('tries again what was refused for lack of memory, busy or ended in odd sense', async () => {
      await using standin = await Standin.load({ extra_attributes: 1 });
      await standin.luns('add ram 0');
      const { disk } = await standin.device(0);
      const load = new Load({ disk, seconds: 20, size: '4m' });
      const injections = ['fail_rx', 'busy', 'own_buffer'] as const;
      const last = Date.now() + 5_000;
      do {
        for (const injection of injections) await standin.inject(injection, 20);
        for (const injection of injections) {
          await eventually(`20 times ${injection}`, async () => ((await standin.injectionsLeft(injection)) === 0 ? true : undefined));
        }
      } while (Date.now() < last);
      const { status, output } = await load.end();
      expect(output).toMatch(/err= 0/);
      expect(status).toBe(0);
      const counters = await standin.read('scst_local_tgt/sessions/scst_local_host/counters');
      for (const name of ['busy', 'bounced']) expect(Number(new RegExp(`${name} (\\d+)`).exec(counters)?.[1])).toBeGreaterThanOrEqual(20);
      await standin.inject('bad_sense', 6);
      for (let round = 0; round < 6; round++) await run('dd', [`if=${disk}`, 'of=/dev/null', 'iflag=direct', 'bs=4096', 'count=1']);
      await settles(standin);
    });
  });

  describe('sessions', () => {
    it('are deleted under load; the commands end, the devices go', async () => {
      await using standin = await Standin.load();
      await standin.luns('add ram 0');
      for (let round = 0; round < 3; round++) {
        await standin.manage('add_session scst_local_tgt doomed');
        const { disk } = await standin.device(0, 'doomed');
        const load = new Load({ disk, seconds: 30, size: '4m' });
        await delay(1_000);
        await (round === 1 ? standin.write('scst_local_tgt/sessions/doomed/force_close', '1') : standin.manage('del_session scst_local_tgt doomed'));
        expect((await load.end()).status).not.toBe(0);
        await settles(standin);
        expect(await standin.list('scst_local_tgt/sessions')).toEqual(['scst_local_host']);
      }
    });

    it('stay while a device is open, and end when it is closed', async () => {
      await using standin = await Standin.load();
      await standin.luns('add ram 0');
      await standin.manage('add_session scst_local_tgt held');
      const { generic } = await standin.device(0, 'held');
      const held = await open(generic, 'r+');
      await standin.manage('del_session scst_local_tgt held');
      await delay(300);
      expect(await standin.list('scst_local_tgt/sessions')).toContain('held');
      await expect(standin.manage('del_session scst_local_tgt held')).rejects.toMatchObject({ code: 'EINVAL' });
      await held.close();
      await settles(standin);
    });

    it('number a thousand, each with a host and a TransportID', async () => {
      await using standin = await Standin.load({ unique_sas_addresses: 1, can_queue: 16 });
      await standin.manage('add_target many');
      for (let number = 0; number < 1000; number++) await standin.manage(`add_session many s${number}`);
      const sessions = await standin.list('many/sessions');
      expect(sessions).toHaveLength(1000);
      const hosts = new Set<string>();
      const ids = new Set<string>();
      for (const session of sessions) {
        hosts.add(await standin.read(`many/sessions/${session}/host_no`));
        ids.add(await standin.read(`many/sessions/${session}/transport_id`));
      }
      expect(hosts.size).toBe(1000);
      expect(ids.size).toBe(1000);
      await standin.manage('del_target many');
      await settles(standin);
    }, 300_000);

    it('and targets fail cleanly where SCST cannot make them', async () => {
      await using standin = await Standin.load();
      await standin.inject('fail_session', 1);
      await expect(standin.manage('add_session scst_local_tgt s')).rejects.toMatchObject({ code: 'ENOMEM' });
      await standin.inject('fail_target', 1);
      await expect(standin.manage('add_target t')).rejects.toMatchObject({ errno: -14 });
      await standin.inject('fail_session', 1);
      await expect(standin.manage('add_target t session_name=a')).rejects.toMatchObject({ code: 'ENOMEM' });
      await standin.manage('add_target t session_name=a;session_name=b');
      await expect(standin.manage('add_session scst_local_tgt a')).rejects.toMatchObject({ code: 'EEXIST' });
      expect((await standin.list('t/sessions')).sort()).toEqual(['a', 'b']);
      await standin.manage('del_target t');
      await settles(standin);
    });

    it('have more attributes where asked for', async () => {
      await using standin = await Standin.load({ extra_attributes: 1 });
      await standin.luns('add ram 0');
      const { address } = await standin.device(0);
      const session = 'scst_local_tgt/sessions/scst_local_host';
      const id = await standin.read(`${session}/transport_id`);
      await standin.write(`${session}/transport_id`, 'other');
      expect(await standin.read(`${session}/transport_id`)).toBe('other');
      await standin.write(`${session}/transport_id_reset`, '1');
      expect(await standin.read(`${session}/transport_id`)).toBe(id);
      await standin.write(`${session}/queue_depth`, '7');
      expect(await readFile(`/sys/class/scsi_device/${address}/device/queue_depth`, 'utf8')).toBe('7\n');
      await expect(standin.write(`${session}/queue_depth`, '100000')).rejects.toMatchObject({ code: 'EINVAL' });
      expect(await standin.read(`${session}/mount_safe`)).toBe('1\n');
      await standin.manage(`add_session scst_local_tgt named transport_id=45${'00'.repeat(22)}07`);
      expect(await standin.read('scst_local_tgt/sessions/named/transport_id')).toBe(`E${'\0'.repeat(22)}\x07`);
      await expect(standin.manage('add_session scst_local_tgt odd transport_id=4')).rejects.toMatchObject({ code: 'EINVAL' });
    });
  });
});
