import { type Attributes } from '@scst/local';
import { type Context } from '../context.js';

/** Writes attributes one after the other, so that those before one that is refused have been set. */
export const setAttributes = async (context: Context, attributes: Attributes, assignments: readonly (readonly [name: string, value: string])[]): Promise<void> => {
  for (const [name, value] of assignments) await attributes.set(name, value, { signal: context.signal });
};
