/**
 * What a figure is worth: `aim`, `gate` or `MISSED`; `inconclusive` when it is a time and the controls differ, so that a
 * noisy machine never shows green.
 *
 * A row is { id, label, value, unit, gate, aim, better: 'higher' | 'lower', isTime }; without a gate it only informs.
 */
export function verdictOf({ value, gate, aim, better, isTime }, controlsAgree) {
  if (gate === undefined) return '';
  if (isTime && !controlsAgree) return 'inconclusive';
  const reaches = (bound) => (better === 'lower' ? value <= bound : value >= bound);
  if (aim !== undefined && reaches(aim)) return 'aim';
  return reaches(gate) ? 'gate' : 'MISSED';
}

/** Maker of rows that are no times, and better the lower they are. */
export const lowerRow = (id) => (label, value, unit, gate, aim) => ({
  id,
  label: `${id} ${label}`,
  value,
  unit,
  gate,
  aim,
  better: 'lower',
  isTime: false,
});

/** A control is { label, ratio, tolerance }: the same thing measured twice. */
export const agrees = ({ ratio, tolerance }) => Math.abs(ratio - 1) <= tolerance;

/** 1 when a gate is missed, 3 when that cannot be said, else 0. */
export function exitCodeOf(verdicts) {
  if (verdicts.includes('MISSED')) return 1;
  return verdicts.includes('inconclusive') ? 3 : 0;
}

export const shown = (value, unit = '') =>
  `${Number.isInteger(value) ? String(value) : value.toFixed(Math.abs(value) >= 100 ? 0 : 3)}${unit === '' ? '' : ` ${unit}`}`;

export function printRow({ label, value, unit, gate, aim, better, verdict }) {
  const sign = better === 'lower' ? '<=' : '>=';
  const bounds = gate === undefined ? '' : `gate ${sign} ${gate}${aim === undefined ? '' : `, aim ${sign} ${aim}`}`;
  console.log(`${label.padEnd(62)} ${shown(value, unit).padStart(14)}  ${bounds.padEnd(26)} ${verdict}`);
}

export function printControl(control) {
  const label = `control: ${control.label}`;
  console.log(
    `${label.padEnd(62)} ${shown(control.ratio).padStart(14)}  within ${control.tolerance * 100} %`.padEnd(106) +
      (agrees(control) ? 'agree' : 'DIFFER'),
  );
}

/** The middle of a list, or another quantile of it. */
export function quantile(values, share = 0.5) {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

/** The same values in an order of chance, so that no scenario always follows the same one. */
export function shuffled(values) {
  const copy = [...values];
  for (let index = copy.length - 1; index > 0; index -= 1) {
    const other = Math.floor(Math.random() * (index + 1));
    [copy[index], copy[other]] = [copy[other], copy[index]];
  }
  return copy;
}
