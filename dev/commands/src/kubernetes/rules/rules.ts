import type { RenderedSet } from '../render.ts';
import { AUDIOSOCKET_RULES } from './audiosocket-rules.ts';
import { MONITORING_RULES } from './monitoring-rules.ts';
import { NETWORK_RULES } from './network-rules.ts';
import type { Rule } from './rule.ts';
import { SCALING_RULES } from './scaling-rules.ts';
import { SECURITY_RULES } from './security-rules.ts';
import { SETTING_RULES } from './setting-rules.ts';
import { WORKLOAD_RULES } from './workload-rules.ts';

export const RULES: readonly Rule[] = [
  ...WORKLOAD_RULES,
  ...SECURITY_RULES,
  ...NETWORK_RULES,
  ...AUDIOSOCKET_RULES,
  ...SCALING_RULES,
  ...SETTING_RULES,
  ...MONITORING_RULES,
];

/** A fault of a set of objects, with what found it. */
export interface Found {
  readonly by: string;
  readonly fault: string;
}

/** Returns everything the rules find in a set. */
export function brokenRules(set: RenderedSet): Found[] {
  return RULES.flatMap(({ name, faultsOf }) => faultsOf(set).map((fault) => ({ by: name, fault })));
}
