/** A write of a bare loop. */
export interface Write {
  path: string;
  data: string;
}

const TARGET = 'targets/scst_local/scst_local_tgt';
const numbers = (count: number): number[] => Array.from({ length: count }, (_, number) => number);
const block = (head: string, lines: readonly string[]): string => `${head} {\n${lines.join('\n')}\n}\n`;
const exporting = (luns: readonly string[]): string => block('TARGET_DRIVER scst_local', ['\tTARGET scst_local_tgt {', ...luns, '\t}']);

/** A number of devices with a LUN each, as scst.conf. */
export const devicesAndLuns = (count: number): string =>
  block('HANDLER vdisk_nullio', numbers(count).map((number) => `\tDEVICE d${number}`)) + exporting(numbers(count).map((number) => `\t\tLUN ${number} d${number}`));

/** The same as the writes it comes to, in the order of an apply. */
export const writesFor = (count: number): Write[] => [
  ...numbers(count).map((number) => ({ path: 'handlers/vdisk_nullio/mgmt', data: `add_device d${number}` })),
  ...numbers(count).map((number) => ({ path: `${TARGET}/luns/mgmt`, data: `add d${number} ${number}` })),
];

/** LUNs of one device, as scst.conf. */
export const luns = (count: number): string =>
  block('HANDLER vdisk_nullio', ['\tDEVICE n1']) + exporting(numbers(count).map((number) => `\t\tLUN ${number} n1`));

/** A configuration of a size in bytes. */
export const ofSize = (bytes: number): string => {
  const lines: string[] = [];
  for (let size = 0, number = 0; size < bytes; number++) {
    const line = `\tDEVICE disk${number} {\n\t\tfilename "/srv/images/disk ${number}.img"\n\t\tnv_cache 1 # kept in memory\n\t\tt10_dev_id 0x${number.toString(16)}\n\t}`;
    lines.push(line);
    size += line.length + 1;
  }
  return block('HANDLER vdisk_fileio', lines);
};
