import { type TreeWrite } from '../plan/operation.js';

/**
 * Does the work of a write, unless somebody uses what it takes away: then it throws an error whose `code` is `IN_USE`.
 *
 * @param looked Whether the uses of just that have been looked at this moment.
 */
export type Guard = (write: TreeWrite, work: () => Promise<void>, options: { readonly looked: boolean }) => Promise<void>;

export const isRefusal = (error: unknown): error is Error => error instanceof Error && 'code' in error && error.code === 'IN_USE';
