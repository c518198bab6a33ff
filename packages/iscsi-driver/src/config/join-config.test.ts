import { attributesOf, formatConfig, loadText, type ScstConfig } from '@scst/config';
import { describe, expect, it } from 'vitest';
import { iscsiBlock, joinConfig } from './join-config.js';
import { splitConfig } from './split-config.js';

const FILE = `
TARGET_DRIVER scst_local {
	TARGET t {
		LUN 0 d
	}
}
TARGET_DRIVER iscsi {
	enabled 1
	IncomingUser "anne a-secret-of-16-b"
	TARGET iqn.2026-11.com.example:disks {
		enabled 1
		IncomingUser "bob another-secret-1"
		IncomingUser "carl another-secret-2"
		allowed_portal 127.0.0.1
		tid 3
		rel_tgt_id 7
		LUN 0 d
		GROUP g {
			LUN 1 d
			INITIATOR iqn.2026-11.com.example:host
		}
	}
	TARGET iqn.2026-11.com.example:gone {
		enabled 1
	}
}
`;

const file = loadText(FILE).config;
const block = iscsiBlock(file) ?? { name: 'iscsi', attributes: attributesOf([]), targets: [] };
/** What a tree has that was made of the file. */
const tree = splitConfig(loadText(FILE)).tree.config;

/** The tree with the targets of scst_local changed. */
const withTargets = (change: (targets: ScstConfig['targetDrivers'][number]['targets']) => ScstConfig['targetDrivers'][number]['targets']): ScstConfig => ({
  ...tree,
  targetDrivers: tree.targetDrivers.map((driver) => ({ ...driver, targets: change(driver.targets) })),
});

describe('joinConfig', () => {
  it('gives back what was parted', () => {
    expect(formatConfig(joinConfig(tree, block))).toBe(formatConfig(file));
  });

  it('takes LUNs and attributes of the tree, and leaves out targets that are gone', () => {
    const changed = withTargets((targets) =>
      targets.filter(({ name }) => !name.endsWith('gone')).map((target) => ({ ...target, attributes: attributesOf([['rel_tgt_id', '9']]), luns: [...target.luns, { lun: 5, device: 'e', attributes: attributesOf([]) }] })),
    );
    const [disks, ...others] = iscsiBlock(joinConfig(changed, block))?.targets ?? [];
    expect(others).toEqual([]);
    expect(disks?.luns.map(({ lun }) => lun)).toEqual([0, 5]);
    expect({ ...disks?.attributes }).toEqual({ enabled: '1', IncomingUser: ['bob another-secret-1', 'carl another-secret-2'], allowed_portal: '127.0.0.1', tid: '3', rel_tgt_id: '9' });
  });

  it('leaves targets the block does not mention with scst_local', () => {
    const more = withTargets((targets) => targets.map((target) => (target.name === 't' ? { ...target, name: 'iqn.2026-11.com.example:new' } : target)));
    const { targetDrivers } = joinConfig(more, block);
    expect(targetDrivers.map(({ name, targets }) => [name, targets.length])).toEqual([['scst_local', 1], ['iscsi', 2]]);
    const none = joinConfig(withTargets((targets) => targets.filter(({ name }) => name !== 't')), block);
    expect(none.targetDrivers.map(({ name }) => name)).toEqual(['iscsi']);
  });
});
