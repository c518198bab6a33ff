import { type Group, type Target } from '@scst/local';

/** Where an object of a target is, for `--json`. */
export type Place = {
  readonly driver: string;
  readonly target: string;
  /** The access-control group it belongs to; absent for the target’s own. */
  readonly group?: string | undefined;
};

/** The place of a target, or of one of its groups. */
export const placeOf = ({ target, group }: { readonly target: Pick<Target, 'driver' | 'name'>; readonly group?: Pick<Group, 'name'> | undefined }): Place => ({
  driver: target.driver,
  target: target.name,
  group: group?.name,
});
