// A page's bundle: the browser's own types, none of Node's.
import { aadFetch } from 'aad-error-handler/client';
import nl from 'aad-error-handler/locales/nl';

export async function load(): Promise<string | undefined> {
  const response: Response = await aadFetch(new URL('/tasks', location.origin), { method: 'GET' });
  const problem = (await response.json()) as { situation: string };
  return nl.situations[problem.situation]?.title;
}
