// A process of its own, started by exporter.ts: scrapes a mounted tree each time it is told to, and answers with what that took. Who serves
// a mount must not read it.
import { ScstCollector } from '@scst/exporter';
import { HostTree } from '@scst/sysfs';

export interface Scrape {
  readonly milliseconds: number;
  /** Files that were read, each once. */
  readonly files: number;
  readonly series: number;
  readonly complete: boolean;
}

const tree = new HostTree({ root: process.argv[2] });
let files = 0;
const read = tree.read.bind(tree);
tree.read = (path, options) => {
  files += 1;
  return read(path, options);
};
// The whole of the tree takes longer than a second's attribute timeout allows on a machine that is busy.
const collector = new ScstCollector({ tree }, { metrics: { deny: ['scst_module_info'] }, limits: { timeout: 300_000, attributeTimeout: 60_000 } });

process.on('message', () => {
  files = 0;
  const started = performance.now();
  void collector.metrics().then((text) => {
    const scrape: Scrape = { milliseconds: performance.now() - started, files, series: text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length, complete: text.includes('scst_scrape_complete 1\n') };
    process.send?.(scrape);
  });
});
