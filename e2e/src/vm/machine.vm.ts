// The machine that the other suites run in: what it gives, and what it keeps from the host.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { release } from 'node:os';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { KernelModule } from './guest/kernel-module.js';

describe('the virtual machine', () => {
  it('runs a kernel whose modules are installed, as root', () => {
    expect(existsSync(`/lib/modules/${release()}/modules.dep`)).toBe(true);
    expect(process.geteuid?.()).toBe(0);
  });

  it('has this checkout inside, with a layer over it that takes what is written', () => {
    const self = fileURLToPath(import.meta.url);
    const text = readFileSync(self, 'utf8');
    writeFileSync(self, `${text}// changed\n`);
    expect(readFileSync(self, 'utf8')).toBe(`${text}// changed\n`);
    writeFileSync(self, text);
  });

  it('loads modules with parameters, and unloads them', async () => {
    {
      await using module = await KernelModule.load('scsi_debug', { dev_size_mb: 9 });
      expect(readFileSync(`/sys/module/${module.name}/parameters/dev_size_mb`, 'utf8')).toBe('9\n');
    }
    expect(existsSync('/sys/module/scsi_debug')).toBe(false);
  });

  it('has nothing of the network but the loopback', () => {
    const links = execFileSync('ls', ['/sys/class/net'], { encoding: 'utf8' });
    expect(links).toBe('lo\n');
  });
});
