/** Steps of a recording of the tree, as they stand in the file. */

/** A module by name, or with parameters. */
export type ModuleEntry = string | Record<string, Record<string, string>>;

export interface TreeScenario {
  op: 'scenario';
  name: string;
  modules: ModuleEntry[];
  about: string;
}

/** A name that is not UTF-8 stands as base64. */
export type RecordedName = string | { b64: string };

export interface RecordedEntry {
  name: RecordedName;
  type: 'file' | 'dir' | 'link';
  mode?: string;
  target?: string;
  target_match?: string;
}

interface Outcome {
  /** The errno's name; null or absent: success. */
  errno?: string | null;
  /** `open`: open(2) itself failed. */
  at?: 'open';
}

interface Text {
  data?: string;
  data_b64?: string;
  /** A regular expression for the whole text. */
  match?: string;
}

export type TreeStep =
  | ({ op: 'write'; path: string; written?: number } & Outcome & Text)
  | ({ op: 'read'; path: string } & Outcome & Text)
  | ({ op: 'ls'; path: string; entries?: RecordedEntry[] } & Outcome)
  | ({ op: 'names'; path: string; names?: RecordedName[] } & Outcome)
  | { op: 'exists'; path: string; value: boolean }
  | ({ op: 'readlink'; path: string; target?: string; target_match?: string } & Outcome)
  | ({ op: 'stat'; path: string; mode: string; size: number; nlink: number; uid: number; gid: number } & Outcome)
  | { op: 'file'; path: string; size: number }
  | { op: 'mkdir'; path: string }
  | ({ op: 'unlink'; path: string } & Outcome)
  | { op: 'fifo'; path: string }
  | { op: 'fifo_opened'; path: string }
  | { op: 'loop'; path: string; device: string; args: string[] }
  | ({ op: 'insmod'; module: string; params: Record<string, string> } & Outcome)
  | ({ op: 'rmmod'; module: string } & Outcome)
  | ({ op: 'open'; path: string; as: string } & Outcome)
  | ({ op: 'fread'; as: string; count: number; offset?: number } & Outcome & Text)
  | { op: 'close'; as: string }
  | ({ op: 'bg_write'; as: string; path: string; within: number; returned: boolean } & Text)
  | ({ op: 'bg_wait'; as: string; seconds_about: number } & Outcome)
  | { op: 'cycle_sessions'; path: string; target: string; from: number; to: number }
  | ({ op: 'syscall'; what: string } & Outcome)
  | { op: 'sleep'; seconds?: number }
  | { op: 'note'; text: string };
