// `node scripts/release.mjs publish`: publishes what is new, for the release workflow. Provenance names the repository that a package was built
// in, and npm wants the package to name the same one; where the code is hosted is known to the workflow only, and so stands in no manifest.
// `node scripts/release.mjs repository URL` only writes it.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, run } from './setup.mjs';

/** Writes the repository into every manifest that is published. Returns their paths. */
export const nameRepository = (url) => {
  if (!URL.canParse(url) || !url.startsWith('https://')) {
    console.error(`“${url}” is no https URL of a repository`);
    process.exit(2);
  }
  return ['packages', 'apps'].flatMap((kind) => readdirSync(join(root, kind)).map((name) => join(root, kind, name, 'package.json'))).filter((path) => {
    const manifest = JSON.parse(readFileSync(path, 'utf8'));
    if (manifest.private === true) return false;
    manifest.repository = { ...manifest.repository, type: 'git', url: `git+${url.replace(/\.git$/u, '')}.git` };
    writeFileSync(path, `${JSON.stringify(manifest, null, 2)}\n`);
    return true;
  });
};

const [action, url = `${process.env.GITHUB_SERVER_URL}/${process.env.GITHUB_REPOSITORY}`] = process.argv.slice(2);
switch (action) {
  case 'repository':
    for (const path of nameRepository(url)) console.log(path);
    break;
  case 'publish':
    nameRepository(url);
    run('npx', ['changeset', 'publish'], { env: { NPM_CONFIG_PROVENANCE: 'true' } });
    break;
  default:
    console.error('node scripts/release.mjs publish | repository URL');
    process.exit(2);
}
