/** Express 4 under its alias; its types differ little from Express 5's, which the tests use for both. */
declare module 'express4' {
  import express from 'express';
  export default express;
}

declare module '*/examples/demo/app.mjs' {
  import type { LocalEntra } from 'aad-error-handler/testing';
  export function startDemo(options?: {
    port?: number;
  }): Promise<{ url: string; entra: LocalEntra; close(): Promise<void> }>;
}

declare module '*/examples/demo/situations.mjs' {
  export const mfaClaims: string;
  export const situations: ReadonlyMap<string, unknown>;
}
