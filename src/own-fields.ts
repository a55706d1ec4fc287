const plain: object = {};

/** Whether somebody has assigned to `Object.prototype`: absent fields of every object are found there then. */
export function isPolluted(): boolean {
  // Enumerates nothing in a healthy process.
  for (const _name in plain) return true;
  return false;
}

/**
 * The same object, or while `Object.prototype` is polluted a copy without a prototype: a field that is absent must not
 * be found there. Costs some nanoseconds as long as nobody has polluted anything.
 */
export function ownFields<Value extends object>(value: Value): Value {
  return isPolluted() ? Object.assign(Object.create(null) as Value, value) : value;
}
