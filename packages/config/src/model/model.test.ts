import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from '../syntax/parse.js';
import { type ScstConfig } from './config.js';
import { fromDocument } from './from-document.js';
import { fromJson, toJson } from './json.js';
import { CONFIG_JSON_SCHEMA } from './schema.js';
import { formatConfig } from './to-document.js';

const read = (text: string): ScstConfig => fromDocument(parse(text).document).config;
const plain = (config: ScstConfig): unknown => JSON.parse(JSON.stringify(config));

const word = fc.string({ unit: fc.constantFrom('a', 'B', '7', '.', ':', ' ', '"', '#', '\\', '{', '}', 'é', '\t', '=', '\uDC91'), minLength: 1, maxLength: 8 });
const attributeName = fc.constantFrom('filename', 'IncomingUser', '__proto__', 'constructor', 'x1', 'toString');
const attributes = fc
  .array(fc.tuple(attributeName, fc.oneof(word, fc.constant(''))), { maxLength: 4 })
  .map((pairs) => fromJson({ attributes: Object.fromEntries(groupPairs(pairs)) }).config.attributes);
const groupPairs = (pairs: [string, string][]): [string, string | string[]][] => {
  const names = [...new Set(pairs.map(([name]) => name))];
  return names.map((name) => {
    const values = [...new Set(pairs.filter(([other]) => other === name).map(([, value]) => value))];
    const [only] = values;
    return [name, values.length === 1 && only !== undefined ? only : values];
  });
};
const named = fc.record({ name: word, attributes });
const luns = fc.array(fc.record({ lun: fc.integer({ min: 0, max: 16383 }), device: word, attributes }), { maxLength: 3 });
const sessionName = fc.constantFrom('s1', 's2', 'host');
const config: fc.Arbitrary<ScstConfig> = fc.record({
  attributes,
  handlers: fc.array(fc.record({ name: word, attributes, devices: fc.array(named, { maxLength: 3 }) }), { maxLength: 2 }),
  targetDrivers: fc.array(
    fc.record({
      name: word,
      attributes,
      targets: fc.array(
        fc.record({
          name: word,
          hardware: fc.boolean(),
          attributes,
          sessions: fc.uniqueArray(fc.record({ name: sessionName, transportId: fc.constant('0600') }), { selector: ({ name }) => name, maxLength: 2 }),
          luns,
          groups: fc.array(fc.record({ name: word, attributes, luns, initiators: fc.array(named, { maxLength: 2 }) }), { maxLength: 2 }),
        }),
        { maxLength: 2 },
      ),
    }),
    { maxLength: 2 },
  ),
  deviceGroups: fc.array(
    fc.record({ name: word, attributes, devices: fc.array(word, { maxLength: 2 }), targetGroups: fc.array(fc.record({ name: word, attributes, targets: fc.array(named, { maxLength: 2 }) }), { maxLength: 2 }) }),
    { maxLength: 2 },
  ),
  alua: attributes,
});

describe('text, model and JSON say the same', () => {
  it('writes text that reads back to the same model', () => {
    fc.assert(
      fc.property(config, (given) => {
        const text = formatConfig(given);
        const { diagnostics } = parse(text);
        expect(diagnostics).toEqual([]);
        expect(plain(read(text))).toEqual(plain(given));
      }),
    );
  });

  it('writes JSON that reads back to the same model', () => {
    fc.assert(
      fc.property(config, (given) => {
        const result = fromJson(JSON.parse(JSON.stringify(toJson(given))));
        expect(result.diagnostics).toEqual([]);
        expect(plain(result.config)).toEqual(plain(given));
      }),
    );
  });
});

describe('the model of a text', () => {
  it('holds every kind of part', () => {
    const text = `setup_id 0x1234
HANDLER dev_disk {
	DEVICE 1:0:0:0
}
TARGET_DRIVER iscsi {
	IncomingUser "joe 12charsecret"
	IncomingUser "fred 12charsecret2"
	enabled 1
	TARGET iqn.a:t {
		HW_TARGET
		LUN 0x2 disk1 {
			read_only 1
		}
		GROUP g {
			LUN 0 disk1
			INITIATOR *
		}
	}
}
TARGET_DRIVER scst_local {
	TARGET t {
		session_name host
		session_name host
		session_transport_id "host 0x06AB"
	}
}
DEVICE_GROUP dg {
	DEVICE disk1
	TARGET_GROUP tg {
		group_id 1
		TARGET t {
			rel_tgt_id 2
		}
	}
}
`;
    expect(toJson(read(text))).toEqual({
      attributes: { setup_id: '0x1234' },
      handlers: [{ name: 'dev_disk', devices: [{ name: '1:0:0:0' }] }],
      targetDrivers: [
        {
          name: 'iscsi',
          attributes: { IncomingUser: ['joe 12charsecret', 'fred 12charsecret2'], enabled: '1' },
          targets: [
            {
              name: 'iqn.a:t',
              hardware: true,
              luns: [{ lun: 2, device: 'disk1', attributes: { read_only: '1' } }],
              groups: [{ name: 'g', luns: [{ lun: 0, device: 'disk1' }], initiators: [{ name: '*' }] }],
            },
          ],
        },
        { name: 'scst_local', targets: [{ name: 't', sessions: [{ name: 'host', transportId: '06ab' }, { name: 'host' }] }] },
      ],
      deviceGroups: [{ name: 'dg', devices: ['disk1'], targetGroups: [{ name: 'tg', attributes: { group_id: '1' }, targets: [{ name: 't', attributes: { rel_tgt_id: '2' } }] }] }],
    });
  });

  it.each([
    ['TARGET_DRIVER d {\n\tTARGET t {\n\t\tLUN 16384 x\n\t}\n}\n', 'bad-lun', 3, 7],
    ['TARGET_DRIVER d {\n\tTARGET t {\n\t\tLUN 08 x\n\t}\n}\n', 'bad-lun', 3, 7],
    ['TARGET_DRIVER d {\n\tTARGET t {\n\t\tsession_name s\n\t\tsession_transport_id "s zz"\n\t}\n}\n', 'bad-value', 4, 24],
    ['TARGET_DRIVER d {\n\tTARGET t {\n\t\tsession_transport_id "s 06"\n\t}\n}\n', 'contradiction', 3, 24],
  ])('points at what it cannot understand: %j', (text, code, line, column) => {
    expect(fromDocument(parse(text).document).diagnostics).toMatchObject([{ severity: 'error', code, line, column }]);
  });
});

describe('JSON', () => {
  it('takes numbers and booleans for values', () => {
    expect(fromJson({ handlers: [{ name: 'h', devices: [{ name: 'd', attributes: { blocksize: 4096, read_only: true, x: [1, 'a'] } }] }] }).config.handlers[0]?.devices[0]?.attributes).toEqual({
      blocksize: '4096',
      read_only: '1',
      x: ['1', 'a'],
    });
  });

  it('finds the place of what does not fit', () => {
    const { diagnostics } = fromJson({ handlers: [{ nam: 'h' }], targetDrivers: {}, attributes: { a: null, b: [1.5] } });
    expect(diagnostics.map(({ place }) => place)).toEqual(['/attributes/a', '/attributes/b/0', '/handlers/0/nam', '/handlers/0/name', '/targetDrivers']);
  });

  it.each([null, 7, [], 'x', undefined])('refuses %j', (value) => {
    expect(fromJson(value).diagnostics).toHaveLength(1);
  });

  it('has a schema that names every part', () => {
    expect(Object.keys(CONFIG_JSON_SCHEMA['$defs'] as object)).toEqual(
      expect.arrayContaining(['handler', 'targetDriver', 'target', 'session', 'lun', 'group', 'deviceGroup', 'targetGroup']),
    );
  });

  it('cannot write a value with a newline', () => {
    expect(() => formatConfig(fromJson({ attributes: { a: 'b\nc' } }).config)).toThrow(expect.objectContaining({ code: 'ERR_SCST_CONFIG' }));
  });
});
