const exitText = `Exit codes:
  0  done
  1  the input was read, but it holds no code, challenge or row to report
  2  unknown command, option or value
  3  the input cannot be read: no such file, a folder, binary or compressed data
  4  a bug of this tool`;

const commonText = `  --json         print JSON for programs
  --lang TAG     language of the texts: en, nl, de, fr, ja, ... (developer texts: en and nl)
  -h, --help     this help`;

/** `aad-errors --help`. */
export const mainHelp = `aad-errors: what an error of Microsoft Entra ID (Azure AD) means, who must act, and what to do.
Works offline; nothing that you paste leaves this machine.

Usage: aad-errors <command> [options]

Commands:
  explain <code | text | file | ->   what happened, what to do, what the user reads
  challenge <WWW-Authenticate>       decode a claims challenge and say what it asks for
  list                               all codes, or those with an action, situation, who or delivery
  search <words>                     rows of the catalogue with all of the words
  report <file | ->                  failures of a sign-in log or an application log, grouped
  local-entra                        a test double of Entra ID on this machine

Try:
  aad-errors explain 50076
  aad-errors explain 'AADSTS700016: Application with identifier ... Trace ID: ...'
  aad-errors explain 53003 --lang nl
  kubectl logs my-app | aad-errors report -
  aad-errors report SignIns.csv --json > report.json
  aad-errors challenge 'Bearer error="insufficient_claims", claims="eyJhY2Nlc3NfdG9rZW4i..."'
  aad-errors list --action fix_config --who developer
  aad-errors search expired secret

Options of every command:
${commonText}
  --version      version of aad-error-handler

Colours are used on a terminal only; NO_COLOR=1 turns them off.

${exitText}
`;

const commandHelp: ReadonlyMap<string, string> = new Map([
  [
    'explain',
    `Usage: aad-errors explain <code | text | file | ->

Says what happened, which action the error asks for, who must act, the remedy, and the ids for a support case.
A bare code is looked up in the catalogue. Anything else is read the way the middleware reads it, so claims,
suberror and HTTP status count. An existing file is read (first 1 MB); - reads standard input.

  aad-errors explain 53003
  aad-errors explain AADB2C90118 --lang de
  aad-errors explain invalid_grant
  aad-errors explain 'invalid_client: AADSTS7000215: Invalid client secret provided. Trace ID: ...'
  aad-errors explain token-response.json --json | jq .remedy
  pbpaste | aad-errors explain -

Options:
${commonText}

Exit code 1 means: no code found, or a code that nobody has documented (its link is printed).
`,
  ],
  [
    'challenge',
    `Usage: aad-errors challenge <value of WWW-Authenticate | claims | ->

Lists the challenges of the header value, decodes the claims (base64, base64url or JSON) and says what they ask for.
Put the value between single quotes, because it holds double quotes itself. A claims value alone works too.
An address in the challenge is shown, never followed.

  aad-errors challenge 'Bearer realm="", error="insufficient_claims", claims="eyJhY2Nlc3NfdG9rZW4iOnsi..."'
  curl -si https://graph.microsoft.com/v1.0/me | grep -i '^www-authenticate' | aad-errors challenge -

Options:
${commonText}
`,
  ],
  [
    'list',
    `Usage: aad-errors list [--action A] [--situation S] [--who W] [--delivery D]

Lists the codes of the catalogue; several options narrow the list.

  aad-errors list --action contact_admin
  aad-errors list --situation mfa-required --json
  aad-errors list --who developer --delivery token

Options:
  --action A     retry, interactive, claims_challenge, consent, admin_consent, contact_admin, fix_config,
                 user_cancelled, unknown
  --situation S  what the user is told, such as mfa-required or secret-expired
  --who W        user, admin, developer, microsoft, nobody
  --delivery D   entra-page, redirect, token, resource, sign-in-log
${commonText}
`,
  ],
  [
    'search',
    `Usage: aad-errors search <words>

Finds rows whose code, name, summary, remedy or situation hold all the words; also OAuth, MSAL, @azure/identity,
resource and network errors.

  aad-errors search expired secret
  aad-errors search guest --lang nl

Options:
  --limit N      at most N rows (default 20)
${commonText}
`,
  ],
  [
    'report',
    `Usage: aad-errors report <file | ->

Reads a log as a stream (memory does not grow with it) and prints the failures grouped by action and who must act,
then by code, then by application, with counts, first and last seen. The format is recognised:
  sign-in log    the portal's CSV or JSON download; pages of Microsoft Graph auditLogs/signIns ({"value":[...]});
                 one JSON object a line (NDJSON); Azure Monitor's SignInLogs; Log Analytics exports
  text           an application log: lines with AADSTS or AADB2C codes, or with an OAuth error body
UTF-8 and UTF-16 are read, with or without byte order mark. Times without a zone count as UTC.
A row that is cut or damaged is counted as unreadable, never guessed. A text is counted once for each line.

  aad-errors report SignIns_2026-01-01_2026-01-31.csv
  aad-errors report signins.ndjson --top 20
  gunzip -c app.log.gz | aad-errors report - --json | jq '.groups[] | select(.who == "developer")'

Options:
  --top N        applications shown for each code (default 5); --json has all
  --stats        rows per second and memory on standard error
${commonText}
`,
  ],
  [
    'local-entra',
    `Usage: aad-errors local-entra [--port N] [--pages]

Starts LocalEntra, the test double of aad-error-handler/testing, on 127.0.0.1 and prints its address, a client id and
secret, and its users. It signs in whoever asks and is no identity provider. Ctrl-C stops it.

  aad-errors local-entra --port 4400
  aad-errors local-entra --json

Options:
  --port N       TCP port of 1 to 65535 (default: a free one)
  --pages        show pages with buttons instead of signing in at once
${commonText}
`,
  ],
]);

export const helpOf = (command: string): string | undefined => commandHelp.get(command);

export const commandNames: readonly string[] = [...commandHelp.keys()];
