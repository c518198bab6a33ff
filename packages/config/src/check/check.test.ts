import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromJson } from '../model/json.js';
import { FakeScst } from '../test/fake-scst.js';
import { check, type CheckOptions } from './check.js';

const found = async (text: string, options: CheckOptions = {}): Promise<string[]> =>
  (await check(text, { files: false, ...options })).map(({ severity, code, line, column }) => `${severity[0] ?? ''} ${code} ${line ?? 0}:${column ?? 0}`);

const device = (name: string, more = ''): string => `\tDEVICE ${name} {\n\t\tfilename /f\n${more}\t}\n`;
const target = (body: string): string => `HANDLER vdisk_nullio {\n\tDEVICE d\n\tDEVICE e\n}\nTARGET_DRIVER scst_local {\n\tTARGET t {\n${body}\t}\n}\n`;

describe('what a configuration means', () => {
  it.each([
    ['a handler twice', 'HANDLER h\nHANDLER h\n', ['e duplicate 2:1']],
    ['a device twice', `HANDLER vdisk_fileio {\n${device('d')}${device('d')}}\n`, ['e duplicate 5:2']],
    ['a device of two handlers', `HANDLER vdisk_fileio {\n${device('d')}}\nHANDLER vdisk_nullio {\n\tDEVICE d\n}\n`, ['e duplicate 7:2']],
    ['a target twice', 'TARGET_DRIVER x {\n\tTARGET t\n\tTARGET t\n}\n', ['e duplicate 3:2']],
    ['a group twice', target('\t\tGROUP g\n\t\tGROUP g\n'), ['e duplicate 8:3']],
    ['a LUN twice', target('\t\tLUN 0 d\n\t\tLUN 0x0 d\n'), ['e duplicate 8:7']],
    ['a LUN of two devices', target('\t\tLUN 0 d\n\t\tLUN 0 e\n'), ['e contradiction 8:7']],
    ['an unknown device', target('\t\tLUN 0 nobody\n'), ['e unknown-device 7:9']],
    ['no LUN 0', target('\t\tLUN 1 d\n'), ['w no-lun-0 6:2']],
    ['an initiator twice in a group', target('\t\tGROUP g {\n\t\t\tINITIATOR i\n\t\t\tINITIATOR i\n\t\t}\n'), ['e duplicate 9:4']],
    ['an initiator in two groups', target('\t\tGROUP g {\n\t\t\tINITIATOR i\n\t\t}\n\t\tGROUP h {\n\t\t\tINITIATOR i\n\t\t}\n'), ['w contradiction 11:4']],
    ['an attribute with two values', target('\t\taddr_method FLAT\n\t\taddr_method LUN\n'), ['e contradiction 8:15']],
    ['a bad value', target('\t\taddr_method flat\n\t\tio_grouping_type x\n\t\tcpu_mask zz\n'), ['e bad-value 8:20', 'e bad-value 9:12']],
    ['rel_tgt_id out of range', target('\t\trel_tgt_id 65536\n'), ['e bad-value 7:14']],
    ['rel_tgt_id of two targets', 'TARGET_DRIVER x {\n\tTARGET a {\n\t\trel_tgt_id 0x5\n\t}\n}\nTARGET_DRIVER y {\n\tTARGET b {\n\t\trel_tgt_id 5\n\t}\n}\n', ['e contradiction 8:14']],
    ['a session of two targets', 'TARGET_DRIVER scst_local {\n\tTARGET a {\n\t\tsession_name s\n\t}\n\tTARGET b {\n\t\tsession_name s\n\t}\n}\n', ['e contradiction 6:16']],
    ['no filename', 'HANDLER vdisk_fileio {\n\tDEVICE d\n}\n', ['e missing-attribute 2:2']],
    ['what excludes each other', `HANDLER vdisk_fileio {\n${device('d', '\t\tread_only 1\n\t\tnv_cache 1\n\t\to_direct 1\n')}}\n`, ['e contradiction 5:12', 'e contradiction 6:12']],
    ['an unknown attribute', `HANDLER vdisk_fileio {\n${device('d', '\t\tspeed 11\n')}}\n`, ['w unknown-attribute 4:9']],
    ['names SCST cannot take', 'HANDLER vdisk_nullio {\n\tDEVICE "a b"\n\tDEVICE a.b\n\tDEVICE a=b\n\tDEVICE voilà\n}\n', ['e bad-name 2:9', 'e bad-name 3:9', 'e bad-name 4:9', 'e bad-name 5:9']],
    ['a device in two device groups', 'HANDLER vdisk_nullio {\n\tDEVICE d\n}\nDEVICE_GROUP a {\n\tDEVICE d\n}\nDEVICE_GROUP b {\n\tDEVICE d\n}\n', ['e contradiction 8:9']],
    ['a target in two target groups', 'DEVICE_GROUP a {\n\tTARGET_GROUP g {\n\t\tTARGET t\n\t}\n\tTARGET_GROUP h {\n\t\tTARGET t\n\t}\n}\n', ['e duplicate 6:3']],
    ['one rel_tgt_id twice in a device group', 'DEVICE_GROUP a {\n\tTARGET_GROUP g {\n\t\tTARGET t {\n\t\t\trel_tgt_id 1\n\t\t}\n\t\tTARGET u {\n\t\t\trel_tgt_id 1\n\t\t}\n\t}\n}\n', ['e contradiction 7:15']],
    ['nothing', '', []],
    ['repeated users', 'TARGET_DRIVER iscsi {\n\tIncomingUser "a 123456789012"\n\tIncomingUser "b 123456789012"\n}\n', []],
  ])('finds %s', async (_, text, expected) => {
    expect(await found(text)).toEqual(expected);
  });

  it('does not go on with a broken grammar', async () => {
    expect(await found('HANDLER {\nLUN\n')).toEqual(['e missing-name 1:8', 'e misplaced-section 2:1', 'e unclosed-block 3:1']);
  });

  it('names the place in a configuration that was no text', async () => {
    const { config } = fromJson({ targetDrivers: [{ name: 'x', targets: [{ name: 't', luns: [{ lun: 0, device: 'nobody' }] }] }] });
    expect(await check(config, { files: false })).toMatchObject([{ code: 'unknown-device', place: 'TARGET_DRIVER x / TARGET t / LUN 0' }]);
  });
});

describe('any text at all', () => {
  const line = fc.constantFrom('HANDLER vdisk_fileio {', 'DEVICE d {', 'filename /f', '}', 'TARGET_DRIVER scst_local {', 'TARGET t {', 'LUN 0 d', 'LUN x', 'GROUP g {', 'INITIATOR *', 'session_name s', 'session_transport_id "s 06"', 'rel_tgt_id 1', 'DEVICE_GROUP g {', 'TARGET_GROUP g {', 'ALUA {', '"', '__proto__ x', '\\', 'a b c', '\u0001', '[HANDLER x]', 'enabled 2');

  it('is judged, and never throws', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 25 }), async (lines) => {
        const diagnostics = await check(lines.join('\n'), { files: false, tree: new FakeScst() });
        for (const { line: at, column } of diagnostics) expect((at ?? 1) >= 1 && (column ?? 1) >= 1 && (at ?? 1) <= lines.length + 1).toBe(true);
      }),
    );
  });
});

describe('files', () => {
  const text = 'HANDLER vdisk_fileio {\n\tDEVICE a {\n\t\tfilename /a\n\t}\n\tDEVICE b {\n\t\tfilename /b\n\t\tactive 0\n\t}\n}\nHANDLER vdisk_blockio {\n\tDEVICE c {\n\t\tfilename /c\n\t}\n}\n';

  it('looks for the files of devices that are opened', async () => {
    const asked: string[] = [];
    const result = await found(text, { files: (path) => { asked.push(path); return Promise.resolve(path === '/c' ? 'file' : 'missing'); } });
    expect(result).toEqual(['e missing-file 3:12', 'e missing-file 12:12']);
    expect(asked.sort()).toEqual(['/a', '/c']);
  });

  it('looks in the file system by itself', async () => {
    expect(await found(text.replace('/a', '/no/such/file').replace('HANDLER vdisk_blockio', 'HANDLER x'), { files: true })).toEqual(['e missing-file 3:12']);
  });
});

describe('with a tree', () => {
  it('knows what is there', async () => {
    const tree = new FakeScst().addScsiDevice('1:0:0:0');
    await tree.write('handlers/vdisk_nullio/mgmt', 'add_device present');
    const text = `HANDLER dev_disk {
	DEVICE 1:0:0:0
	DEVICE 2:0:0:0
}
HANDLER nobody
TARGET_DRIVER scst_local {
	TARGET t {
		LUN 0 present
		LUN 1 1:0:0:0
		LUN 2 absent
	}
}
TARGET_DRIVER iscsi {
	TARGET h {
		HW_TARGET
	}
}
TARGET_DRIVER copy_manager {
	TARGET copy_manager_tgt
	TARGET other
}
TARGET_DRIVER ib_srpt
`;
    expect(await found(text, { tree })).toEqual(['e unknown-device 3:9', 'e unknown-handler 5:9', 'e unknown-device 10:9', 'e unknown-target 14:9', 'e unknown-target 20:9', 'e unknown-driver 22:15']);
    expect(await found('HANDLER nobody\nTARGET_DRIVER ib_srpt\n', { tree, canLoadModules: true })).toEqual([]);
  });
});

describe('examples of the guides', () => {
  it.each(['readme-default-target', 'readme-own-session', 'manual'])('accepts %s', async (name) => {
    const text = await readFile(new URL(`../test/${name}.conf`, import.meta.url));
    expect((await check(text, { files: false })).filter(({ severity }) => severity === 'error')).toEqual([]);
  });
});
