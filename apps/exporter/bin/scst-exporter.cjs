#!/usr/bin/env node
// The kernel may leave a read of an attribute without an answer, and with it a thread of the pool that all file operations of the process
// share. The pool is made before a module of the other kind is loaded, so its size is set here.
process.env.UV_THREADPOOL_SIZE ??= '16';
import('../dist/cli.js');
