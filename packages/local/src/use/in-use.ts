import { type Scst } from '../scst.js';
import { type Use } from './use.js';

/** A device, or a session or one LUN of it, that somebody may be using: what a plan of `@scst/config` asks about. */
export type InUseSubject =
  | { readonly kind: 'device'; readonly device: string }
  | {
      readonly kind: 'session';
      readonly driver: string;
      readonly target: string;
      /** Name of the session's directory. */
      readonly session: string;
      /** Undefined: all of the session. */
      readonly lun: number | undefined;
    };

/** Says what uses the subjects of a plan, in words, or `false`: the rule of `refuseWhileInUse` for `apply` and `plan` of `@scst/config`. */
export const inUse =
  (scst: Scst) =>
  async (subject: InUseSubject): Promise<string | false> => {
    const uses = await usesOf(scst, subject);
    return uses.length === 0 ? false : [...new Set(uses.map(({ reason }) => reason))].join(', ');
  };

const usesOf = async (scst: Scst, subject: InUseSubject): Promise<Use[]> => {
  if (subject.kind === 'device') return await scst.device(subject.device).uses();
  const uses = await scst.driver(subject.driver).target(subject.target).session(subject.session).uses();
  return subject.lun === undefined ? uses : uses.filter(({ lun }) => lun === subject.lun);
};
