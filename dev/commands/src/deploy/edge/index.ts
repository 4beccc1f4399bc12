export { EdgeBench } from './edge-bench.ts';
export { EdgeProcess } from './edge-process.ts';
export { NameServer } from './name-server.ts';
export { edgeProgram, type EdgeKind } from './edge-program.ts';
export { alive, misrouted, routeMany } from './route-many.ts';
