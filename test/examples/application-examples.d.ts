/** web-app, api and spa-and-api: plain JavaScript, so that they can be copied; these are the parts that tests call. */
declare module '*/examples/web-app/start.mjs' {
  import type { LocalEntra, LocalEntraOptions } from 'aad-error-handler/testing';
  export function startExample(options?: {
    port?: number;
    environment?: Readonly<Record<string, string | undefined>>;
    entra?: LocalEntraOptions;
  }): Promise<{ url: string; entra?: LocalEntra; troubleUrl?: string; close(): Promise<void> }>;
}

declare module '*/examples/api/start.mjs' {
  import type { LocalEntra, LocalEntraOptions } from 'aad-error-handler/testing';
  export function startExample(options?: {
    port?: number;
    environment?: Readonly<Record<string, string | undefined>>;
    entra?: LocalEntraOptions;
  }): Promise<{
    url: string;
    apiClientId: string;
    entra?: LocalEntra;
    troubleUrl?: string;
    close(): Promise<void>;
  }>;
}

declare module '*/examples/api/try.mjs' {
  import type { LocalEntra } from 'aad-error-handler/testing';
  export function shellLines(api: { url: string; apiClientId: string; entra: LocalEntra }): {
    readonly setup: string;
    readonly tries: readonly { readonly about: string; readonly line: string }[];
  };
}

declare module '*/examples/spa-and-api/start.mjs' {
  import type { LocalEntra, LocalEntraOptions } from 'aad-error-handler/testing';
  export function startExample(options?: {
    port?: number;
    environment?: Readonly<Record<string, string | undefined>>;
    entra?: LocalEntraOptions;
    clientFile?: string;
  }): Promise<{ url: string; apiUrl: string; entra?: LocalEntra; troubleUrl?: string; close(): Promise<void> }>;
}
