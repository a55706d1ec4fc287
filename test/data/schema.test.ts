import { readdirSync } from 'node:fs';
import { Ajv2020, type AnySchemaObject } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { jsonOf, localeFiles, root, rowFiles } from './read-data.ts';

const ajv = new Ajv2020({ strict: true, allErrors: true });
ajv.addSchema(jsonOf('data/schema/common.schema.json') as AnySchemaObject, 'common.schema.json');

const validatorOf = (name: string) => ajv.compile(jsonOf(`data/schema/${name}.schema.json`) as AnySchemaObject);

const errorsOf = (validate: ReturnType<typeof validatorOf>, value: unknown): string[] =>
  validate(value) ? [] : (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message ?? ''}`);

describe('JSON Schema', () => {
  it.each([...rowFiles, 'sources'])('data/%s.json fits its schema', (name) => {
    expect(errorsOf(validatorOf(name), jsonOf(`data/${name}.json`))).toEqual([]);
  });

  const validateLocale = validatorOf('locale');
  it.each(localeFiles)('data/locales/%s fits the locale schema', (file) => {
    expect(errorsOf(validateLocale, jsonOf(`data/locales/${file}`))).toEqual([]);
  });

  it('every JSON file in data/ has a schema and every schema has a file', () => {
    const files = readdirSync(`${root}data`)
      .filter((file) => file.endsWith('.json'))
      .map((file) => file.replace('.json', ''));
    const schemas = readdirSync(`${root}data/schema`).map((file) => file.replace('.schema.json', ''));
    expect(schemas.sort()).toEqual([...files, 'common', 'locale', 'problem'].sort());
  });

  const valid = (jsonOf('data/suberrors.json') as Record<string, unknown>[])[0];
  it.each([
    ['an unknown action', { ...valid, action: 'panic' }],
    ['a property nobody knows', { ...valid, colour: 'red' }],
    ['no source', { ...valid, sources: [] }],
    ['a summary without a full stop', { ...valid, summary: 'Something that is long enough but has no end' }],
    ['no remedy', { ...valid, remedy: undefined }],
  ])('refuses a row with %s', (_name, row) => {
    const wrong = JSON.parse(JSON.stringify([row])) as unknown;
    expect(errorsOf(validatorOf('suberrors'), wrong)).not.toEqual([]);
  });
});
