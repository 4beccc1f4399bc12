/** Content of an agent that may be published. */
export const AGENT_CONTENT = {
  name: 'Sarah',
  companyName: 'Spec',
  timeZone: 'America/New_York',
  instructions: 'Be brief.',
  model: { kind: 'guided' },
};
/** The body that puts a department. */
export const DEPARTMENT = {
  name: 'Sales',
  address: '+12025550199',
  mode: 'warm',
  ringMs: 20_000,
  hours: [{ weekday: 1, opens: '08:00', closes: '17:00' }],
};
