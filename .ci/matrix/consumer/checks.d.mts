export function check(application: (request: never, response: never) => unknown): Promise<void>;
