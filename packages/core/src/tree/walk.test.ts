import { describe, expect, it } from 'vitest';
import { DirectoryType, directoryRow, linkRow } from './directory.js';
import { walk, WalkError } from './walk.js';

interface Box {
  readonly inner: Box | null;
}

const boxType: DirectoryType<Box> = new DirectoryType<Box>('box', {
  attributes: [{ name: 'file', mode: 0o444, value: () => 'text' }],
  fixed: [
    { name: 'inner', kind: 'directory', when: (box) => box.inner !== null, entry: (box) => boxType.of(box.inner ?? box) },
    linkRow('up', () => '../inner'),
    linkRow('here', () => 'file'),
    linkRow('loop', () => 'loop'),
    linkRow('far', () => '../../../../../outside'),
    linkRow('self', () => './inner/../inner'),
  ],
});

const rootType = new DirectoryType<Box>('root', { fixed: [directoryRow('outside', boxType, (box) => box), directoryRow('inner', boxType, (box) => box)] });

const root = rootType.of({ inner: { inner: { inner: null } } });

const found = (path: string, follow = true): string => {
  try {
    const { entry, above } = walk(root, [], path, follow);
    return `${entry.kind} ${above.map(({ name }) => name).join('/')}`;
  } catch (error) {
    if (error instanceof WalkError) return error.code;
    throw error;
  }
};

describe('walking a path', () => {
  it.each([
    ['', 'directory '],
    ['inner/inner/file', 'file inner/inner/file'],
    ['inner//inner/', 'directory inner/inner'],
    ['inner/up/inner', 'directory inner/inner'],
    ['inner/here', 'file inner/file'],
    ['inner/self/file', 'file inner/inner/file'],
    ['inner/far/file', 'file outside/file'],
    ['inner/none', 'ENOENT'],
    ['inner/file/x', 'ENOTDIR'],
    ['inner/file/', 'ENOTDIR'],
    ['inner/loop', 'ELOOP'],
    ['inner/../inner', 'ENOENT'],
    ['./inner', 'ENOENT'],
    ['inner\0', 'ENOENT'],
    [`inner/${'x'.repeat(300)}`, 'ENOENT'],
    ['inner/'.repeat(700), 'ENAMETOOLONG'],
  ])('%j leads to %s', (path, place) => {
    expect(found(path)).toBe(place);
  });

  it('leaves a link at the end alone when asked to', () => {
    expect(found('inner/up', false)).toBe('link inner/up');
    expect(found('inner/up/', false)).toBe('directory inner');
  });
});
