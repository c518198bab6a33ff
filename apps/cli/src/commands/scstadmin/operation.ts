import { manageUnlessUsed, type Scst } from '@scst/local';
import { type Context } from '../../context.js';
import { reportError } from '../../errors.js';
import { type JsonValue } from '../../output/json.js';
import { type Call, parseAttributes, type Qualifier, refuse, type Switch, type ValueRule } from './flags.js';

/** What an operation came to. */
export interface Done {
  readonly json: JsonValue;
  readonly text?: readonly string[];
  /** The exit status, where scstadmin ends with another than 0. */
  readonly exit?: number;
}

/** One of scstadmin's operations. */
export interface AdminOperation {
  readonly value: ValueRule;
  /** Flags that have to be there too. */
  readonly needs?: readonly (Qualifier | 'force')[];
  /** Queries may be given several at a time; of all others there is one. */
  readonly query?: true;
  /** Asks first, unless -noprompt is given. */
  readonly asks?: true | ((job: Job) => boolean);
  readonly does: string;
  run(job: Job): Promise<Done>;
}

/** An operation under way. */
export class Job {
  readonly context: Context;
  readonly scst: Scst;
  /** The value of the operation's own flag; empty when there is none. */
  readonly value: string;
  readonly #call: Call;

  constructor(context: Context, scst: Scst, call: Call, value: string) {
    this.context = context;
    this.scst = scst;
    this.value = value;
    this.#call = call;
  }

  has(flag: Switch): boolean {
    return this.#call.switches.has(flag);
  }

  optional(name: Qualifier): string | undefined {
    return this.#call.qualifiers.get(name);
  }

  required(name: Qualifier): string {
    const value = this.#call.qualifiers.get(name);
    if (value === undefined) throw refuse(`-${name} is missing`);
    return value;
  }

  get attributes(): readonly (readonly [string, string])[] {
    return parseAttributes(this.#call.qualifiers.get('attributes'));
  }

  /** The attributes as parameters of a command; one given twice is given to SCST twice. */
  get parameters(): Readonly<Record<string, readonly string[]>> {
    const parameters: Record<string, string[]> = {};
    for (const [name, value] of this.attributes) (parameters[name] ??= []).push(value);
    return parameters;
  }

  /** Directory of -driver, or of a driver by its name. */
  driverPath(name = this.required('driver')): string {
    return this.scst.driver(name).path;
  }

  /** Directory of a target of -driver. */
  targetPath(name = this.required('target')): string {
    return this.scst.driver(this.required('driver')).target(name).path;
  }

  /** Directory of a group of -driver and -target. */
  groupPath(name = this.required('group')): string {
    return this.scst.driver(this.required('driver')).target(this.required('target')).group(name).path;
  }

  /** Directory of the LUN set: of -group, or of the target itself. */
  lunsPath(): string {
    return `${this.optional('group') === undefined ? this.targetPath() : this.groupPath()}/luns`;
  }

  deviceGroupPath(name = this.required('dev_group')): string {
    return this.scst.deviceGroup(name).path;
  }

  targetGroupPath(name = this.required('tgt_group')): string {
    return this.scst.deviceGroup(this.required('dev_group')).targetGroup(name).path;
  }

  /** Says what went wrong and goes on, as scstadmin does of attributes that cannot be set. */
  warn(error: unknown): void {
    const { message, hint } = reportError(error);
    this.context.warn(hint === undefined ? message : `${message}. ${hint}`);
  }

  /** Writes, and waits for the outcome. What takes away or changes something in use is refused, whether asked for or not, without -force. */
  async write(path: string, data: Uint8Array | string): Promise<void> {
    await manageUnlessUsed(this.scst.connection, path, data, { unlessUsed: !this.has('force'), signal: this.context.signal });
  }

  async exists(path: string): Promise<boolean> {
    return await this.scst.tree.stat(path, { signal: this.context.signal }).then(
      () => true,
      () => false,
    );
  }
}

/** No more than that it was done. */
export const DONE: Done = { json: { changes: 1 } };
