// Writes an invented sign-in log: Microsoft Graph's signIn shape, one object a line, about 1 KB a row.
// Deterministic: the same arguments give the same bytes. Nothing in it comes from a real tenant.
//
//   node test/cli/generate-sign-in-log.mjs FILE [rows = 1000000] [seed = 1]
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { pathToFileURL } from 'node:url';

const applications = [
  'Payroll',
  'Intranet',
  'Time "Sheets"',
  'Caf\u00e9 planner',
  'Orders \\ Stock',
  'Help desk',
  'Parking',
  'Library',
];
/** code, share of 1000, failure reason */
const failures = [
  [50076, 40, 'Due to a configuration change made by your administrator, you must use multi-factor authentication.'],
  [50126, 35, 'Error validating credentials due to invalid username or password.'],
  [53003, 20, 'Access has been blocked by Conditional Access policies.'],
  [50173, 15, 'The provided grant has expired due to it being revoked, a fresh auth token is needed.'],
  [65001, 12, 'The user or administrator has not consented to use the application.'],
  [7000222, 10, 'The provided client secret keys are expired.'],
  [50105, 8, 'The signed in user is not assigned to a role for the application.'],
  [90033, 5, 'A transient error has occurred. Please try again.'],
  [999123, 3, 'An invented reason for a code that no catalogue has: "quoted", with \\ and "errorCode":0 in it.'],
];

/** mulberry32: small, fast, the same everywhere. */
function createRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const hex = (value, width) => value.toString(16).padStart(width, '0');

/** One row after another, with its error code, so that a test can count for itself. */
export function* signInRows(count, seed = 1) {
  const random = createRandom(seed);
  const guid = () => {
    const [a, b, c, d] = [random, random, random, random].map((next) => Math.floor(next() * 4294967296));
    return `${hex(a, 8)}-${hex(b >>> 16, 4)}-4${hex(b & 0xfff, 3)}-8${hex(c >>> 20, 3)}-${hex(c & 0xffff, 4)}${hex(d, 8)}`;
  };
  const startMs = Date.UTC(2026, 0, 1);
  for (let index = 0; index < count; index += 1) {
    let pick = random() * 1000;
    const failure = failures.find(([, share]) => (pick -= share) < 0);
    const errorCode = failure === undefined ? 0 : failure[0];
    const application = applications[Math.floor(random() * applications.length)];
    const user = Math.floor(random() * 50_000);
    yield {
      id: guid(),
      createdDateTime: new Date(startMs + index * 2_500).toISOString(),
      userDisplayName: `User ${user}`,
      userPrincipalName: `user${user}@contoso.test`,
      userId: guid(),
      appId: guid(),
      appDisplayName: application,
      ipAddress: `192.0.2.${user % 250}`,
      clientAppUsed: 'Browser',
      correlationId: guid(),
      conditionalAccessStatus: errorCode === 53003 ? 'failure' : 'success',
      isInteractive: random() < 0.5,
      riskDetail: 'none',
      riskLevelAggregated: 'none',
      riskLevelDuringSignIn: 'none',
      riskState: 'none',
      riskEventTypes: [],
      resourceDisplayName: 'Microsoft Graph',
      resourceId: '00000003-0000-0000-c000-000000000000',
      status: {
        errorCode,
        failureReason: failure === undefined ? 'Other.' : failure[2],
        additionalDetails: errorCode === 0 ? 'MFA requirement satisfied by claim in the token' : null,
      },
      deviceDetail: {
        deviceId: '',
        displayName: '',
        operatingSystem: 'Windows 11',
        browser: 'Edge 130.0.0',
        isCompliant: false,
        isManaged: false,
        trustType: '',
      },
      location: {
        city: 'Utrecht',
        state: 'Utrecht',
        countryOrRegion: 'NL',
        geoCoordinates: { altitude: null, latitude: 52.09, longitude: 5.12 },
      },
      appliedConditionalAccessPolicies: [],
    };
  }
}

async function main([file, rows = '1000000', seed = '1']) {
  if (file === undefined) throw new Error('usage: node test/cli/generate-sign-in-log.mjs FILE [rows] [seed]');
  const out = createWriteStream(file);
  let batch = '';
  for (const row of signInRows(Number(rows), Number(seed))) {
    batch += `${JSON.stringify(row)}\n`;
    if (batch.length < 1_000_000) continue;
    if (!out.write(batch)) await once(out, 'drain');
    batch = '';
  }
  out.end(batch);
  await once(out, 'finish');
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href)
  await main(process.argv.slice(2));
