import { Draw } from '../../src/analysis/worlds/draw.ts';
import { type AgentDays, agentDaysOf, featureNames } from './agent-days.ts';
import { type Contender, endOfDay } from './contender.ts';

/** A cut of the space, or a leaf with how many points ended in it. */
type Node =
  | { readonly feature: number; readonly at: number; readonly low: Node; readonly high: Node }
  | { readonly count: number };

const treesCount = 100;
const sampleCount = 256;
const trainedDays = 28;
const retrainEveryDays = 7;

/** Average length of an unsuccessful search in a binary search tree: equation 1 of the paper. */
const averageDepth = (count: number): number =>
  count <= 1 ? 0 : count === 2 ? 1 : 2 * (Math.log(count - 1) + 0.5772156649) - (2 * (count - 1)) / count;

const grow = (points: readonly Float64Array[], depthLeft: number, draw: Draw): Node => {
  if (depthLeft === 0 || points.length <= 1) return { count: points.length };
  const feature = draw.below(featureNames.length);
  const values = points.map((point) => point[feature] ?? 0);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  if (least === most) return { count: points.length };
  const at = draw.between(least, most);
  const isLow = (point: Float64Array): boolean => (point[feature] ?? 0) < at;
  return {
    feature,
    at,
    low: grow(points.filter(isLow), depthLeft - 1, draw),
    high: grow(
      points.filter((point) => !isLow(point)),
      depthLeft - 1,
      draw,
    ),
  };
};

const depthIn = (tree: Node, point: Float64Array): number => {
  let node = tree;
  for (let depth = 0; ; depth += 1) {
    if ('count' in node) return depth + averageDepth(node.count);
    node = (point[node.feature] ?? 0) < node.at ? node.low : node.high;
  }
};

const pointsOf = (days: AgentDays): Float64Array[] =>
  Array.from({ length: days.rows }, (_, row) =>
    Float64Array.from(featureNames, (name) => days.features[name][row] ?? 0),
  );

/** Isolation Forest (Liu, Ting, Zhou, ICDM 2008) over agent-days, grown anew each week from the four weeks before. */
export const isolationForest: Contender = {
  name: 'isolation forest',
  watch: (log, seed) => {
    const days = agentDaysOf(log);
    const points = pointsOf(days);
    const draw = new Draw(`forest-${seed}`);
    let trees: Node[] = [];
    let grownOn = Number.NEGATIVE_INFINITY;
    let sampled = 1;
    return points.map((point, row) => {
      const day = days.day[row] ?? 0;
      if (day >= grownOn + retrainEveryDays) {
        const past = points.filter((_, at) => {
          const then = days.day[at] ?? 0;
          return then < day && then >= day - trainedDays;
        });
        grownOn = day;
        sampled = Math.min(sampleCount, past.length);
        const depthMax = Math.ceil(Math.log2(Math.max(2, sampled)));
        trees =
          past.length === 0
            ? []
            : Array.from({ length: treesCount }, () =>
                grow(
                  Array.from({ length: sampled }, () => draw.pick(past)),
                  depthMax,
                  draw,
                ),
              );
      }
      const depth = trees.reduce((sum, tree) => sum + depthIn(tree, point), 0) / Math.max(1, trees.length);
      const score = trees.length === 0 ? 0 : 2 ** (-depth / Math.max(1, averageDepth(sampled)));
      return { day, atMs: endOfDay(log, day), agent: days.agent[row] ?? 0, score };
    });
  },
};
