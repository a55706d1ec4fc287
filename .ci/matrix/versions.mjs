// What the matrix installs, exactly. The oldest Express that package.json admits stands in it, and the last release of
// each line besides.

export const nodeVersions = ['20.20.2', '22.23.3', '24.21.0', '26.10.0'];

/** Each with the type declarations that its users install. */
export const expressVersions = [
  { express: '4.17.0', types: '4.17.25' },
  { express: '4.22.3', types: '4.17.25' },
  { express: '5.3.0', types: '5.0.6' },
];

export const msalVersions = ['2.16.3', '3.8.10', '5.6.0', '6.0.1', '7.2.1'];

/** The compiler of the small TypeScript project that runs in every cell, and its declarations of Node. */
export const consumerCompiler = '7.0.2';
export const nodeTypes = '20.19.43';

/**
 * Compilers that must accept our declarations with skipLibCheck off, each with declarations of Node that it can read
 * itself: those of newer days use syntax that an older compiler does not know.
 */
export const compilers = [
  { typescript: '5.0.4', nodeTypes: '20.5.9' },
  { typescript: '5.2.2', nodeTypes: '20.11.30' },
  { typescript: '5.5.4', nodeTypes },
  { typescript: '5.9.3', nodeTypes },
  { typescript: '6.0.3', nodeTypes },
  { typescript: '7.0.2', nodeTypes },
];
