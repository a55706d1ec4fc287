/**
 * The straight line through points by least squares.
 *
 * @param points [x, y] pairs, at least three
 * @returns its slope, and the standard error of that slope: how much of it the scatter alone could explain
 */
export function fit(points) {
  const count = points.length;
  const mean = (at) => points.reduce((sum, point) => sum + point[at], 0) / count;
  const [meanX, meanY] = [mean(0), mean(1)];
  const spread = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  const slope = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0) / spread;
  const rest = points.reduce((sum, [x, y]) => sum + (y - meanY - slope * (x - meanX)) ** 2, 0);
  return { slope, standardError: Math.sqrt(rest / (count - 2) / spread) };
}
