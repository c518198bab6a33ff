import { type LogicalUnit } from '@scst/scsi';
import { SgDevice } from '@scst/sg-io';
import { type HostTree } from '@scst/sysfs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const SCAN = '/sys/module/scsi_mod/parameters/scan';
/** Milliseconds that the node of a device found is waited for. */
const PATIENCE = 20_000;

/**
 * The LUNs of the kernel's sessions, through sg. Recordings of SCSI commands want the hosts not to look by themselves, and no other driver than sg at
 * what they find. The INQUIRY commands by which the kernel gets to know a LUN leave unit attentions alone.
 */
export class KernelUnits {
  readonly #tree: HostTree;
  constructor(tree: HostTree) {
    this.#tree = tree;
  }

  /** Has the kernel look at all LUNs of a session. One that is unmapped later can still be spoken to. */
  async scan(target: string, session: string): Promise<void> {
    const host = await this.#hostOf(target, session);
    const entries = await this.#tree.list(`targets/scst_local/${target}/sessions/${session}`);
    for (const { name } of entries) if (/^lun\d+$/.test(name)) await scanLun(host, Number(name.slice('lun'.length)));
  }

  async open(target: string, session: string, lun: number): Promise<LogicalUnit> {
    const host = await this.#hostOf(target, session);
    await scanLun(host, lun);
    return await SgDevice.open(await nodeOf(`${host}:0:0:${lun}`));
  }

  async #hostOf(target: string, session: string): Promise<string> {
    if ((await readFile(SCAN, 'latin1')).trim() !== 'manual') throw new Error(`${SCAN} is not "manual": the hosts would look by themselves`);
    const link = await this.#tree.readlink(`targets/scst_local/${target}/sessions/${session}/host`);
    const host = /host(\d+)$/.exec(link)?.[1];
    if (host === undefined) throw new Error(`${link} is no SCSI host`);
    return host;
  }
}

const scanLun = async (host: string, lun: number): Promise<void> => {
  await writeFile(`/sys/class/scsi_host/host${host}/scan`, `0 0 ${lun}`);
};

const nodeOf = async (address: string): Promise<string> => {
  const started = performance.now();
  while (performance.now() - started < PATIENCE) {
    const [name] = await readdir(`/sys/bus/scsi/devices/${address}/scsi_generic`).catch(() => []);
    if (name !== undefined) return `/dev/${name}`;
    await sleep(10);
  }
  throw new Error(`the kernel has no SCSI device ${address} with a node of sg`);
};
