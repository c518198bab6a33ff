import { execFileSync } from 'node:child_process';
import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { apply } from '../apply/apply.js';
import { loadText } from '../load.js';
import { FakeScst } from '../test/fake-scst.js';
import { save, saveText } from './save.js';

const TEXT = `setup_id 0x1234

HANDLER dev_disk {
	DEVICE 1:0:0:0
}

HANDLER vdisk_fileio {
	DEVICE disk1 {
		filename /srv/disk1.img
		nv_cache 1
	}
	DEVICE disk2 {
		filename "/srv/my disk.img"
	}
}

TARGET_DRIVER iscsi {
	IncomingUser "joe 12charsecret"
	enabled 1
	TARGET iqn.x:1 {
		IncomingUser "fred 12charsecret"
		IncomingUser "anne 12charsecret"
		enabled 1
		LUN 0 disk1
	}
}

TARGET_DRIVER scst_local {
	TARGET a/b
	TARGET t1 {
		session_name host1
		session_transport_id "host1 0600000a"
		rel_tgt_id 1
		LUN 0 disk1
		LUN 10 disk2 {
			read_only 1
		}
		GROUP g {
			LUN 0 1:0:0:0
			INITIATOR *
			addr_method FLAT
		}
	}
}

DEVICE_GROUP dg {
	DEVICE disk1
	TARGET_GROUP tg {
		group_id 5
		state active
		TARGET remote {
			rel_tgt_id 7
		}
		TARGET t1
	}
}
`;

const tree = async (text = TEXT): Promise<FakeScst> => {
  const fake = new FakeScst().addScsiDevice('1:0:0:0');
  await apply(fake, text, { files: false });
  return fake;
};

let directory = '';
beforeEach(async () => { directory = await mkdtemp(join(tmpdir(), 'scst-config-')); });
afterEach(async () => { await rm(directory, { recursive: true, force: true }); });

describe('save', () => {
  it('writes everything an apply needs: a fresh tree becomes the same', async () => {
    const first = await tree();
    const text = await saveText(first);
    expect(text).toContain('session_transport_id "host1 0600000a"');
    expect(loadText(text).diagnostics).toEqual([]);
    const second = new FakeScst().addScsiDevice('1:0:0:0');
    await apply(second, text, { files: false });
    expect(await second.snapshot()).toEqual(await first.snapshot());
    expect((await apply(first, text, { files: false, prune: true })).changes).toBe(0);
  });

  it('writes only what has the key mark, and what is enabled', async () => {
    const text = await saveText(await tree());
    expect(text).not.toMatch(/threads_num|naa_id|trace_level|blocksize|copy_manager/u);
    expect(text.match(/enabled 1/gu)).toHaveLength(2);
  });

  it('does not touch a file that says all that already', async () => {
    const path = join(directory, 'scst.conf');
    await writeFile(path, TEXT);
    expect(await save(await tree(), path)).toMatchObject({ changed: false, leftOut: [] });
    expect(await readFile(path, 'utf8')).toBe(TEXT);
  });

  it('keeps comments, order and form of what stays', async () => {
    const path = join(directory, 'scst.conf');
    const commented = TEXT.replace('setup_id 0x1234', '# of the rack\nsetup_id 4660   # decimal')
      .replace('\tDEVICE disk2', '\t# the second\n\tDEVICE disk2')
      .replace('\t\tLUN 0 disk1\n\t\tLUN 10', '\t\tLUN 0x0 disk1 # root\n\n\t\t# the data\n\t\tLUN 10')
      .replace('DEVICE_GROUP dg', '# ALUA\nDEVICE_GROUP dg')
      .concat('# the end\n');
    await writeFile(path, commented);
    const fake = await tree();
    expect((await save(fake, path)).changed).toBe(false);
    for (const [file, data] of [
      ['targets/scst_local/t1/luns/mgmt', 'del 10'],
      ['targets/scst_local/t1/luns/mgmt', 'replace disk2 0'],
      ['targets/scst_local/t1/ini_groups/g/luns/mgmt', 'add disk2 3'],
      ['targets/scst_local/a!b/comment', 'new'],
      ['devices/disk1/threads_num', '3'],
      ['targets/scst_local/mgmt', 'add_session t1 host2'],
    ] as const) await fake.write(file, data);
    expect((await save(fake, path)).changed).toBe(true);
    const text = await readFile(path, 'utf8');
    expect(text).toBe(
      commented
        .replace('\t\tLUN 0x0 disk1 # root\n', '\t\tLUN 0 disk2 # root\n')
        .replace('\t\tLUN 10 disk2 {\n\t\t\tread_only 1\n\t\t}\n', '')
        .replace('\t\t\tLUN 0 1:0:0:0\n', '\t\t\tLUN 0 1:0:0:0\n\t\t\tLUN 3 disk2\n')
        .replace('\tTARGET a/b\n', '\tTARGET a/b {\n\t\tcomment new\n\t}\n')
        .replace('\t\tnv_cache 1\n', '\t\tnv_cache 1\n\t\tthreads_num 3\n')
        .replace('\t\trel_tgt_id 1\n', '\t\trel_tgt_id 1\n\t\tsession_name host2\n\t\tsession_transport_id "host2 0602"\n'),
    );
    expect((await save(fake, path)).changed).toBe(false);
  });

  it('saves a part and leaves the rest of the file', async () => {
    const path = join(directory, 'scst.conf');
    await writeFile(path, 'setup_id 1\nHANDLER vdisk_fileio {\n\tDEVICE gone1 {\n\t\tfilename /a\n\t}\n\tDEVICE other {\n\t\tfilename /b\n\t}\n}\n');
    await save(await tree(), path, { only: ['device:gone*', 'device:disk1', 'target:a/b'] });
    expect(await readFile(path, 'utf8')).toBe(
      'setup_id 1\nHANDLER vdisk_fileio {\n\tDEVICE other {\n\t\tfilename /b\n\t}\n\tDEVICE disk1 {\n\t\tfilename /srv/disk1.img\n\t\tnv_cache 1\n\t}\n}\nTARGET_DRIVER scst_local {\n\tTARGET a/b\n}\n',
    );
  });

  it('replaces the file as a whole: mode kept, link followed, nothing left beside it', async () => {
    const real = join(directory, 'real.conf');
    const path = join(directory, 'scst.conf');
    await writeFile(real, '# mine\n');
    await chmod(real, 0o640);
    await symlink(real, path);
    await save(await tree(), path);
    expect((await stat(real)).mode & 0o777).toBe(0o640);
    expect(await readFile(real, 'utf8')).toMatch(/^# mine\nsetup_id 0x1234\n/u);
    expect((await readdir(directory)).sort()).toEqual(['real.conf', 'scst.conf']);
    await save(await tree(), join(directory, 'new.conf'));
    expect((await stat(join(directory, 'new.conf'))).mode & 0o777).toBe(0o600);
  });

  it('makes the file that a link leads to, and never takes the place of what is no file', async () => {
    const link = join(directory, 'link.conf');
    await symlink(join('real', 'scst.conf'), link);
    await mkdir(join(directory, 'real'));
    await save(await tree(), link);
    expect((await lstat(link)).isSymbolicLink()).toBe(true);
    expect((await lstat(join(directory, 'real', 'scst.conf'))).isFile()).toBe(true);
    const node = join(directory, 'node');
    execFileSync('mkfifo', [node]);
    for (const place of [node, directory]) {
      await expect(save(await tree(), place)).rejects.toMatchObject({ code: 'EINVAL', message: `EINVAL: ${place} is no file that could be replaced` });
    }
    expect((await lstat(node)).isFIFO()).toBe(true);
    expect((await readdir(directory)).sort()).toEqual(['link.conf', 'node', 'real']);
  });

  it('does not replace a file it cannot read, unless told to drop it', async () => {
    const path = join(directory, 'scst.conf');
    await writeFile(path, 'HANDLER {\n');
    await expect(save(await tree(), path)).rejects.toMatchObject({ code: 'ERR_SCST_CONFIG' });
    expect(await readFile(path, 'utf8')).toBe('HANDLER {\n');
    expect((await save(await tree(), path, { keepComments: false })).changed).toBe(true);
    expect(loadText(await readFile(path, 'utf8')).diagnostics).toEqual([]);
  });

  it('leaves out what a file cannot say, and says so', async () => {
    const fake = await tree();
    await fake.write('targets/scst_local/t1/comment', 'two\nlines');
    const result = await save(fake, join(directory, 'scst.conf'));
    expect(result.leftOut).toMatchObject([{ place: 'TARGET_DRIVER scst_local / TARGET t1 / comment' }]);
  });

  it('names the file when it cannot be written', async () => {
    const path = join(directory, 'none', 'scst.conf');
    await expect(save(await tree(), path)).rejects.toMatchObject({ code: 'ENOENT', path, message: `ENOENT: no such file or directory, open '${path}'` });
  });

  it('saves what arrange makes of it', async () => {
    const path = join(directory, 'scst.conf');
    await save(await tree(), path, { arrange: (config) => ({ ...config, targetDrivers: [] }) });
    expect(await readFile(path, 'utf8')).not.toContain('TARGET_DRIVER');
  });
});
