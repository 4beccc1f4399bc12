export { EdgeBench } from './edge-bench.ts';
export { edgeProgram, type EdgeKind } from './edge-program.ts';
export { alive, misrouted, routeMany } from './route-many.ts';
