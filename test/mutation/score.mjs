/** Counts over the mutants of a report, see https://github.com/stryker-mutator/mutation-testing-elements. */

/** Killed in percent of what was tried; a mutant that ends in a time-out was noticed as well. */
export function scoreOf(mutants) {
  const count = (status) => mutants.filter((mutant) => mutant.status === status).length;
  const [killed, timedOut, survived, notCovered] = ['Killed', 'Timeout', 'Survived', 'NoCoverage'].map(count);
  const tried = killed + timedOut + survived + notCovered;
  return { percent: tried === 0 ? 100 : ((killed + timedOut) / tried) * 100, killed, timedOut, survived, notCovered };
}

/** One line for each mutant that no test noticed: place, what stood there, what stood there instead. */
export function survivorsOf(files) {
  const lines = Object.entries(files).flatMap(([file, { source, mutants }]) => {
    const sourceLines = source.split('\n');
    return mutants
      .filter(({ status }) => status === 'Survived' || status === 'NoCoverage')
      .sort(
        (a, b) => a.location.start.line - b.location.start.line || a.location.start.column - b.location.start.column,
      )
      .map(({ status, location: { start, end }, mutatorName, replacement }) => {
        const between = sourceLines.slice(start.line - 1, end.line);
        between[between.length - 1] = between.at(-1).slice(0, end.column - 1);
        between[0] = between[0].slice(start.column - 1);
        const original = between.join(' ').replaceAll(/\s+/g, ' ').slice(0, 160);
        const mark = status === 'NoCoverage' ? ' (not covered)' : '';
        const instead = replacement.replaceAll(/\s+/g, ' ').slice(0, 160);
        return `${file}:${start.line}:${start.column} ${mutatorName}${mark}\n    ${original}\n    ${instead}\n`;
      });
  });
  return lines.join('');
}

/** A sentence for each score below its floor, and for each that has none. */
export function belowFloor(floor, scores) {
  return Object.entries(scores).flatMap(([name, { percent }]) => {
    const least = floor[name];
    if (least === undefined) return [`${name}: no floor in floor.json`];
    return percent < least ? [`${name}: ${percent.toFixed(2)} % is below the floor of ${least} %`] : [];
  });
}

/** The floors after a run: never lower, and half a percent below the score, because time-outs vary with the machine. */
export function raised(floor, scores) {
  const entries = Object.entries(scores).map(([name, { percent }]) => {
    const least = Math.max(0, Math.floor((percent - 0.5) * 10) / 10);
    return [name, Math.max(floor[name] ?? 0, least)];
  });
  return Object.fromEntries(Object.entries({ ...floor, ...Object.fromEntries(entries) }).sort());
}
