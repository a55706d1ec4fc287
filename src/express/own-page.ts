import type { Answer } from '../responder.js';
import { pageModel, type PageModel } from '../respond/index.js';
import type { ResponseOut } from './types.js';

/** Option `render`. */
type Render = string | ((model: PageModel) => string | Promise<string>);

/** Longest an own page may take before the built-in one is sent. */
const renderTimeoutMs = 1_000;

/** The application's page, or the built-in one when it throws, rejects, takes too long or returns no text or a blank one. */
export async function renderOwn(render: Render, found: Answer, response: ResponseOut): Promise<string> {
  const fallback = found.response.body;
  const model = pageModel(found);
  let timer: NodeJS.Timeout | undefined;
  try {
    const rendered =
      typeof render === 'function' ? Promise.resolve(render(model)) : renderView(render, model, response);
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(resolve, renderTimeoutMs, undefined);
    });
    const body: unknown = await Promise.race([rendered, late]);
    return typeof body === 'string' && body.trim() !== '' ? body : fallback;
  } catch {
    return fallback;
  } finally {
    clearTimeout(timer);
  }
}

function renderView(view: string, model: PageModel, response: ResponseOut): Promise<string> {
  return new Promise((resolve, reject) => {
    if (response.render === undefined) {
      reject(new Error('the response has no view engine'));
      return;
    }
    response.render(view, model, (error, html) => {
      if (error === null || error === undefined) resolve(html);
      else reject(error instanceof Error ? error : new Error('the view failed'));
    });
  });
}

/** An own page brings its own styles: our policy, which allows ours alone, would break it; framing stays forbidden. */
export function withBody(found: Answer, body: string): Answer['response'] {
  if (body === found.response.body) return found.response;
  return {
    status: found.response.status,
    headers: {
      ...found.response.headers,
      'content-security-policy': "frame-ancestors 'none'; base-uri 'none'",
    },
    body,
  };
}
