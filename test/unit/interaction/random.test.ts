import { describe, expect, test } from 'vitest';
import { randomBytesPooled, randomTextPooled } from '../../../src/interaction/random.js';

describe('random values from a pool', () => {
  test('texts are of full length and never the same, over many fillings of the pool', () => {
    const texts = Array.from({ length: 5_000 }, () => randomTextPooled(6));
    expect(texts.filter((text) => !/^[\w-]{8}$/.test(text))).toEqual([]);
    expect(new Set(texts).size).toBe(texts.length);
  });

  test('bytes too, also between texts', () => {
    const values = Array.from({ length: 2_000 }, (_, index) =>
      index % 2 === 0 ? randomBytesPooled(12).toString('base64url') : randomTextPooled(12),
    );
    expect(values.filter((value) => value.length !== 16)).toEqual([]);
    expect(new Set(values).size).toBe(values.length);
  });

  test('bytes are a copy: what is done to them reaches nobody else', () => {
    const one = randomBytesPooled(16);
    one.fill(0);
    expect(randomBytesPooled(16).equals(one)).toBe(false);
  });
});
