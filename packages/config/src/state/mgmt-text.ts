import { type TreeReader } from '@scst/sysfs';

/** What a mgmt file says can be given (SPEC 3.1, 8.1). */
export interface MgmtFacts {
  /** Parameters of `add_device`, `add_target` or a LUN's `add`. */
  readonly parameters: ReadonlySet<string>;
  /** Dynamic attributes of a target driver, set by `add_attribute`. */
  readonly driverAttributes: ReadonlySet<string>;
  /** Dynamic attributes of its targets, set by `add_target_attribute`. */
  readonly targetAttributes: ReadonlySet<string>;
}

const listAfter = (text: string, heading: string): ReadonlySet<string> => {
  const line = text.split('\n').find((one) => one.startsWith(heading));
  const names = line?.slice(heading.length).replace(/\.\s*$/u, '').split(',').map((name) => name.trim()).filter((name) => name !== '');
  return new Set(names);
};

/** The parts of a mgmt text that tools read. */
export const parseMgmtText = (text: string): MgmtFacts => ({
  parameters: listAfter(text, 'The following parameters available:'),
  driverAttributes: listAfter(text, 'The following target driver attributes available:'),
  targetAttributes: listAfter(text, 'The following target attributes available:'),
});

/** The facts of a mgmt file; undefined when there is none: the driver or handler makes nothing. */
export const mgmtFacts = async (reader: TreeReader, directory: string): Promise<MgmtFacts | undefined> => {
  const text = await reader.attribute(`${directory}/mgmt`);
  return text === undefined ? undefined : parseMgmtText(text.value);
};
