import { type DataDirection, type DirectionCount } from '../target/counters.js';
import { type AttributeRow } from './attribute.js';

/** What a counter file shows of a direction. */
interface CounterFile {
  readonly name: string;
  readonly direction: DataDirection;
  readonly value: (count: DirectionCount) => number;
}

const threeOf = (direction: 'read' | 'write' | 'bidi'): CounterFile[] => [
  { name: `${direction}_cmd_count`, direction, value: (count) => count.commands },
  { name: `${direction}_io_count_kb`, direction, value: (count) => count.kib },
  { name: `${direction}_unaligned_cmd_count`, direction, value: (count) => count.unaligned },
];

const FILES: readonly CounterFile[] = [
  ...threeOf('read'),
  ...threeOf('write'),
  ...threeOf('bidi'),
  { name: 'none_cmd_count', direction: 'none', value: (count) => count.commands },
  { name: 'unknown_cmd_count', direction: 'unknown', value: (count) => count.commands },
];

/** The counter files of a target or session. With `reset`, writing anything zeroes all counters of the direction. */
export const counterRows = <T>(
  count: (owner: T, direction: DataDirection) => DirectionCount,
  options: { queuedRead: boolean; reset?: (owner: T, direction: DataDirection) => void },
): readonly AttributeRow<T>[] =>
  FILES.map(({ name, direction, value }) => {
    const { reset } = options;
    return {
      name,
      mode: reset === undefined ? 0o444 : 0o644,
      value: (owner: T) => value(count(owner, direction)),
      queuedRead: options.queuedRead,
      ...(reset === undefined
        ? {}
        : {
            store: (owner: T) => {
              reset(owner, direction);
            },
          }),
    };
  });
