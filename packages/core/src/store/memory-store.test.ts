import { describe, expect, it } from 'vitest';
import type { StoreCallback } from './block-store.js';
import { MemoryStore } from './memory-store.js';

function code(work: (done: StoreCallback) => void): string | undefined {
  let result: string | undefined;
  work((error) => {
    result = error === null ? 'done' : error.code;
  });
  return result;
}

describe('MemoryStore', () => {
  it('is done before the call returns', () => {
    const store = new MemoryStore(1024);
    const buffer = new Uint8Array(3);
    expect(code((done) => { store.write(Uint8Array.of(1, 2, 3), 1000, done); })).toBe('done');
    expect(code((done) => { store.read(buffer, 1000, done); })).toBe('done');
    expect([...buffer]).toEqual([1, 2, 3]);
    expect(code((done) => { store.unmap(1001, 1, done); })).toBe('done');
    expect(code((done) => { store.read(buffer, 1000, done); })).toBe('done');
    expect([...buffer]).toEqual([1, 0, 3]);
  });

  it('has an end', () => {
    const store = new MemoryStore(Uint8Array.of(1, 2, 3));
    expect(store.size).toBe(3n);
    expect(code((done) => { store.read(new Uint8Array(2), 2, done); })).toBe('SHORT');
    expect(code((done) => { store.write(new Uint8Array(2), 2, done); })).toBe('ENOSPC');
  });
});
