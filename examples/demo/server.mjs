import { startDemo } from './app.mjs';

const demo = await startDemo({ port: Number(process.env.PORT ?? 3000) });
console.log(
  `\n  aad-error-handler demo:  ${demo.url}\n  LocalEntra (a test double, not an identity provider):  ${demo.entra.url}\n\n  Stop with Ctrl+C.\n`,
);
