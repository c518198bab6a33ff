import { SysfsError, type SysfsStat } from '@scst/sysfs';
import { describe, expect, it } from 'vitest';
import { NodeTable, ROOT_NODE } from './nodes.js';

const directory: SysfsStat = { type: 'directory', mode: 0o755, size: 0, nlink: 2, uid: 0, gid: 0 };
const file: SysfsStat = { type: 'file', mode: 0o644, size: 4096, nlink: 1, uid: 0, gid: 0 };

const failure = (work: () => unknown): string | undefined => {
  try {
    work();
    return undefined;
  } catch (error) {
    return error instanceof SysfsError ? error.code : String(error);
  }
};

describe('NodeTable', () => {
  it('gives one node to one name, and its path', () => {
    const nodes = new NodeTable();
    const a = nodes.found(nodes.get(ROOT_NODE), 'a', directory);
    const b = nodes.found(a, 'b', file);
    expect(b.path).toBe('a/b');
    expect(nodes.found(a, 'b', file)).toBe(b);
    expect(nodes.get(b.id)).toBe(b);
  });

  it('keeps a node until all its lookups are forgotten', () => {
    const nodes = new NodeTable();
    const root = nodes.get(ROOT_NODE);
    const a = nodes.found(root, 'a', file);
    nodes.found(root, 'a', file);
    nodes.forget(a.id, 1);
    expect(nodes.get(a.id)).toBe(a);
    nodes.forget(a.id, 1);
    expect(failure(() => nodes.get(a.id))).toBe('ESTALE');
    expect(nodes.size).toBe(1);
    expect(nodes.found(root, 'a', file).id).not.toBe(a.id);
  });

  it('never forgets the root, and passes over nodes it does not know', () => {
    const nodes = new NodeTable();
    nodes.forget(ROOT_NODE, 1000);
    nodes.forget(77, 1);
    expect(nodes.get(ROOT_NODE).path).toBe('');
  });

  it('makes another node of a name that was missing in between; the old one and all below it stay gone', () => {
    const nodes = new NodeTable();
    const root = nodes.get(ROOT_NODE);
    const old = nodes.found(root, 'a', directory);
    const below = nodes.found(old, 'b', file);
    nodes.missing(root, 'a');
    const fresh = nodes.found(root, 'a', directory);
    expect(fresh.id).not.toBe(old.id);
    expect(failure(() => { nodes.assertThere(old); })).toBe('ENOENT');
    expect(failure(() => { nodes.assertThere(below); })).toBe('ENOENT');
    expect(failure(() => { nodes.assertThere(fresh); })).toBeUndefined();
    // Forgetting the old one does not take the place from the new one.
    nodes.forget(old.id, 1);
    expect(nodes.found(root, 'a', directory)).toBe(fresh);
  });

  it('makes another node of a name that is of another type', () => {
    const nodes = new NodeTable();
    const root = nodes.get(ROOT_NODE);
    const old = nodes.found(root, 'a', directory);
    const fresh = nodes.found(root, 'a', file);
    expect(fresh.id).not.toBe(old.id);
    expect(failure(() => { nodes.assertThere(old); })).toBe('ENOENT');
  });

  it('leads to another node while one is open for writing, and to the same again afterwards', () => {
    const nodes = new NodeTable();
    const root = nodes.get(ROOT_NODE);
    const first = nodes.found(root, 'a', file);
    nodes.beginWriting(first, 1);
    const second = nodes.found(root, 'a', file);
    expect(second.id).not.toBe(first.id);
    expect([second.path, second.ino]).toEqual([first.path, first.ino]);
    expect(nodes.found(root, 'a', file)).toBe(second);
    nodes.endWriting(first);
    expect(nodes.found(root, 'a', file)).toBe(second);
    nodes.forget(first.id, 1);
    expect(nodes.found(root, 'a', file)).toBe(second);
  });

  it('refuses a second writer of one node with ESTALE; from then on every lookup has a node of its own', () => {
    const nodes = new NodeTable();
    const root = nodes.get(ROOT_NODE);
    const shared = nodes.found(root, 'a', file);
    nodes.beginWriting(shared, 1);
    expect(failure(() => { nodes.beginWriting(shared, 2); })).toBe('ESTALE');
    nodes.endWriting(shared);
    const own = Array.from({ length: 10 }, () => nodes.found(root, 'a', file));
    expect(new Set(own.map((node) => node.id)).size).toBe(10);
    for (const node of own) expect(failure(() => { nodes.beginWriting(node, 3); })).toBeUndefined();
  });

  it('keeps lookups apart after a clash, also when the nodes of the clash are forgotten', () => {
    const nodes = new NodeTable();
    const root = nodes.get(ROOT_NODE);
    const shared = nodes.found(root, 'a', file);
    nodes.beginWriting(shared, 1);
    expect(failure(() => { nodes.beginWriting(shared, 2); })).toBe('ESTALE');
    nodes.endWriting(shared);
    nodes.forget(shared.id, 1);
    expect(nodes.found(root, 'a', file)).not.toBe(nodes.found(root, 'a', file));
  });

  it('refuses no thread twice: open(2) asks again only once', () => {
    const nodes = new NodeTable();
    const shared = nodes.found(nodes.get(ROOT_NODE), 'a', file);
    nodes.beginWriting(shared, 1);
    expect(failure(() => { nodes.beginWriting(shared, 2); })).toBe('ESTALE');
    expect(failure(() => { nodes.beginWriting(shared, 2); })).toBeUndefined();
    expect(failure(() => { nodes.beginWriting(shared, 2); })).toBe('ESTALE');
    nodes.endWriting(shared);
    nodes.endWriting(shared);
    expect(nodes.found(nodes.get(ROOT_NODE), 'a', file).path).toBe('a');
  });
});
