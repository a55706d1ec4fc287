import type { CliIo } from './io.js';
import { formatBytes, formatCount } from './style.js';

/** Quiet for short inputs. */
const startAfterMs = 1_000;
const terminalEveryMs = 200;
/** Where standard error is a file, a line now and then. */
const plainEveryMs = 10_000;

export interface Progress {
  readonly report: (bytes: number, rows: number) => void;
  /** Removes the line from a terminal. */
  readonly end: () => void;
}

/** Progress of a long input on standard error: one line that rewrites itself on a terminal, else a line every 10 s. */
export function createProgress(io: CliIo, totalBytes: number | undefined): Progress {
  const { stderr } = io;
  const everyMs = stderr.isTTY === true ? terminalEveryMs : plainEveryMs;
  let nextMs = io.nowMs() + (stderr.isTTY === true ? startAfterMs : plainEveryMs);
  let shown = false;
  return {
    report: (bytes, rows) => {
      const nowMs = io.nowMs();
      if (nowMs < nextMs) return;
      nextMs = nowMs + everyMs;
      const share =
        totalBytes === undefined || totalBytes === 0
          ? ''
          : ` of ${formatBytes(totalBytes)} (${String(Math.min(100, Math.floor((100 * bytes) / totalBytes)))} %)`;
      const text = `reading: ${formatBytes(bytes)}${share}, ${formatCount(rows)} rows`;
      stderr.write(stderr.isTTY === true ? `\r\u001b[K${text}` : `${text}\n`);
      shown = true;
    },
    end: () => {
      if (shown && stderr.isTTY === true) stderr.write('\r\u001b[K');
    },
  };
}
