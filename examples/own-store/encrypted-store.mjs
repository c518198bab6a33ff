import { createCipheriv, createDecipheriv } from 'node:crypto';

/** AES-XTS (IEEE 1619) works on units of their own, each with its number as the tweak. */
const SECTOR = 512;

/** A backing store on top of another one that keeps everything encrypted. It implements BlockStore of @scst/core. */
export class EncryptedStore {
  #inner;
  #key;

  /** @param inner The store that keeps the bytes. @param key 64 bytes: two AES-256 keys. */
  constructor(inner, key) {
    this.#inner = inner;
    this.#key = key;
  }

  get size() {
    return this.#inner.size;
  }

  get geometry() {
    return this.#inner.geometry;
  }

  read(buffer, position, done) {
    this.#inner.read(buffer, position, (error) => {
      if (error === null) this.#convert(createDecipheriv, buffer, position, buffer);
      done(error);
    });
  }

  write(buffer, position, done) {
    // The initiator's data stay as they are.
    const encrypted = new Uint8Array(buffer.length);
    this.#convert(createCipheriv, buffer, position, encrypted);
    this.#inner.write(encrypted, position, done);
  }

  flush(done) {
    this.#inner.flush(done);
  }

  refresh() {
    return this.#inner.refresh();
  }

  close() {
    return this.#inner.close();
  }

  #convert(create, from, position, into) {
    const tweak = Buffer.alloc(16);
    for (let at = 0; at < from.length; at += SECTOR) {
      tweak.writeBigUInt64LE(BigInt((position + at) / SECTOR));
      into.set(create('aes-256-xts', this.#key, tweak).update(from.subarray(at, at + SECTOR)), at);
    }
  }
}
