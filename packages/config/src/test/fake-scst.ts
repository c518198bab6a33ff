import { AttributeRefusal } from '@scst/sysfs/compliance';
import { baseName, decodeName, parseKernelNumber } from '@scst/sysfs';
import { type Value, WatchedTree } from './watched-tree.js';

type Words = [command: string, ...words: string[]];

const FILEIO = 'filename, blocksize, read_only, nv_cache, write_through, removable, rotational, thin_provisioned, active, cluster_mode, t10_dev_id, tst, async, o_direct, bind_alua_state, numa_node_id, dif_mode, dif_type';
const NULLIO = 'blocksize, read_only, removable, rotational, dummy, size, size_mb, t10_dev_id, tst, cluster_mode, numa_node_id';
const READ_ONLY = new Set(['blocksize', 'read_only', 'nv_cache', 'write_through', 'removable', 'rotational', 'thin_provisioned', 'tst', 'o_direct', 'dummy']);

/**
 * As much of an SCST as the planner and the apply are tested against: handlers, devices, the copy manager, scst_local, a driver
 * with dynamic attributes and `enabled`, groups, LUNs, sessions, ALUA and suspend, with the errors of SPEC where they matter.
 */
export class FakeScst extends WatchedTree {
  readonly description = 'a fake';
  suspended = 0;
  mostSuspended = 0;
  #sessions = 0;
  #exports = new Map<string, number>();
  #copyManagerLun = 0;

  constructor() {
    super();
    const { memory } = this;
    this.value('', 'setup_id', { text: '0x0' }, (text) => {
      const number = parseKernelNumber(text, 'ulong');
      if (typeof number === 'string') throw new AttributeRefusal(number);
      return { text: `0x${number.toString(16)}`, key: number !== 0n };
    });
    this.value('', 'cluster_name', { text: '' }, (text) => ({ text: text.replace(/\n$/u, ''), key: text !== '\n' }));
    memory.file('last_sysfs_mgmt_res', { show: () => '0\n' });
    memory.file('suspend', {
      show: () => `${this.suspended}\n`,
      store: (data) => {
        const count = Number(decodeName(data));
        this.suspended = Math.max(0, this.suspended + (count < 0 ? -1 : 1));
        this.mostSuspended = Math.max(this.mostSuspended, this.suspended);
      },
    });
    memory.directory('devices');
    for (const [handler, parameters] of [['vdisk_fileio', FILEIO], ['vdisk_nullio', NULLIO], ['vcdrom', 'tst']] as const) this.#handler(handler, parameters);
    memory.file('handlers/dev_disk/mgmt', { show: () => 'Usage: echo "add_device H:C:I:L"\n', store: (data) => { this.#scsi(words(data)); } });
    this.#driver('scst_local', 'Usage\n\nThe following parameters available: session_name\n');
    this.#driver('iscsi', 'Usage\nThe following target driver attributes available: IncomingUser, OutgoingUser\nThe following target attributes available: IncomingUser, OutgoingUser, allowed_portal\n');
    this.value('targets/iscsi', 'enabled', { text: '0' });
    this.#target('copy_manager', 'copy_manager_tgt');
    memory.file('device_groups/mgmt', { show: () => 'Usage\n', store: (data) => { this.#deviceGroup(words(data)); } });
  }

  /** A SCSI device of the machine. */
  addScsiDevice(address: string): this {
    this.memory.file(`devices/${address}/type`, { show: () => '0 - Direct-access device\n' });
    this.memory.directory(`devices/${address}/exported`);
    return this;
  }

  #handler(handler: string, parameters: string): void {
    const path = `handlers/${handler}`;
    this.memory.file(`${path}/mgmt`, { show: () => `Usage: echo\n\nThe following parameters available: ${parameters}\n`, store: (data) => { this.#device(handler, new Set(parameters.split(', ')), decodeName(data)); } });
    this.value(path, 'trace_level', { text: 'out_of_mem | pid | special | mgmt\n\n\nhelp' });
  }

  #device(handler: string, parameters: ReadonlySet<string>, text: string): void {
    const [command, name, ...rest] = text.trim().split(/[\s=]+/u);
    const path = `devices/${name ?? ''}`;
    if (name === undefined) throw new AttributeRefusal('EINVAL');
    if (command === 'del_device') {
      if (!this.memory.has(path)) throw new AttributeRefusal('EINVAL');
      this.#removeDevice(name, handler);
      return;
    }
    if (command !== 'add_device') throw new AttributeRefusal('EINVAL');
    if (this.memory.has(path)) throw new AttributeRefusal('EEXIST');
    const given = parametersOf(text, 2);
    for (const key of given.keys()) if (!parameters.has(key)) throw new AttributeRefusal('EINVAL');
    if (handler === 'vdisk_fileio' && given.get('filename') === undefined) throw new AttributeRefusal('EINVAL');
    if (given.get('filename')?.startsWith('/missing') === true && given.get('active') !== '0') throw new AttributeRefusal('ENOENT');
    if (rest.length === 0 && handler === 'vdisk_fileio') throw new AttributeRefusal('EINVAL');
    this.#activeOf.set(path, given.get('active') ?? '1');
    this.memory.link(`${path}/handler`, `../../handlers/${handler}`).link(`handlers/${handler}/${name}`, `../../devices/${name}`).directory(`${path}/exported`);
    const show = (attribute: string, standard: string, key = false): void => {
      const value = given.get(attribute) ?? standard;
      const readOnly = READ_ONLY.has(attribute);
      this.value(path, attribute, { text: value, key: key || value !== standard }, readOnly ? null : (next) => this.#storeDevice(path, attribute, standard, next));
    };
    for (const [attribute, standard] of Object.entries({ read_only: '0', threads_num: '8', t10_dev_id: `id-${name}`, naa_id: '' })) show(attribute, standard);
    if (handler === 'vdisk_fileio') for (const [attribute, standard] of Object.entries({ filename: '', active: '1', blocksize: '512', nv_cache: '0' })) show(attribute, standard);
    if (handler === 'vdisk_nullio') for (const [attribute, standard] of Object.entries({ size: '1000', blocksize: '512', dummy: '0' })) show(attribute, standard);
    if (handler === 'vcdrom') show('filename', 'none');
    this.memory.file(`${path}/resync_size`, { store: () => undefined });
    this.#exports.set(name, 0);
    this.#addLun('targets/copy_manager/copy_manager_tgt/luns', name, this.#copyManagerLun, '0');
    this.#copyManagerLun += 1;
  }

  #storeDevice(path: string, attribute: string, standard: string, text: string): Value {
    const value = text.trim();
    if (attribute === 'filename' && this.memory.has(`${path}/active`) && this.#activeOf.get(path) !== '0') throw new AttributeRefusal('EINVAL');
    if (attribute === 'active') this.#activeOf.set(path, value);
    return { text: value, key: value !== standard };
  }
  readonly #activeOf = new Map<string, string>();

  #removeDevice(name: string, handler: string): void {
    for (const [path] of [...this.#luns].filter(([, device]) => device === name)) this.#removeLun(path);
    this.memory.remove(`devices/${name}`).remove(`handlers/${handler}/${name}`);
    for (const group of this.#names('device_groups')) this.memory.remove(`device_groups/${group}/devices/${name}`);
  }

  #scsi([command, address]: Words): void {
    const path = `devices/${address ?? ''}`;
    if (address === undefined || !this.memory.has(path)) throw new AttributeRefusal('EINVAL');
    if (command === 'add_device') this.memory.link(`${path}/handler`, '../../handlers/dev_disk').link(`handlers/dev_disk/${address}`, `../../devices/${address}`);
    else this.memory.remove(`${path}/handler`).remove(`handlers/dev_disk/${address}`);
  }

  #driver(driver: string, usage: string): void {
    this.memory.file(`targets/${driver}/mgmt`, { show: () => usage, store: (data) => { this.#driverCommand(driver, words(data)); } });
  }

  #driverCommand(driver: string, [command, first, ...rest]: Words): void {
    const target = `targets/${driver}/${shown(first ?? '')}`;
    const [second = ''] = rest;
    switch (command) {
      case 'add_target':
        if (this.memory.has(target)) throw new AttributeRefusal('EFAULT');
        this.#target(driver, first ?? '');
        return;
      case 'del_target':
        if (!this.memory.has(`${target}/luns`)) throw new AttributeRefusal('ENOENT');
        for (const path of [...this.#luns.keys()].filter((one) => one.startsWith(`${target}/`))) this.#removeLun(path);
        this.memory.remove(target);
        return;
      case 'add_session':
        this.addSession(driver, first ?? '', second);
        return;
      case 'del_session':
        if (!this.memory.has(`${target}/sessions/${shown(second)}`)) throw new AttributeRefusal('EINVAL');
        this.memory.remove(`${target}/sessions/${shown(second)}`);
        return;
      case 'add_attribute':
        this.#addDynamic(`targets/${driver}`, first ?? '', rest.join(' '));
        return;
      case 'del_attribute':
        this.#delDynamic(`targets/${driver}`, first ?? '', rest.join(' '));
        return;
      case 'add_target_attribute':
        this.#addDynamic(target, second, rest.slice(1).join(' '));
        return;
      case 'del_target_attribute':
        this.#delDynamic(target, second, rest.slice(1).join(' '));
        return;
      default:
        throw new AttributeRefusal('EINVAL');
    }
  }

  readonly #dynamic = new Map<string, string>();

  #addDynamic(directory: string, name: string, value: string): void {
    let file = `${directory}/${name}`;
    for (let number = 1; this.memory.has(file); number += 1) file = `${directory}/${name}${number}`;
    this.#dynamic.set(file, value);
    this.value(directory, baseName(file), { text: value, key: true }, null);
  }

  #delDynamic(directory: string, name: string, value: string): void {
    const found = [...this.#dynamic].find(([file, text]) => file.startsWith(`${directory}/${name}`) && !file.slice(directory.length + 1).includes('/') && text === value);
    if (found === undefined) throw new AttributeRefusal('EINVAL');
    this.#dynamic.delete(found[0]);
    this.memory.remove(found[0]);
  }

  #target(driver: string, name: string): void {
    const path = `targets/${driver}/${shown(name)}`;
    this.value(path, 'rel_tgt_id', { text: '0' }, (text) => this.#relativeId(path, text));
    this.value(path, 'addr_method', { text: 'PERIPHERAL' }, (text) => ({ text: text.toUpperCase(), key: text.toUpperCase() !== 'PERIPHERAL' }));
    this.value(path, 'comment', { text: '' });
    if (driver === 'iscsi') this.value(path, 'enabled', { text: '0' }, (text) => ({ text, key: text === '1' }));
    this.memory.directory(`${path}/sessions`);
    this.#lunSet(`${path}/luns`);
    this.memory.file(`${path}/ini_groups/mgmt`, { show: () => 'Usage\n', store: (data) => { this.#group(path, words(data)); } });
  }

  readonly #ids = new Map<string, string>();

  #relativeId(path: string, text: string): Value {
    const id = text.trim();
    for (const [other, value] of this.#ids) if (other !== path && value === id && this.memory.has(other)) throw new AttributeRefusal('EBADSLT');
    if (id === '0') throw new AttributeRefusal('EINVAL');
    this.#ids.set(path, id);
    return { text: id, key: true };
  }

  addSession(driver: string, target: string, name: string): string {
    const path = `targets/${driver}/${shown(target)}/sessions`;
    if (!this.memory.has(path) || name === '') throw new AttributeRefusal('EINVAL');
    if (this.suspended > 0) throw new AttributeRefusal('EAGAIN', 'would block until resumed');
    let directory = shown(name);
    for (let number = 1; this.memory.has(`${path}/${directory}`); number += 1) directory = `${shown(name)}_${number}`;
    this.#sessions += 1;
    const number = this.#sessions;
    this.memory.file(`${path}/${directory}/initiator_name`, { show: () => `${name}\n` }).file(`${path}/${directory}/active_commands`, { show: () => `${this.activeCommands.get(name) ?? 0}\n` });
    this.value(`${path}/${directory}`, 'transport_id', { text: `\x06${String.fromCharCode(number)}`, raw: true });
    this.memory.link(`${path}/${directory}/luns`, '../../luns');
    return `${path}/${directory}`;
  }
  /** Active commands by initiator name. */
  readonly activeCommands = new Map<string, number>();

  #group(target: string, [command, name = '']: Words): void {
    const path = `${target}/ini_groups/${shown(name)}`;
    if (command === 'create') {
      if (this.memory.has(path)) throw new AttributeRefusal('EEXIST');
      this.value(path, 'addr_method', { text: 'PERIPHERAL' }, (text) => ({ text: text.toUpperCase(), key: text.toUpperCase() !== 'PERIPHERAL' }));
      this.#lunSet(`${path}/luns`);
      this.memory.file(`${path}/initiators/mgmt`, { show: () => 'Usage\n', store: (data) => { this.#initiator(target, path, words(data)); } });
      return;
    }
    if (!this.memory.has(path)) throw new AttributeRefusal('EINVAL');
    for (const lun of [...this.#luns.keys()].filter((one) => one.startsWith(`${path}/`))) this.#removeLun(lun);
    this.memory.remove(path);
  }

  #initiator(target: string, group: string, [command, name = '', to = '']: Words): void {
    const path = `${group}/initiators/${name}`;
    const add = (where: string): void => { this.memory.file(where, { show: () => `${name}\n` }); };
    if (command === 'add') {
      if (this.memory.has(path)) throw new AttributeRefusal('EEXIST');
      add(path);
      return;
    }
    if (!this.memory.has(path)) throw new AttributeRefusal('EINVAL');
    this.memory.remove(path);
    if (command === 'move') add(`${target}/ini_groups/${shown(to)}/initiators/${name}`);
  }

  readonly #luns = new Map<string, string>();

  #lunSet(path: string): void {
    this.memory.file(`${path}/mgmt`, {
      show: () => 'Usage\nThe following parameters available: read_only\n',
      store: (data) => {
        const text = decodeName(data);
        const [command, first = '', second = ''] = words(data);
        if (command === 'del') {
          if (!this.memory.has(`${path}/${first}`)) throw new AttributeRefusal('EINVAL');
          this.#removeLun(`${path}/${first}`);
          return;
        }
        if (!this.memory.has(`devices/${first}`)) throw new AttributeRefusal('EINVAL');
        if (this.memory.has(`${path}/${second}`)) {
          if (command === 'add') throw new AttributeRefusal('EEXIST');
          this.#removeLun(`${path}/${second}`);
        }
        this.#addLun(path, first, Number(second), parametersOf(text, 3).get('read_only') ?? '0');
      },
    });
  }

  #addLun(set: string, device: string, lun: number, readOnly: string): void {
    const path = `${set}/${lun}`;
    const up = '../'.repeat(set.split('/').length + 1);
    this.memory.link(`${path}/device`, `${up}devices/${device}`);
    const number = this.#exports.get(device) ?? 0;
    this.#exports.set(device, number + 1);
    this.memory.link(`devices/${device}/exported/export${number}`, `../../../${path}`);
    this.#exportOf.set(path, `devices/${device}/exported/export${number}`);
    this.#luns.set(path, device);
    this.value(path, 'read_only', { text: readOnly, key: readOnly === '1' }, null);
  }
  readonly #exportOf = new Map<string, string>();

  #removeLun(path: string): void {
    this.memory.remove(path).remove(this.#exportOf.get(path) ?? 'none');
    this.#luns.delete(path);
  }

  #names(path: string): string[] {
    return [...this.#groups].filter((group) => group.startsWith(`${path}/`)).map((group) => baseName(group));
  }
  readonly #groups = new Set<string>();

  #deviceGroup([command, name = '']: Words): void {
    const path = `device_groups/${name}`;
    if (command === 'del') {
      this.#groups.delete(path);
      this.memory.remove(path);
      return;
    }
    if (this.memory.has(path)) throw new AttributeRefusal('EEXIST');
    this.#groups.add(path);
    this.memory.file(`${path}/devices/mgmt`, {
      show: () => 'Usage\n',
      store: (data) => {
        const [verb, device = ''] = words(data);
        if (!this.memory.has(`devices/${device}`)) throw new AttributeRefusal('EINVAL');
        if (verb === 'del') this.memory.remove(`${path}/devices/${device}`);
        else if (this.#names('device_groups').some((group) => this.memory.has(`device_groups/${group}/devices/${device}`))) throw new AttributeRefusal('EEXIST');
        else this.memory.link(`${path}/devices/${device}`, `../../../devices/${device}`);
      },
    });
    this.memory.file(`${path}/target_groups/mgmt`, { show: () => 'Usage\n', store: (data) => { this.#targetGroup(path, words(data)); } });
  }

  #targetGroup(group: string, [command, name = '']: Words): void {
    const path = `${group}/target_groups/${name}`;
    if (command === 'del') {
      this.memory.remove(path);
      return;
    }
    for (const [attribute, text] of [['group_id', '0'], ['state', 'active'], ['preferred', '0']] as const) this.value(path, attribute, { text, key: attribute !== 'preferred' });
    this.memory.file(`${path}/mgmt`, {
      show: () => 'Usage\n',
      store: (data) => {
        const [verb, target = ''] = words(data);
        if (verb === 'del') this.memory.remove(`${path}/${target}`);
        else if (this.memory.has(`targets/scst_local/${target}`)) this.memory.link(`${path}/${target}`, `../../../../targets/scst_local/${target}`);
        else this.value(`${path}/${target}`, 'rel_tgt_id', { text: '0', key: true });
      },
    });
  }
}

const shown = (name: string): string => name.replace(/\//gu, '!');
const words = (data: Uint8Array): Words => {
  const [command = '', ...rest] = decodeName(data).trim().split(/[\s=]+/u);
  return [command, ...rest];
};
/** Parameters after so many words. */
const parametersOf = (text: string, after: number): Map<string, string> => {
  const tail = text.trim().split(/\s+/u).slice(after).join(' ');
  return new Map(tail.split(';').map((part) => part.trim()).filter((part) => part !== '').map((part): [string, string] => {
    const cut = part.indexOf('=');
    return [part.slice(0, cut), part.slice(cut + 1)];
  }));
};
