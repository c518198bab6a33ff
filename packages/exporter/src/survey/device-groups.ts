import { parseInteger } from '../parse/number.js';
import { readFlag, type SurveyContext } from './context.js';
import { directoriesOf } from './target.js';
import { type DeviceGroupSurvey } from './types.js';

/** Files of a target group's directory that are no members (SPEC sysfs 10). */
const FILES: ReadonlySet<string> = new Set(['mgmt', 'group_id', 'preferred', 'state']);

/** Reads `device_groups/NAME/`. */
export const surveyDeviceGroup = async (context: SurveyContext, name: string): Promise<DeviceGroupSurvey> => {
  const { reader, filters } = context;
  const path = `device_groups/${name}`;
  const [devices, groups] = await Promise.all([reader.list(`${path}/devices`, 'device_groups/devices'), reader.list(`${path}/target_groups`, 'device_groups/target_groups')]);
  const targetGroups = await Promise.all((directoriesOf(groups) ?? []).map((group) => surveyTargetGroup(context, `${path}/target_groups/${group}`, group)));
  return { name, devices: devices?.filter((entry) => entry.type === 'link' && filters.devices.accepts(entry.name)).map((entry) => entry.name) ?? [], targetGroups };
};

const surveyTargetGroup = async (context: SurveyContext, path: string, name: string): Promise<DeviceGroupSurvey['targetGroups'][number]> => {
  const { reader, filters } = context;
  const [entries, state, preferred, groupId] = await Promise.all([
    reader.list(path, 'device_groups/target_group'),
    reader.read(`${path}/state`, 'device_groups/state'),
    readFlag(context, `${path}/preferred`, 'device_groups/preferred'),
    reader.read(`${path}/group_id`, 'device_groups/group_id'),
  ]);
  const targets = entries?.map((entry) => entry.name).filter((target) => !FILES.has(target) && filters.targets.accepts(target)) ?? [];
  return { name, state, preferred, groupId: parseInteger(groupId), targets };
};
