// Run by itself in a process of its own: prints what idle devices cost, in bytes: resident memory and memory held on the heap.
import { embedded, TARGET } from './embedded.js';

const DEVICES = 1_000;

const settled = async (): Promise<{ resident: number; held: number }> => {
  for (let round = 0; round < 4; round++) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const { rss, heapUsed, external } = process.memoryUsage();
  return { resident: rss, held: heapUsed + external };
};

await using scst = await embedded();
const { tree } = scst.core;
// Reading warms up what garbage collection makes resident for any program: that part is Node's own.
for (let round = 0; round < 20_000; round++) await tree.read('version');
const before = await settled();
for (let number = 0; number < DEVICES; number++) {
  await tree.write('handlers/vdisk_nullio/mgmt', `add_device d${number}`);
  await tree.write(`${TARGET}/luns/mgmt`, `add d${number} ${number}`);
}
const after = await settled();
console.log(JSON.stringify({ resident: after.resident - before.resident, held: after.held - before.held }));
