/** What the root's `version` tells (SPEC sysfs 2); a field is empty where the build left it so. */
export interface ScstVersion {
  readonly version: string;
  readonly kernel: string;
  readonly architecture: string;
  readonly commit: string;
}

const FIELDS: Readonly<Record<string, keyof ScstVersion>> = { 'scst version': 'version', 'scst kver': 'kernel', 'scst arch type': 'architecture', 'scst git commit sha1': 'commit' };

/** Undefined when the text names no version. */
export const parseScstVersion = (text: string): ScstVersion | undefined => {
  const found: Record<keyof ScstVersion, string> = { version: '', kernel: '', architecture: '', commit: '' };
  for (const line of text.split('\n')) {
    const colon = line.indexOf(':');
    const field = FIELDS[line.slice(0, Math.max(colon, 0)).trim().toLowerCase()];
    if (field !== undefined) found[field] = line.slice(colon + 1).trim();
  }
  return found.version === '' ? undefined : found;
};
