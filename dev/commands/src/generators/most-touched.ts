/** The most files a new part of a kind may make or change. */
export const MOST_TOUCHED: Readonly<Record<string, number>> = {
  tool: 5,
  carrier: 7,
  'caller-stream': 5,
  'voice-model': 4,
  route: 4,
  queue: 5,
};
