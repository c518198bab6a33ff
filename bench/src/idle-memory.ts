// Run by itself in a process of its own: prints what idle devices cost, in bytes of resident memory.
import { embedded, TARGET } from './embedded.js';

const DEVICES = 1_000;

const resident = async (): Promise<number> => {
  for (let round = 0; round < 4; round++) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return process.memoryUsage().rss;
};

await using scst = await embedded();
const { tree } = scst.core;
await tree.read('version');
const before = await resident();
for (let number = 0; number < DEVICES; number++) {
  await tree.write('handlers/vdisk_nullio/mgmt', `add_device d${number}`);
  await tree.write(`${TARGET}/luns/mgmt`, `add d${number} ${number}`);
}
console.log((await resident()) - before);
