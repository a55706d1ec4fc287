/** Types of the examples' JavaScript, as far as tests use it. */
declare module '*/examples/hono/start.mjs' {
  import type { LocalEntra } from 'aad-error-handler/testing';
  export function startExample(options: {
    port: number;
    environment: NodeJS.ProcessEnv;
  }): Promise<{ url: string; entra?: LocalEntra; close(): Promise<void> }>;
}

declare module '*/examples/b2c-external-id/start.mjs' {
  import type { LocalEntra } from 'aad-error-handler/testing';
  export function startExample(options: {
    port: number;
    environment: NodeJS.ProcessEnv;
  }): Promise<{ url: string; entra?: LocalEntra; close(): Promise<void> }>;
}

declare module '*/examples/multi-instance/start.mjs' {
  import type { LocalEntra } from 'aad-error-handler/testing';
  export function startExample(options: { port: number; environment: NodeJS.ProcessEnv }): Promise<{
    url: string;
    entra?: LocalEntra;
    redis: { url?: string; why: string };
    stopInstance(number: number): Promise<void>;
    close(): Promise<void>;
  }>;
}

declare module '*/examples/daemon/daemon.mjs' {
  import type { AadRetryOptions, CircuitBreakerOptions } from 'aad-error-handler';
  export interface LogLine {
    level: 'info' | 'warn' | 'error';
    action?: string;
    circuit?: string;
    code?: string;
    done?: boolean;
    exitCode?: number;
  }
  export interface DaemonOptions {
    pauseMs?: number;
    maxFailures?: number;
    breaker?: CircuitBreakerOptions;
    retry?: AadRetryOptions;
    beforeRound?: (round: number) => void;
  }
  export function runDaemon(
    settings: { auth: object; apiUrl: string; scope: string; signal: AbortSignal; log: (line: LogLine) => void },
    options?: DaemonOptions,
  ): Promise<number>;
}

declare module '*/examples/daemon/start.mjs' {
  import type { LogLine } from '*/examples/daemon/daemon.mjs';
  export function showRounds(options: {
    say: (text: string) => void;
    signal: AbortSignal;
    log: (line: LogLine) => void;
  }): Promise<{ exitCode: number; requests: number[] }>;
}
