/** Longest wait we pass on: one day. */
export const maxRetryAfterSeconds = 86_400;

const months = new Map(
  ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'].map((name, index) => [
    name,
    index,
  ]),
);

/**
 * Seconds to wait from a `Retry-After` value: an integer from 0 to 86,400, or undefined when the value says nothing.
 *
 * Reads delay-seconds and the three HTTP-date forms (IMF-fixdate, RFC 850, asctime). A date in the past means 0, a
 * longer wait is cut to one day; a fraction is rounded up; signs, exponents and anything else are not a delay.
 *
 * @param nowMs milliseconds since the epoch the date is compared with
 * @see RFC 9110 section 10.2.3 (Retry-After) and 5.6.7 (HTTP-date)
 */
export function parseRetryAfter(value: unknown, nowMs: number): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) && value >= 0 ? clamp(Math.ceil(value)) : undefined;
  if (typeof value !== 'string' || value.length > 64) return undefined;
  const text = value.trim();
  // Microsoft Graph has sent "0.249", which RFC 9110 does not know: rounded up, so that nobody comes too early.
  if (/^\d{1,15}(?:\.\d{1,9})?$/.test(text)) return clamp(Math.ceil(Number(text))); // accepts "17", refuses "1e3"
  const dateMs = parseHttpDate(text, nowMs);
  return dateMs === undefined || !Number.isFinite(nowMs) ? undefined : clamp(Math.ceil((dateMs - nowMs) / 1000));
}

function clamp(seconds: number): number {
  return seconds <= 0 ? 0 : Math.min(seconds, maxRetryAfterSeconds);
}

/** Milliseconds since the epoch, or undefined. Two-digit years follow RFC 9110: more than 50 years ahead is the past. */
function parseHttpDate(text: string, nowMs: number): number | undefined {
  const parts = text.split(/[ ,-]+/); // accepts "Sun, 06 Nov 1994 08:49:37 GMT", refuses nothing: fields are checked below
  const asctime = parts.length === 5;
  if (!asctime && (parts.length !== 6 || parts[5] !== 'GMT')) return undefined;
  const [dayText, monthText, timeText, yearText] = asctime
    ? [parts[2], parts[1], parts[3], parts[4]]
    : [parts[1], parts[2], parts[4], parts[3]];
  const month = months.get((monthText ?? '').toLowerCase());
  const clock = /^(\d\d):(\d\d):(\d\d)$/.exec(timeText ?? ''); // accepts "08:49:37", refuses "8:49"
  if (
    month === undefined ||
    clock === null ||
    !/^\d{1,2}$/.test(dayText ?? '') ||
    !/^(\d\d|\d{4})$/.test(yearText ?? '')
  ) {
    return undefined;
  }
  const day = Number(dayText);
  let year = Number(yearText);
  if (yearText?.length === 2) {
    const thisYear = new Date(nowMs).getUTCFullYear();
    year += Math.floor(thisYear / 100) * 100;
    if (year > thisYear + 50) year -= 100;
  }
  const [hour, minute, second] = [Number(clock[1]), Number(clock[2]), Number(clock[3])];
  if (hour > 23 || minute > 59 || second > 60) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month, day);
  // The day of another month: 0, 32, or 30 February.
  if (date.getUTCMonth() !== month) return undefined;
  return date.setUTCHours(hour, minute, second);
}
