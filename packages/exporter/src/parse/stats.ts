/** What a target driver's `stats` counts (SPEC sysfs 3). */
export interface DriverStats {
  readonly aborts: number;
  readonly deviceResets: number;
  readonly targetResets: number;
}

/** `Aborts: 0, Device Resets: 0, Target Resets: 0`, in any order and with others between; undefined when one of them is missing. */
export const parseDriverStats = (text: string): DriverStats | undefined => {
  const counts = new Map([...text.matchAll(/([A-Za-z ]+?)\s*:\s*(\d+)/gu)].map(([, name = '', count]) => [name.trim().toLowerCase(), Number(count)]));
  const [aborts, deviceResets, targetResets] = ['aborts', 'device resets', 'target resets'].map((name) => counts.get(name));
  return aborts === undefined || deviceResets === undefined || targetResets === undefined ? undefined : { aborts, deviceResets, targetResets };
};
