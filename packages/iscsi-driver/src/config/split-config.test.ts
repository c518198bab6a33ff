import { formatDiagnostic, loadText } from '@scst/config';
import { describe, expect, it } from 'vitest';
import { splitConfig } from './split-config.js';

const split = (text: string): ReturnType<typeof splitConfig> => splitConfig(loadText(text));

const ERRORS = (text: string): string[] => split(text).diagnostics.map(formatDiagnostic);

describe('TARGET_DRIVER iscsi', () => {
  it('is parted: LUNs and groups go to scst_local, what is iSCSI’s own stays beside', () => {
    const { tree, iscsi, diagnostics } = split(`
HANDLER vdisk_nullio {
	DEVICE d
}
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
		rel_tgt_id 7
		cpu_mask ff
		IncomingUser "bob another-secret-1"
		IncomingUser "carl another-secret-2"
		OutgoingUser "us our-own-secret-3"
		HeaderDigest "CRC32C,None"
		InitialR2T No
		MaxBurstLength 524288
		QueuedCommands 32
		MaxSessions 3
		allowed_portal 10.0.*
		allowed_portal 127.0.0.1
		per_portal_acl 1
		redirect "[fe80::1]:3261 perm"
		LUN 0 d
		GROUP g {
			LUN 1 d
			INITIATOR "iqn.2026-11.com.example:host\\#10.*"
		}
	}
}
`);
    expect(diagnostics).toEqual([]);
    const [local, another] = tree.config.targetDrivers;
    expect(another).toBeUndefined();
    expect(local?.targets.map(({ name }) => name)).toEqual(['t', 'iqn.2026-11.com.example:disks']);
    expect({ ...local?.targets[1]?.attributes }).toEqual({ rel_tgt_id: '7', cpu_mask: 'ff' });
    expect(local?.targets[1]?.groups[0]?.initiators[0]?.name).toBe('iqn.2026-11.com.example:host#10.*');
    expect(iscsi).toEqual({
      enabled: true,
      discovery: { incoming: [{ name: 'anne', secret: 'a-secret-of-16-b' }], outgoing: undefined },
      targets: new Map([
        [
          'iqn.2026-11.com.example:disks',
          {
            enabled: true,
            chap: { incoming: [{ name: 'bob', secret: 'another-secret-1' }, { name: 'carl', secret: 'another-secret-2' }], outgoing: { name: 'us', secret: 'our-own-secret-3' } },
            allowedPortals: ['10.0.*', '127.0.0.1'],
            perPortalAcl: true,
            maxSessions: 3,
            redirect: { address: 'fe80::1', port: 3261, permanent: true },
            parameters: { headerDigest: ['CRC32C', 'None'], initialR2T: false, maxBurstLength: 524288, queuedCommands: 32 },
          },
        ],
      ]),
    });
  });

  it('serves nobody before enabled 1, as iscsi-scst', () => {
    const { iscsi } = split('TARGET_DRIVER iscsi {\n\tTARGET iqn.2026-11.a:b {\n\t}\n}\n');
    expect(iscsi?.enabled).toBe(false);
    expect(iscsi?.targets?.get('iqn.2026-11.a:b')?.enabled).toBe(false);
  });

  it('leaves a configuration alone that says nothing of it', () => {
    const loaded = loadText('TARGET_DRIVER scst_local {\n\tTARGET t {\n\t}\n}\n');
    expect(splitConfig(loaded)).toEqual({ tree: loaded, iscsi: undefined, diagnostics: [] });
  });

  it('says what is wrong, where, and never a secret', () => {
    const errors = ERRORS(`TARGET_DRIVER iscsi {
	enabled 2
	speed 9
	TARGET IQN.x {
		HeaderDigest MD5
		MaxBurstLength 100
		MaxOutstandingR2T 0
		InitialR2T maybe
		redirect nowhere
		IncomingUser bob
		IncomingUser "bob short"
		OutgoingUser "us a-common-secret"
		OutgoingUser "us2 another-secret"
		IncomingUser "carl a-common-secret"
	}
}
`);
    expect(errors).toMatchInlineSnapshot(`
      [
        "2:10: error: enabled cannot be “2” (expected 0 or 1)",
        "3:8: error: the iSCSI driver has no attribute speed (expected enabled, IncomingUser or OutgoingUser)",
        "4:9: error: “IQN.x” is no iSCSI name (expected iqn.YEAR-MONTH.DOMAIN:NAME, eui.16 digits or naa.16 or 32 digits, in lower case)",
        "5:16: error: HeaderDigest cannot be “MD5” (expected None, CRC32C or both with a comma between them)",
        "6:18: error: MaxBurstLength cannot be “100” (expected a number from 512 to 16777215)",
        "7:21: error: MaxOutstandingR2T cannot be “0” (expected a number from 1 to 65535)",
        "8:14: error: InitialR2T cannot be “maybe” (expected Yes or No)",
        "9:12: error: redirect cannot be “nowhere” (expected ADDRESS[:PORT] temp, or ADDRESS[:PORT] perm)",
        "10:16: error: IncomingUser is given without a secret (expected "NAME SECRET")",
        "11:16: warning: the secret of IncomingUser bob has less than 12 bytes – RFC 7143 9.2.1 asks for 96 random bits",
        "13:16: error: there is one OutgoingUser at most",
        "13:16: error: OutgoingUser has the secret of an IncomingUser – RFC 7143 9.2.1 forbids that: who knows one could pose as the other",
      ]
    `);
    expect(errors.join('\n')).not.toMatch(/short"|a-common-secret|another-secret/u);
  });
});
