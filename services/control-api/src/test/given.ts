/** Content of an agent that may be published as it is. */
export const AGENT_CONTENT = {
  name: 'Sarah',
  companyName: 'Spec',
  timeZone: 'America/New_York',
  instructions: 'Be brief.',
  model: { kind: 'guided' },
};
/** A department, as it is put. */
export const DEPARTMENT = {
  name: 'Sales',
  address: '+12025550199',
  mode: 'warm',
  ringMs: 20_000,
  hours: [{ weekday: 1, opens: '08:00', closes: '17:00' }],
};
