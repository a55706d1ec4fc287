/**
 * A log's time as `2026-01-31T09:05:00Z`, or undefined. Times without a zone are read as UTC, which is what Entra
 * writes; fractions of a second are cut; offsets are converted.
 */
export function asUtcSeconds(value: unknown): string | undefined {
  if (typeof value === 'number') return fromMs(value > 100_000_000_000 ? value : value * 1000);
  if (typeof value !== 'string' || value.length < 10 || value.length > 40) return undefined;
  const iso = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,]\d{1,9})?\s?(Z|[+-]\d\d:?\d\d)?$/.exec(value); // accepts "2026-01-31T09:05:00.123Z"
  if (iso !== null) {
    const [, date, clock, zone] = iso;
    if (zone === undefined || zone === 'Z') return plausible(`${date ?? ''}T${clock ?? ''}Z`);
    return fromMs(
      Date.parse(`${date ?? ''}T${clock ?? ''}${zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone}`),
    );
  }
  const dotNet = /^\/Date\((\d{10,14})\)\/$/.exec(value); // accepts "/Date(1700000000000)/" as PowerShell 5 writes it
  if (dotNet !== null) return fromMs(Number(dotNet[1]));
  // The portal in an English locale: "1/31/2026, 9:05:00 AM".
  return /^\d{1,2}\/\d{1,2}\/\d{4},? \d{1,2}:\d\d/.test(value) ? fromMs(Date.parse(`${value} UTC`)) : undefined; // refuses "31.01.2026"
}

function plausible(iso: string): string | undefined {
  return Number.isNaN(Date.parse(iso)) ? undefined : iso;
}

function fromMs(ms: number): string | undefined {
  return Number.isFinite(ms) && ms > 0 && ms < 253_402_300_799_000
    ? `${new Date(ms).toISOString().slice(0, 19)}Z`
    : undefined;
}

/** The first time in the first 256 characters of a log line: ISO 8601, or `"time":` in milliseconds (pino). */
export function timeOfLine(line: string): string | undefined {
  const head = line.slice(0, 256);
  const iso = /\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?/.exec(head); // accepts "2026-01-31 09:05:00,123"
  if (iso !== null) return asUtcSeconds(iso[0]);
  const epoch = /"(?:time|timestamp|ts)":\s?(\d{13})\b/.exec(head); // accepts `"time":1700000000000`
  return epoch === null ? undefined : asUtcSeconds(Number(epoch[1]));
}
