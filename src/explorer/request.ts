import { aadActions } from '../catalog/index.js';
import type { AadAction } from '../types.js';

/** What the person asked the explorer for. Everything in it is from outside. */
export interface ExplorerRequest {
  /** Words to search for; absent: no search. */
  readonly query: string | undefined;
  readonly action: AadAction | undefined;
  /** Page of the results, from 1. */
  readonly page: number;
  /** Key or code of a catalogue entry. */
  readonly entry: string | undefined;
  readonly example: string | undefined;
  /** The pasted text. */
  readonly text: string | undefined;
  /** Access token of the failed call; read once and dropped. */
  readonly token: string | undefined;
  /** Permissions that the call needs. */
  readonly wanted: readonly string[];
  /** A pasted text that was sealed for this form. */
  readonly again: string | undefined;
  /** Language of the answers. */
  readonly locale: string | undefined;
  /** Show the answers of an application with automatic sign-in. */
  readonly signIn: boolean;
}

const maxQueryLength = 200;
const maxKeyLength = 128;
const maxWanted = 16;

/** The parameters of a query or form; what is too long or no known value counts as absent. */
export function readRequest(parameters: ReadonlyMap<string, string>): ExplorerRequest {
  const short = (name: string): string | undefined => {
    const value = parameters.get(name)?.trim();
    return value === undefined || value === '' || value.length > maxKeyLength ? undefined : value;
  };
  const full = (name: string): string | undefined => {
    const value = parameters.get(name);
    return value === undefined || value.trim() === '' ? undefined : value;
  };
  const page = Number(short('page') ?? '1');
  return {
    query: parameters.get('q')?.trim().slice(0, maxQueryLength),
    action: aadActions.find((action) => action === parameters.get('action')),
    page: Number.isInteger(page) && page >= 1 && page <= 1_000 ? page : 1,
    entry: short('code'),
    example: short('example'),
    text: full('text'),
    token: full('token'),
    wanted: (parameters.get('wanted') ?? '')
      .slice(0, 2_048)
      .split(/[\s,]+/)
      .filter((scope) => /^[\w.:/-]{1,200}$/.test(scope)) // accepts "Mail.Read", refuses "<b>"
      .slice(0, maxWanted),
    again: full('again'),
    locale: short('lang'),
    signIn: parameters.get('signin') === '1',
  };
}
