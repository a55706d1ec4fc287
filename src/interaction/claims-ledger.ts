type JsonObject = Record<string, unknown>;

/**
 * One claims directive that asks for everything two directives ask for. A single directive is returned unchanged,
 * character for character.
 *
 * Members are joined by name; `values` lists are united; where the same member asks for two different single values,
 * the newer directive counts.
 */
export function mergeClaims(older: string | undefined, newer: string | undefined): string | undefined {
  if (older === undefined || newer === undefined || older === newer) return newer ?? older;
  try {
    return JSON.stringify(mergeObjects(JSON.parse(older) as JsonObject, JSON.parse(newer) as JsonObject, 0));
  } catch {
    return newer;
  }
}

function mergeObjects(older: JsonObject, newer: JsonObject, depth: number): JsonObject {
  const merged = new Map(Object.entries(older));
  for (const [name, value] of Object.entries(newer)) {
    const before = merged.get(name);
    if (Array.isArray(before) && Array.isArray(value))
      merged.set(name, [...new Set([...(before as unknown[]), ...(value as unknown[])])]);
    else if (isObject(before) && isObject(value) && depth < 4) merged.set(name, mergeObjects(before, value, depth + 1));
    else if (value !== null || before === undefined) merged.set(name, value);
  }
  return Object.fromEntries(merged);
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
