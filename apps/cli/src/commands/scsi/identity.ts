import { decodeLun, inquiry, peripheralDeviceTypeName, readCapacity, reportLuns, SELECT_REPORT, supportedVpdPages, VPD_PAGE, vpd } from '@scst/scsi';
import { versionDescriptorByCode } from '@scst/transport-id';
import { type Command, Option } from 'commander';
import { type Context } from '../../context.js';
import { annotate } from '../../definition.js';
import { factLines, factsJson } from '../../output/facts.js';
import { hexDump } from '../../output/hex-dump.js';
import { toHex } from '../../output/json.js';
import { formatSize } from '../../output/size.js';
import { explainVpd, vpdPageName } from '../../scsi/vpd-pages.js';
import { numberOption } from './numbers.js';
import { lunArgument, withLun } from './with-lun.js';

/** What a logical unit says of itself. */
export const addIdentityCommands = (family: Command, context: Context): void => {
  addInquiry(family, context);
  addVpd(family, context);
  addLuns(family, context);
  addCapacity(family, context);
};

const addInquiry = (family: Command, context: Context): void => {
  const command = family
    .command('inquiry')
    .description('INQUIRY: what the device is')
    .addArgument(lunArgument())
    .action(async (address: string) => {
      const data = await withLun(context, address, inquiry);
      const type = peripheralDeviceTypeName(data.peripheralDeviceType);
      const { versionDescriptors, ...facts } = data;
      const versions = versionDescriptors.map((code) => `${hex16(code)} ${versionDescriptorByCode(code)?.name ?? ''}`.trimEnd());
      context.result(factsJson({ ...data, peripheralDeviceTypeName: type }), [
        ...factLines({ ...facts, peripheralDeviceType: `${data.peripheralDeviceType} (${type})`, vendorSpecificTail: facts.vendorSpecificTail }),
        ...(versions.length === 0 ? [] : ['version descriptors', ...versions.map((version) => `  ${version}`)]),
      ]);
    });
  annotate(command, { examples: [{ command: 'scst-local scsi inquiry scst_local_tgt/scst_local_host/0', does: 'vendor, product, revision, version descriptors' }] });
};

const hex16 = (code: number): string => `0x${code.toString(16).padStart(4, '0')}`;

const addVpd = (family: Command, context: Context): void => {
  const command = family
    .command('vpd')
    .description('INQUIRY for vital product data pages')
    .addArgument(lunArgument())
    .argument('[page]', 'page code, such as 0x83 (default: all the device has)', numberOption('page code', 0xff))
    .option('--raw', 'print the page’s bytes')
    .action(async (address: string, page: number | undefined, { raw = false }: { raw?: boolean }) => {
      const pages = await withLun(context, address, async (lu, options) => {
        const codes = page === undefined ? await supportedVpdPages(lu, options) : [page];
        const read: { code: number; bytes: Uint8Array }[] = [];
        for (const code of codes) read.push({ code, bytes: await vpd(lu, code, options) });
        return read;
      });
      const explained = pages.map(({ code, bytes }) => ({ code, bytes, ...explainVpd(code, bytes) }));
      if (raw && !context.json) {
        for (const { bytes } of pages) context.out.text(hexDump(bytes));
        return;
      }
      context.result(
        explained.map(({ code, bytes, facts }) => ({ page: code, name: vpdPageName(code), facts: factsJson(facts), bytes })),
        explained.flatMap(({ code, lines }) => [context.out.style('bold', `${hex8(code)} ${vpdPageName(code)}`), ...lines.map((line) => `  ${line}`)]),
      );
    });
  annotate(command, {
    examples: [
      { command: 'scst-local scsi vpd scst_local_tgt/scst_local_host/0', does: 'every page' },
      { command: `scst-local scsi vpd scst_local_tgt/scst_local_host/0 0x${VPD_PAGE.DEVICE_IDENTIFICATION.toString(16)}`, does: 'the names of the logical unit and its port' },
    ],
  });
};

const hex8 = (code: number): string => `${code.toString(16).padStart(2, '0').toUpperCase()}h`;

const addLuns = (family: Command, context: Context): void => {
  const command = family
    .command('luns')
    .description('REPORT LUNS: every LUN the session sees')
    .addArgument(lunArgument())
    .addOption(new Option('--select <which>', 'which LUNs').choices(['simple', 'well-known', 'all']).default('simple'))
    .action(async (address: string, { select }: { select: string }) => {
      const selectReport = select === 'all' ? SELECT_REPORT.ALL : select === 'well-known' ? SELECT_REPORT.WELL_KNOWN_ONLY : SELECT_REPORT.ADDRESSED_BY_SIMPLE_METHODS;
      const { luns } = await withLun(context, address, (lu, options) => reportLuns(lu, { ...options, selectReport }));
      const views = luns.map((bytes) => ({ ...decodeLun(bytes), bytes }));
      context.result(
        views.map(({ lun, method, bytes }) => ({ lun, method, bytes })),
        views.map(({ lun, method, bytes }) => `${lun === undefined ? '?' : String(lun)}  ${toHex(bytes)}  ${method ?? 'not a single level LUN'}`),
      );
    });
  annotate(command, {
    text: ['Any LUN of the session may be asked, also one that is not mapped.'],
    examples: [{ command: 'scst-local scsi luns scst_local_tgt/scst_local_host/0', does: 'numbers, and how they are written on the wire' }],
  });
};

const addCapacity = (family: Command, context: Context): void => {
  const command = family
    .command('capacity')
    .description('READ CAPACITY: blocks and their size')
    .addArgument(lunArgument())
    .action(async (address: string) => {
      const capacity = await withLun(context, address, readCapacity);
      const bytes = capacity.blockCount * BigInt(capacity.blockLength);
      const { lastLba, blockLength, blockCount, ...flags } = capacity;
      context.result(factsJson({ ...capacity, bytes }), [
        `${blockCount} blocks of ${blockLength} bytes: ${formatSize(bytes)} (${bytes} bytes), last LBA ${lastLba}`,
        ...factLines(flags),
      ]);
    });
  annotate(command, { examples: [{ command: "scst-local scsi capacity scst_local_tgt/scst_local_host/0 --json | jq .bytes", does: 'the size in bytes' }] });
};
