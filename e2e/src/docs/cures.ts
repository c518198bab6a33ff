/** What is behind an error of a code, and what to do about it. */
export interface Cure {
  readonly cause: string;
  readonly cure: string;
}

/** A class of errors, as its page introduces it. */
export interface Kind {
  readonly title: string;
  readonly about: string;
  readonly cures: Readonly<Record<string, Cure>>;
}

const cure = (cause: string, what: string): Cure => ({ cause, cure: what });

/** Errno that SCST answers with; the texts under them say which of the causes it was. */
const ERRNO: Readonly<Record<string, Cure>> = {
  EACCES: cure('the file’s mode forbids it, for root too', 'run as the user the tree belongs to; write-only files cannot be read'),
  EAGAIN: cure('SCST is still carrying the command out, or waits for commands to end', 'wait; `get last_sysfs_mgmt_res` tells how it ended'),
  EBADF: cure('the file was opened for another access, or has been closed', 'open it again, for what is to be done'),
  EBADSLT: cure('another target has the relative target port id', 'choose a free one, or 0 to let SCST choose'),
  EBUSY: cure('sessions, commands or exports still use it', 'take those away first; `tree` shows them'),
  EEXIST: cure('there is one of that name, number or serial number', 'choose another, or take the first away'),
  EFAULT: cure('the name is that of a target or of a file in the driver’s directory', 'choose another name'),
  EINTR: cure('the call was aborted', 'nothing is wrong; a command that SCST had begun may go on'),
  EINVAL: cure('a word, number or state that SCST does not take here', 'read the text, then the `mgmt` file of the directory: it lists what is taken'),
  EIO: cure('the backing file could not be read or written, or a directory has a name with “/”', 'look at the kernel’s log; delete the name'),
  EISDIR: cure('it is a directory', 'name a file in it'),
  EMEDIUMTYPE: cure('the device is not active', 'set `active` to 1 first'),
  EMFILE: cure('one client holds too many files open', 'close some'),
  ENAMETOOLONG: cure('the name is longer than SCST or its files allow', 'choose a shorter one'),
  ENFILE: cure('the mount holds as many files open as it may', 'close some'),
  ENODEV: cure('what the open file belonged to has gone', 'look for it anew'),
  ENOENT: cure('there is no such object, attribute or backing file', 'check the name; `tree` lists what there is'),
  ENOMEM: cure('there was not enough memory', 'make the request smaller, or free memory'),
  ENOSYS: cure('this SCST does not have it', 'load the module that brings it, or do without'),
  ESTALE: cure('another file has taken the name of the one that is open', 'move the old file back, or set `active` to 0 and then to 1 to use the other'),
  ENOTBLK: cure('vdisk_blockio takes block devices only', 'use vdisk_fileio for files'),
  EOVERFLOW: cure('a number has more bits than there is room for', 'give a smaller one'),
  EPERM: cure('SCST does not allow it in this state', 'read the text for the state that does'),
  ERANGE: cure('a number is too large or too small', 'give one within the range that the text names'),
};

const TRANSPORT: Readonly<Record<string, Cure>> = {
  ABORTED: cure('the command was aborted by its caller or by a reset', 'send it again if it is still wanted'),
  CLOSED: cure('the logical unit was closed', 'open it again'),
  FAILED: cure('the kernel could not carry the command to the device', 'look at the kernel’s log for the host'),
  GONE: cure('the target, session or device has gone', 'look for it anew; `session list` shows what there is'),
  REFUSED: cure('the request cannot be sent as it is', 'read the text: lengths and data must fit the CDB and the limits'),
  TIMEOUT: cure('there was no answer in time', 'give it longer, or reset the LUN; a black hole and a suspended SCST do not answer'),
};

/** By class of error; `Explanation` are the reasons @scst/sysfs finds behind an errno, `Diagnostic` what @scst/config finds in a file. */
export const KINDS: Readonly<Record<string, Kind>> = {
  CliError: {
    title: 'The program scst-local',
    about: 'What the program itself refuses. With `--json` the code stands in `error.code`.',
    cures: {
      FAILED: cure('something the command relies on did not work', 'read the text; it names the file or the object'),
      IN_USE: cure('somebody uses what is to be taken away', 'end that use first, or give `--force`'),
      LOCKED: cure('another server has the state directory', 'use that server, stop it, or give another `--state`'),
      MISMATCH: cure('what was read is not what was expected', 'compare the two; a verification that fails means that the data differ'),
      OUTPUT: cure('the disk that standard output goes to is full, or a limit was reached', 'make room and run it again; of what was printed a part is missing'),
      REFUSED: cure('it would do harm, or cannot mean what was meant', 'read the hint; most have an option that says so'),
      SCSI_STATUS: cure('the logical unit answered with another status than GOOD', '`scsi explain` says what sense data mean'),
      UNHEALTHY: cure('a check found something wrong', 'the lines above say what'),
      USAGE: cure('the command line means nothing', '`--help` after the command shows what it takes'),
    },
  },
  LocalError: {
    title: 'Handles on an SCST (@scst/local)',
    about: 'What is refused or not found before SCST is asked.',
    cures: {
      BAD_ARGUMENT: cure('a value that SCST would take for another one', 'give one that the text names'),
      IN_USE: cure('somebody uses what is to be taken away', 'end that use first, or force it'),
      NOTHING_THERE: cure('neither the kernel’s SCST nor a server is where it was looked for', 'start `scst-local serve`, load the kernel’s modules, or say `--connect`'),
      NOT_FOUND: cure('there is no such object', 'list what there is: names are case-sensitive'),
      UNSUPPORTED: cure('this SCST, reached this way, cannot do it', 'connect to the server’s socket, or to the kernel, as the hint says'),
    },
  },
  Explanation: { title: 'What SCST refuses, explained', about: 'SCST answers a write with an errno alone. These are the reasons behind it, by the file and the command.', cures: ERRNO },
  SysfsError: { title: 'The tree (@scst/sysfs and its implementations)', about: 'Errors of reading and writing attributes; they carry the errno, the path and what was written.', cures: ERRNO },
  ScstError: { title: 'The core’s own reasons (@scst/core)', about: 'What the user-space core says when it refuses; through the tree it is the errno.', cures: ERRNO },
  StoreError: {
    title: 'Backing stores (@scst/core)',
    about: 'Errors of files and devices behind a disk; initiators see them as sense data.',
    cures: {
      EINVAL: cure('it is no file that can be a disk', 'give a regular file or a block device'),
      ENOENT: cure('the file does not exist', '`device add --create SIZE` makes it'),
      ENOSPC: cure('the store ends before the write does', 'make the file system or the store larger'),
      ENOTBLK: ERRNO['ENOTBLK'] ?? cure('', ''),
      EBUSY: cure('the block device is mounted, part of something else, or held by another program', 'end that use first; or give `read_only=1`'),
      EBADF: cure('the backing file was closed meanwhile', 'send the command again once the device is `active`'),
      EIO: cure('the file or its device failed; a failure to flush stays until the file is opened anew', 'mend the storage; check the data; then set `active` to 0 and to 1'),
      ENXIO: cure('the backing file is closed', 'set `active` to 1'),
      SHORT: cure('the file is shorter than its device', 'make the file as long as it was, or resize the device'),
    },
  },
  ReservationFileError: {
    title: 'Saved reservations (@scst/core)',
    about: 'The files in which persistent reservations outlive a restart.',
    cures: {
      DAMAGED: cure('the file is cut off or was changed', 'SCST goes on with the other copy; else remove the file, and register anew'),
      UNKNOWN_FORMAT: cure('it is no such file, or one of another version', 'give another `pr_file_name`'),
    },
  },
  TransportError: { title: 'Commands that got no answer (@scst/scsi)', about: 'A command that could not be delivered or was not answered, as opposed to one that was refused.', cures: TRANSPORT },
  RemoteError: {
    title: 'The socket (@scst/remote)',
    about: 'Between a client and a server on a unix socket.',
    cures: {
      ERR_BAD_REQUEST: cure('the server does not understand what was asked', 'update the older of the two; by hand: compare with packages/remote'),
      ERR_CLOSING: cure('the server is ending', 'wait until it is back'),
      ERR_CONNECTION: cure('the connection broke', 'check that the server still runs'),
      ERR_LIMIT: cure('one of the server’s limits was reached', 'close what is open, or send less at a time'),
      ERR_NOT_FOUND: cure('there is no such endpoint or handle', 'open it again; handles end with their client and after a time of idleness'),
      ERR_NO_SERVER: cure('nothing listens on the socket, or it is another user’s', 'start `scst-local serve`, or run as the user it runs as'),
      ERR_PROTOCOL: cure('what answers is no server of this version', 'update the older of the two'),
      ERR_SERVER_ALIVE: cure('a server is there already', 'use it, or give another `--socket`'),
      ERR_SOCKET_PATH: cure('the path cannot be a socket', 'give a shorter path, in a directory that is yours'),
      ERR_TIMEOUT: cure('there was no answer in time', 'SCST may be suspended: look at `get suspend`'),
    },
  },
  FuseError: {
    title: 'Mounts (@scst/fuse)',
    about: 'Mounting a tree as files.',
    cures: {
      ALREADY_MOUNTED: cure('something is mounted there', 'unmount it, or choose another directory'),
      COVERED: cure('something else was mounted over it', 'unmount that first'),
      DIRECTORY_MISSING: cure('the mount point does not exist', 'make it'),
      DIRECTORY_NOT_EMPTY: cure('the mount point holds files, which would be hidden', 'choose an empty directory'),
      MOUNT_FAILED: cure('mount(8) or fusermount3 refused', 'read what it said; containers need /dev/fuse and the right to mount'),
      NOT_A_DIRECTORY: cure('the mount point is no directory', 'choose a directory'),
      NO_PERMISSION: cure('/dev/fuse or the mount point is not yours', 'run as root, or install fusermount3'),
      NO_PROGRAM: cure('neither mount(8) nor fusermount3 can be used', 'install fuse3'),
      UNMOUNT_FAILED: cure('somebody still uses files of the mount', 'end those programs; `umount -l` as the last resort'),
    },
  },
  Diagnostic: {
    title: 'Configuration files (@scst/config)',
    about: 'What `config check` finds, with line and column. Errors forbid an apply; warnings do not.',
    cures: {
      'bad-json': cure('the JSON has another form than a configuration', 'compare with `config json`'),
      'bad-lun': cure('a LUN is a number from 0 to 16383', 'give such a number'),
      'bad-name': cure('SCST cannot have an object of that name', 'choose another name'),
      'bad-selector': cure('nothing is selected by that text', 'name what stands in the configuration'),
      'bad-value': cure('SCST would refuse the value', 'give one that the text names'),
      binary: cure('the file holds bytes that no text has', 'it is another file'),
      'byte-order-mark': cure('an editor put a mark before the text', 'save it without'),
      'comment-without-blank': cure('“#” within a word is part of it', 'put a blank before the comment'),
      contradiction: cure('two lines say opposite things', 'keep the one that is meant'),
      duplicate: cure('an object or attribute stands twice', 'join the two'),
      'line-too-long': cure('a line is longer than any value SCST takes', 'shorten it'),
      'misplaced-brace': cure('a brace where none may be', 'look at the line before'),
      'misplaced-section': cure('the section belongs into another one', 'move it'),
      'missing-attribute': cure('the device cannot be made without it', 'add it'),
      'missing-file': cure('the backing file is not there', 'make it, or correct the path'),
      'missing-name': cure('the section needs a name', 'add it'),
      'no-lun-0': cure('initiators look at LUN 0 first', 'map a device there, unless all of yours ask with REPORT LUNS'),
      'old-format': cure('the file is of SCST 1', 'write it anew; `config save` makes one of what there is'),
      'surplus-word': cure('words after the end of a statement', 'quote a value with blanks'),
      'too-deep': cure('sections within sections beyond any meaning', 'close some'),
      'too-large': cure('no configuration is that long', 'it is another file'),
      'too-many-errors': cure('the rest is left out', 'mend the first ones'),
      'unclosed-block': cure('a “}” is missing', 'add it'),
      'unknown-attribute': cure('SCST has no such attribute there', 'check the spelling; `device show` lists what there is'),
      'unknown-device': cure('a LUN names a device that is nowhere', 'add the device, or correct its name'),
      'unknown-driver': cure('the target driver is not there', 'load its module'),
      'unknown-handler': cure('the device handler is not there', 'load its module'),
      'unknown-section': cure('there is no such section', 'check the spelling'),
      'unknown-target': cure('the driver’s targets come from hardware, and this one is not there', 'correct the name'),
      'unterminated-quote': cure('a quote is not closed on its line', 'close it'),
    },
  },
  ExporterError: {
    title: 'The collector (@scst/exporter)',
    about: 'Errors of programs that register the collector.',
    cures: {
      BAD_OPTION: cure('an option that cannot be', 'read the text; it says what may be'),
      CLOSED: cure('the collector was closed', 'make a new one'),
    },
  },
  AppError: {
    title: 'The program scst-exporter',
    about: 'What the exporter refuses at its start, or when its web configuration changes.',
    cures: {
      LISTEN: cure('the address cannot be listened on', 'choose a free port, or an address of this machine'),
      OUTPUT: cure('the disk that standard output goes to is full, or a limit was reached', 'make room and run it again; of what was printed a part is missing'),
      WEB_CONFIG: cure('the web configuration is wrong', 'mend the line that the text names; until then the old one stays in force'),
    },
  },
  IscsiError: {
    title: 'The iSCSI protocol (@scst/iscsi)',
    about: 'What an iSCSI target refuses of its peers and of its owner.',
    cures: {
      ERR_CLOSED: cure('the target or connection has ended', 'make a new one'),
      ERR_LISTEN: cure('the portal cannot be listened on', 'choose a free port, or an address of this machine'),
      ERR_MALFORMED: cure('the peer sent what the protocol does not allow', 'nothing to be done here: the connection is closed; look at the initiator'),
      ERR_OPTION: cure('an option that cannot be', 'read the text; it says what may be'),
      ERR_RANGE: cure('a number does not fit into its field', 'give a smaller one'),
    },
  },
  IscsiDriverError: {
    title: 'The iSCSI target program',
    about: 'What joins iSCSI sessions to SCST refuses.',
    cures: {
      BAD_PORTAL: cure('the text is no address and port', 'write ADDRESS:PORT, IPv6 in brackets'),
      TOO_MANY_SESSIONS: cure('as many sessions are there as are allowed', 'raise the limit, or end some'),
    },
  },
  DiscoveryError: {
    title: 'SCSI devices of the machine (@scst/sg-io)',
    about: 'Finding the devices that a session’s host has made.',
    cures: {
      NOT_FOUND: cure('there is no such device', 'let the host look again; check that the LUN is mapped'),
      REFUSED: cure('the kernel did not allow it', 'run as root'),
      TIMEOUT: cure('the device did not appear in time', 'look at the kernel’s log for what its scan met with'),
    },
  },
  SgError: {
    title: 'SCSI generic devices (@scst/sg-io)',
    about: 'Commands to devices of the machine.',
    cures: {
      NOT_SG: cure('the node is no SCSI generic or bsg device', 'give /dev/sgN; `devices` lists them'),
      NO_NATIVE_PART: cure('the package has no native part for this machine', 'use Linux on x64 or arm64, or build it (docs/architecture.md)'),
      OPEN_FAILED: cure('the node could not be opened', 'run as root; modprobe sg'),
    },
  },
};
