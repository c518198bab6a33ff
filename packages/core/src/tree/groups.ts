import { type AccessGroup, type InitiatorPattern } from '../target/access-group.js';
import { shownName } from '../shown-name.js';
import { type Target } from '../target/target.js';
import { type CollectionRow, directoryRow, DirectoryType, fileOf } from './directory.js';
import { lunsRow } from './luns.js';
import { mgmtRow, required } from './mgmt.js';
import { setAttributes } from './set-attributes.js';
import { findShown, shownDirectories } from './shown.js';

const NAME = 'an initiator name';

const mgmt = mgmtRow<AccessGroup>({
  commands: [
    { word: 'add', usage: 'add INITIATOR_NAME', run: (group, words) => group.addInitiator(required(words, NAME)) },
    { word: 'del', usage: 'del INITIATOR_NAME', run: (group, words) => group.deleteInitiator(required(words, NAME)) },
    {
      word: 'move',
      usage: 'move INITIATOR_NAME GROUP',
      run: (group, words) => {
        const name = required(words, NAME);
        const destination = required(words, 'the name of a group');
        return group.moveInitiator(name, destination);
      },
    },
    { word: 'clear', usage: 'clear', run: (group) => group.clearInitiators() },
  ],
  notes: '\nwhere INITIATOR_NAME may have the wildcards "*" and "?", and "!" before what must not match\n',
});

/** An initiator name is a file with the name in it. */
const initiators: CollectionRow<AccessGroup> = {
  lookup: (group, name) => {
    // What breaks the list cannot be opened either.
    const initiator = group.target.core.rules.slashBreaksLists ? group.initiators.get(name) : findShown(group.initiators, name);
    return initiator === undefined ? undefined : fileOf<InitiatorPattern>({ name, mode: 0o444, value: ({ pattern }) => pattern }, initiator);
  },
  *names(group) {
    for (const name of group.initiators.keys()) yield [shownName(name), 'file'];
  },
};

const initiatorsDirectory = new DirectoryType<AccessGroup>('group initiators', {
  attributes: [mgmt],
  collections: [initiators],
  broken: (group) => (group.target.core.rules.slashBreaksLists && [...group.initiators.keys()].some((name) => name.includes('/')) ? 'EIO' : undefined),
});

/** `ini_groups/G/` (SPEC sysfs 6.1). */
const groupDirectory = new DirectoryType<AccessGroup>('group', {
  attributes: setAttributes<AccessGroup>((group) => group),
  fixed: [directoryRow('initiators', initiatorsDirectory, (group) => group), lunsRow((group) => group)],
});

/** `ini_groups/` of a target (SPEC sysfs 6). */
export const groupsDirectory = new DirectoryType<Target>('target groups', {
  attributes: [
    mgmtRow<Target>({
      commands: [
        {
          word: 'create',
          usage: 'create GROUP_NAME',
          run: (target, words) => {
            target.createGroup(required(words, 'the name of a group'));
          },
        },
        { word: 'del', usage: 'del GROUP_NAME', run: (target, words) => target.deleteGroup(required(words, 'the name of a group')) },
      ],
    }),
  ],
  collections: [shownDirectories(groupDirectory, (target) => target.groups)],
});
