import { existsSync } from 'node:fs';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext, type BrowserContextOptions } from 'playwright-core';

export const executablePath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';

/** Whether Chromium is here; without it the browser tests are left out, and say so. */
export const hasChromium = existsSync(executablePath);

if (!hasChromium) console.log(`browser tests left out: no Chromium at ${executablePath} (set CHROMIUM_PATH)`);

/** Background networking is off: a test machine may have no network at all. */
export const browserArguments = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
] as const;

/** A fresh profile. */
export function openBrowser(options: BrowserContextOptions = {}): Promise<BrowserContext> {
  return chromium.launchPersistentContext(mkdtempSync(join(tmpdir(), 'aad-browser-')), {
    executablePath,
    headless: true,
    args: [...browserArguments],
    ...options,
  });
}
