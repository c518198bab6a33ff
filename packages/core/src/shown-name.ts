import { type ByteString } from './bytes.js';

/** How a name shows in the tree: a directory cannot have `/` in its name, so sysfs puts `!` there. */
export const shownName = (name: ByteString): ByteString => name.replaceAll('/', '!');
