import { type Context } from '../context.js';
import { type JsonValue } from '../output/json.js';
import { type Step } from './step.js';

/** What became of a step, as `tour --json` prints it. */
export type StepReport = {
  readonly chapter: string;
  readonly title: string;
  readonly classic: readonly string[];
  readonly findings: readonly string[];
  readonly milliseconds: number;
};

/** Tells people what is going on; with `--json` keeps it for the end. */
export class Narrator {
  readonly #context: Context;
  readonly #reports: StepReport[] = [];
  #chapter = '';
  #number = 0;

  constructor(context: Context) {
    this.#context = context;
  }

  get steps(): readonly StepReport[] {
    return this.#reports;
  }

  say(...lines: readonly string[]): void {
    if (!this.#context.json) for (const line of lines) this.#context.out.line(line);
  }

  chapter(title: string): void {
    this.#chapter = title;
    this.say('', this.#context.out.style('bold', title));
  }

  begin({ title }: Step, classic: readonly string[]): void {
    const { out } = this.#context;
    this.#number += 1;
    this.say('', `${this.#number}. ${title}`, ...classic.map((line) => out.style('dim', `   # ${line}`)));
  }

  end({ title }: Step, classic: readonly string[], findings: readonly string[], milliseconds: number): void {
    const { out } = this.#context;
    this.#reports.push({ chapter: this.#chapter, title, classic, findings, milliseconds: Math.round(milliseconds) });
    this.say(...findings.map((line) => (line === '' ? '' : `   ${line}`)), `   ${out.style('green', 'ok')}`);
  }

  finish(value: { readonly [key: string]: JsonValue }): void {
    if (this.#context.json) this.#context.out.json({ ...value, steps: this.#reports });
  }
}
