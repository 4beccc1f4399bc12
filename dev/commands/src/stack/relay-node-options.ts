/**
 * Limits of the garbage collector of a relay (docs/capacity.md). Audio makes garbage that dies at once.
 * Without a limit V8 lets its nursery grow to a multiple of this on a large machine, which costs memory and
 * makes each collection longer. One helper thread: a relay has one core, and each helper takes time from the
 * thread that passes audio.
 */
export const RELAY_NODE_OPTIONS = '--max-semi-space-size=16 --v8-pool-size=1';
