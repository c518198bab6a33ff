import { joinPath } from '@scst/sysfs';
import { readFlag, type SurveyContext } from './context.js';
import { type LunSetSurvey, type LunSurvey } from './types.js';

/** Reads `luns/` of a target or group. */
export const surveyLunSet = async (context: SurveyContext, path: string, group: string): Promise<LunSetSurvey> => {
  const entries = (await context.reader.list(path, 'luns')) ?? [];
  const numbers = entries.filter(({ name, type }) => type === 'directory' && /^\d+$/u.test(name)).map(({ name }) => name);
  const luns = await Promise.all(
    numbers.map(async (name): Promise<LunSurvey> => {
      const place = joinPath(path, name);
      const [device, readOnly] = await Promise.all([
        context.reader.linkedName(`${place}/device`, 'luns/device'),
        readFlag(context, `${place}/read_only`, 'luns/read_only'),
      ]);
      return { number: Number(name), device, readOnly };
    }),
  );
  return { group, luns: luns.filter(({ device }) => device === undefined || context.filters.devices.accepts(device)) };
};
