import { ScsiDataError } from '@scst/scsi';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LayoutField } from './layout.js';
import { DXFER, SG_IO_V3, V3_FLAG, V3_INTERFACE_ID } from './sg-io-v3.js';
import { SG_IO_V4, V4_FLAG, V4_GUARD } from './sg-io-v4.js';

/** Either layout, by names that are not known beforehand. */
interface AnyLayout {
  readonly size: number;
  readonly fields: Readonly<Record<string, LayoutField>>;
  encode(values: Readonly<Record<string, number | bigint>>): Uint8Array;
  decode(bytes: Uint8Array): Readonly<Record<string, number | bigint>>;
}

const HEADERS: readonly { readonly layout: AnyLayout; readonly name: string; readonly struct: string }[] = [
  { layout: SG_IO_V3, name: 'version 3', struct: 'struct sg_io_hdr' },
  { layout: SG_IO_V4, name: 'version 4', struct: 'struct sg_io_v4' },
];

const arbitraryOf = ({ type }: LayoutField): fc.Arbitrary<number | bigint> => {
  switch (type) {
    case 'u8': return fc.integer({ min: 0, max: 0xff });
    case 'u16': return fc.integer({ min: 0, max: 0xffff });
    case 'u32': return fc.integer({ min: 0, max: 0xffff_ffff });
    case 's32': return fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff });
    case 'u64': return fc.bigInt({ min: 0n, max: 0xffff_ffff_ffff_ffffn });
  }
};

describe.each(HEADERS)('the header of $name', ({ layout }) => {
  it('decodes to what was encoded', () => {
    fc.assert(fc.property(fc.record(Object.fromEntries(Object.entries(layout.fields).map(([name, field]) => [name, arbitraryOf(field)]))), (values) => {
      const bytes = layout.encode(values);
      expect(bytes.length).toBe(layout.size);
      expect(layout.decode(bytes)).toEqual(values);
    }));
  });

  it('is 0 where nothing is given', () => {
    expect(layout.encode({})).toEqual(new Uint8Array(layout.size));
  });

  it('has fields that do not overlap', () => {
    const sizes = { u8: 1, u16: 2, u32: 4, s32: 4, u64: 8 };
    const ends = Object.values(layout.fields).sort((a, b) => a.offset - b.offset);
    for (const [index, { offset }] of ends.entries()) {
      const before = ends[index - 1];
      if (before !== undefined) expect(before.offset + sizes[before.type]).toBeLessThanOrEqual(offset);
    }
  });

  it('refuses what does not fit, and what is short', () => {
    expect(() => layout.encode({ timeout: 2 ** 32 })).toThrow(ScsiDataError);
    expect(() => layout.encode({ timeout: 0.5 })).toThrow('expected an integer from 0 to 4294967295, not 0.5');
    expect(() => layout.encode({ usrPtr: 2n ** 64n })).toThrow('expected a bigint of 64 bits');
    expect(() => layout.encode({ nothing: 1 })).toThrow('has no field nothing');
    expect(() => layout.decode(new Uint8Array(layout.size - 1))).toThrow(`${layout.size} bytes needed, ${layout.size - 1} given`);
  });
});

const camelCase = (name: string): string => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
const hasCompiler = spawnSync('gcc', ['--version'], { stdio: 'ignore' }).status === 0;

// The system's own headers, as the C compiler lays them out.
describe.runIf(hasCompiler)('the layout is that of <scsi/sg.h> and <linux/bsg.h>', () => {
  const FIELDS: Readonly<Record<string, string>> = {
    'struct sg_io_hdr': 'interface_id dxfer_direction cmd_len mx_sb_len iovec_count dxfer_len dxferp cmdp sbp timeout flags pack_id usr_ptr status masked_status msg_status sb_len_wr host_status driver_status resid duration info',
    'struct sg_io_v4': 'guard protocol subprotocol request_len request request_tag request_attr request_priority request_extra max_response_len response dout_iovec_count dout_xfer_len din_iovec_count din_xfer_len dout_xferp din_xferp timeout flags usr_ptr spare_in driver_status transport_status device_status retry_delay info duration response_len din_resid dout_resid generated_tag spare_out',
  };
  const compiled = (): Readonly<Record<string, number>> => {
    const directory = mkdtempSync(join(tmpdir(), 'scst-layout-'));
    try {
      const lines = Object.entries(FIELDS).flatMap(([struct, names]) => [
        `printf("\\"${struct}\\": %zu,", sizeof(${struct}));`,
        ...names.split(' ').map((name) => `printf("\\"${struct}.${name}\\": %zu,", offsetof(${struct}, ${name}));`),
      ]);
      const constants = ['SG_IO', 'SG_DXFER_NONE', 'SG_DXFER_TO_DEV', 'SG_DXFER_FROM_DEV', 'BSG_FLAG_Q_AT_TAIL', 'BSG_FLAG_Q_AT_HEAD'];
      lines.push(...constants.map((name) => `printf("\\"${name}\\": %d,", ${name});`));
      writeFileSync(join(directory, 'layout.c'), `#include <stddef.h>\n#include <stdio.h>\n#include <scsi/sg.h>\n#include <linux/bsg.h>\nint main(void) { printf("{"); ${lines.join('\n')} printf("\\"end\\": 0}"); }\n`);
      execFileSync('gcc', ['-o', join(directory, 'layout'), join(directory, 'layout.c')]);
      return JSON.parse(execFileSync(join(directory, 'layout'), { encoding: 'utf8' })) as Record<string, number>;
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  };

  it('in size, offsets and constants', () => {
    const values = compiled();
    for (const { layout, struct } of HEADERS) {
      expect(layout.size).toBe(values[struct]);
      expect(Object.keys(layout.fields)).toEqual(FIELDS[struct]!.split(' ').map(camelCase));
      for (const name of FIELDS[struct]!.split(' ')) expect([name, layout.fields[camelCase(name)]!.offset]).toEqual([name, values[`${struct}.${name}`]]);
    }
    expect([DXFER.NONE, DXFER.TO_DEVICE, DXFER.FROM_DEVICE]).toEqual([values['SG_DXFER_NONE'], values['SG_DXFER_TO_DEV'], values['SG_DXFER_FROM_DEV']]);
    // The libc's <scsi/sg.h> lacks those of version 3, which are the same numbers.
    expect(V4_FLAG).toEqual({ Q_AT_TAIL: values['BSG_FLAG_Q_AT_TAIL'], Q_AT_HEAD: values['BSG_FLAG_Q_AT_HEAD'] });
    expect(V3_FLAG).toEqual(V4_FLAG);
    expect([V3_INTERFACE_ID, V4_GUARD]).toEqual(['S'.charCodeAt(0), 'Q'.charCodeAt(0)]);
  });
});
