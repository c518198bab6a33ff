import { type AttributeText, manage, mgmtCommand, parseAttribute } from '@scst/sysfs';
import { type Qualifier, refuse } from './flags.js';
import { type AdminOperation, type Done, type Job } from './operation.js';
import { table } from './text.js';

/** An attribute with what a list says of it. */
interface Listed extends AttributeText {
  readonly name: string;
  readonly writable: boolean;
}

const readAll = async (job: Job, path: string): Promise<Listed[]> => {
  const { tree } = job.scst;
  const options = { signal: job.context.signal };
  const listed: Listed[] = [];
  for (const { name, type } of await tree.list(path, options)) {
    if (type !== 'file' || name === 'mgmt' || name === 'last_sysfs_mgmt_res') continue;
    const file = path === '' ? name : `${path}/${name}`;
    const { mode } = await tree.stat(file, options);
    if ((mode & 0o444) !== 0) listed.push({ name, writable: (mode & 0o222) !== 0, ...parseAttribute(await tree.read(file, options)) });
  }
  return listed;
};

/** The attributes in a directory: those with the `[key]` mark, and with -nonkey all of them. */
export const listAttributes = async (job: Job, path: string, { all = job.has('nonkey') } = {}): Promise<Done> => {
  const listed = (await readAll(job, path)).filter(({ key }) => key || all);
  const rows = listed.map(({ name, value, writable, key }) => [name, value === '' ? '<not set>' : value, writable ? 'Yes' : 'No', key ? 'Yes' : 'No']);
  return {
    json: listed.map(({ name, value, writable, key }) => ({ name, value, writable, key })),
    text: rows.length === 0 ? ['\t(none)'] : table(['Attribute', 'Value', 'Writable', 'KEY'], rows),
  };
};

/** Sets what has another value. What cannot be set is warned of, and the status is 0 even so, as scstadmin's is. */
const setAttributes = async (job: Job, path: string): Promise<Done> => {
  const { tree } = job.scst;
  const options = { signal: job.context.signal };
  let changes = 0;
  for (const [name, value] of job.attributes) {
    try {
      const file = path === '' ? name : `${path}/${name}`;
      const { mode } = await tree.stat(file, options);
      const isSet = (mode & 0o444) !== 0 && parseAttribute(await tree.read(file, options)).value === value;
      if (isSet) continue;
      await job.write(file, value === '' ? '\n' : value);
      changes += 1;
    } catch (error) {
      if (job.context.signal.aborted) throw error;
      job.warn(error);
    }
  }
  return { json: { changes }, text: [`${changes} change${changes === 1 ? '' : 's'} made`] };
};

/** Adds or removes values of attributes that have several, such as IncomingUser. */
const dynamic = async (job: Job, driver: string, words: readonly string[]): Promise<Done> => {
  for (const [name, value] of job.attributes) {
    await manage(job.scst.tree, `${driver}/mgmt`, mgmtCommand([...words, name, ...value.split(' ').filter((word) => word !== '')]), { signal: job.context.signal });
  }
  return { json: { changes: job.attributes.length } };
};

interface Place {
  readonly kind: string;
  readonly what: string;
  readonly value: 'none' | 'required';
  readonly needs: readonly Qualifier[];
  path(job: Job): string;
}

/** What has attributes, and where. */
const PLACES: readonly Place[] = [
  { kind: 'scst', what: 'SCST', value: 'none', needs: [], path: () => '' },
  { kind: 'hnd', what: 'a handler', value: 'required', needs: [], path: (job) => job.scst.handler(job.value).path },
  { kind: 'dev', what: 'a device', value: 'required', needs: [], path: (job) => job.scst.device(job.value).path },
  { kind: 'drv', what: 'a target driver', value: 'required', needs: [], path: (job) => job.driverPath(job.value) },
  { kind: 'tgt', what: 'a target', value: 'required', needs: ['driver'], path: (job) => job.targetPath(job.value) },
  { kind: 'grp', what: 'a group of initiators', value: 'required', needs: ['driver', 'target'], path: (job) => job.groupPath(job.value) },
  { kind: 'lun', what: 'a LUN', value: 'required', needs: ['driver', 'target'], path: (job) => `${job.lunsPath()}/${job.value}` },
  { kind: 'dgrp', what: 'a device group', value: 'required', needs: [], path: (job) => job.deviceGroupPath(job.value) },
  { kind: 'tgrp', what: 'a target group', value: 'required', needs: ['dev_group'], path: (job) => job.targetGroupPath(job.value) },
  { kind: 'ttgt', what: 'a target of a target group', value: 'required', needs: ['dev_group', 'tgt_group'], path: (job) => `${job.targetGroupPath()}/${job.value}` },
];

const existing = async (job: Job, place: Place): Promise<string> => {
  const path = place.path(job);
  if (!(await job.exists(path))) throw refuse(`there is no ${path}`);
  return path;
};

/** `-list_…_attr`, `-set_…_attr`, `-add_…_attr`, `-rem_…_attr`. */
export const ATTRIBUTES: Readonly<Record<string, AdminOperation>> = Object.fromEntries([
  ...PLACES.flatMap((place): [string, AdminOperation][] => [
    [
      `list_${place.kind}_attr`,
      { value: place.value, needs: place.needs, query: true, does: `attributes of ${place.what}`, run: async (job) => listAttributes(job, await existing(job, place)) },
    ],
    [
      `set_${place.kind}_attr`,
      { value: place.value, needs: [...place.needs, 'attributes'], asks: true, does: `set attributes of ${place.what}`, run: async (job) => setAttributes(job, place.path(job)) },
    ],
  ]),
  ...(['add', 'rem'] as const).flatMap((verb): [string, AdminOperation][] => {
    const [does, del] = verb === 'add' ? ['add values to', 'add'] : ['remove values from', 'del'];
    const asks = verb === 'rem' ? { asks: true as const } : {};
    return [
      [`${verb}_drv_attr`, { value: 'required', needs: ['attributes'], ...asks, does: `${does} attributes of a driver`, run: (job) => dynamic(job, job.driverPath(job.value), [`${del}_attribute`]) }],
      [
        `${verb}_tgt_attr`,
        { value: 'required', needs: ['driver', 'attributes'], ...asks, does: `${does} attributes of a target`, run: (job) => dynamic(job, job.driverPath(), [`${del}_target_attribute`, job.value]) },
      ],
    ];
  }),
]);
