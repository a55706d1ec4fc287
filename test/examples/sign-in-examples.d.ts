/** Types of the JavaScript of with-passport and with-express-openid-connect, and of passport, as far as tests use it. */
declare module '*/examples/with-passport/app.mjs' {
  import type { LocalEntra } from 'aad-error-handler/testing';
  export function startExample(options: {
    port: number;
    environment: NodeJS.ProcessEnv;
  }): Promise<{ url: string; entra?: LocalEntra; close(): Promise<void> }>;
}

declare module '*/examples/with-express-openid-connect/app.mjs' {
  import type { LocalEntra } from 'aad-error-handler/testing';
  export function startExample(options: {
    port: number;
    environment: NodeJS.ProcessEnv;
  }): Promise<{ url: string; entra?: LocalEntra; close(): Promise<void> }>;
}

declare module '*/examples/with-express-openid-connect/sign-in.mjs' {
  export const entraOptions: object;
}

declare module 'passport' {
  interface Passport {
    use(strategy: object): void;
  }
  const passport: Passport;
  export default passport;
}
