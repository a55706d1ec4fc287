import { TextDecoder } from 'node:util';
import { open, stat } from 'node:fs/promises';
import { badInput, type CliIo } from './io.js';

const chunkBytes = 1_048_576;
/** How much is looked at to tell what the input is. */
export const sniffBytes = 65_536;

/**
 * The bytes of a file, or of standard input for `-`.
 *
 * A file is read into two buffers in turn: the next read runs while the caller works on the last. A chunk is valid only
 * until the next one is asked for.
 */
export function openInput(name: string, io: CliIo): AsyncIterable<Uint8Array> {
  return name === '-' ? readStdin(io) : readFileChunks(name);
}

async function* readStdin(io: CliIo): AsyncGenerator<Uint8Array> {
  try {
    yield* io.stdin;
  } catch (error) {
    throw unreadable('standard input', error);
  }
}

async function* readFileChunks(path: string): AsyncGenerator<Buffer> {
  const handle = await open(path, 'r').catch((error: unknown) => {
    throw unreadable(path, error);
  });
  // Kept outside the loop: a read that still runs when the caller stops must end before the file is closed.
  let pending: Promise<{ bytesRead: number }> | undefined;
  try {
    let current = Buffer.allocUnsafeSlow(chunkBytes);
    let next = Buffer.allocUnsafeSlow(chunkBytes);
    pending = handle.read(current, 0, chunkBytes, null);
    for (;;) {
      const { bytesRead } = await pending;
      if (bytesRead === 0) return;
      pending = handle.read(next, 0, chunkBytes, null);
      // The caller may stop before this is awaited.
      pending.catch(() => undefined);
      yield current.subarray(0, bytesRead);
      [current, next] = [next, current];
    }
  } catch (error) {
    throw unreadable(path, error);
  } finally {
    await pending?.catch(() => undefined);
    await handle.close();
  }
}

const reasons: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'there is no such file'],
  ['EISDIR', 'it is a folder'],
  ['EACCES', 'access is denied'],
  ['EPERM', 'access is denied'],
  ['ENAMETOOLONG', 'the name is too long'],
]);

function unreadable(path: string, error: unknown): Error {
  const systemCode =
    error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  if (systemCode === undefined) return error instanceof Error ? error : badInput(`cannot read ${path}`);
  return badInput(`cannot read ${path}: ${reasons.get(systemCode) ?? systemCode}`);
}

/** Whether the text names an existing file or folder, so that it is read instead of explained. */
export async function isExistingPath(text: string): Promise<boolean> {
  if (text.length > 1024 || text.includes('\n') || text.includes('\0')) return false;
  try {
    await stat(text);
    return true;
  } catch {
    return false;
  }
}

export async function sizeOf(name: string): Promise<number | undefined> {
  if (name === '-') return undefined;
  try {
    return (await stat(name)).size;
  } catch {
    return undefined;
  }
}

/**
 * Chunks as UTF-8 without a byte order mark, whatever Unicode encoding they came in.
 *
 * @throws CliError for compressed or binary data
 */
export async function* asUtf8(chunks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Buffer> {
  let decoder: TextDecoder | undefined;
  let head: Buffer | undefined = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    if (head === undefined) {
      yield decoder === undefined ? bytes : Buffer.from(decoder.decode(bytes, { stream: true }));
      continue;
    }
    head = head.length === 0 ? bytes : Buffer.concat([head, bytes]);
    if (head.length < 4) {
      head = Buffer.from(head);
      continue;
    }
    decoder = decoderFor(head, name);
    yield decode(head, decoder);
    head = undefined;
  }
  if (head !== undefined && head.length > 0) {
    decoder = decoderFor(head, name);
    yield decode(head, decoder);
  }
  const rest = decoder?.decode();
  if (rest !== undefined && rest !== '') yield Buffer.from(rest);
}

function decode(head: Buffer, decoder: TextDecoder | undefined): Buffer {
  if (decoder !== undefined) return Buffer.from(decoder.decode(head, { stream: true }));
  return hasUtf8Mark(head) ? head.subarray(3) : head;
}

function hasUtf8Mark(head: Buffer): boolean {
  return head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf;
}

/** The decoder for UTF-16, undefined for UTF-8. Excel and PowerShell 5 write UTF-16 LE with a byte order mark. */
function decoderFor(head: Buffer, name: string): TextDecoder | undefined {
  const [first, second] = head;
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le');
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be');
  const label = name === '-' ? 'standard input' : name;
  if (first === 0x1f && second === 0x8b)
    throw badInput(`${label} is gzip-compressed: try "gunzip -c FILE | aad-errors report -"`);
  if (first === 0x50 && second === 0x4b && head[2] === 3)
    throw badInput(`${label} is a ZIP archive (or an Excel file): unpack it, or export it as CSV`);
  const look = head.subarray(0, sniffBytes);
  // Without a byte order mark: ASCII in UTF-16 has a zero in every second byte.
  if (head.length >= 4 && first !== 0 && second === 0 && head[2] !== 0 && head[3] === 0)
    return new TextDecoder('utf-16le');
  if (look.includes(0)) throw badInput(`${label} is binary, not text: no code can be read from it`);
  return undefined;
}

/**
 * The whole input as text, at most `maxBytes` of it.
 *
 * @returns `cut`: there was more
 */
export async function readText(name: string, io: CliIo, maxBytes: number): Promise<{ text: string; cut: boolean }> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const chunk of asUtf8(openInput(name, io), name)) {
    parts.push(Buffer.from(chunk.subarray(0, maxBytes - size)));
    size += chunk.length;
    if (size > maxBytes) break;
  }
  return { text: Buffer.concat(parts).toString('utf8'), cut: size > maxBytes };
}
