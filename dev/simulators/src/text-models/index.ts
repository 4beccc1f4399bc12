export { AnthropicSimulator } from './anthropic-simulator.ts';
export { ChatCompletionsSimulator } from './chat-completions-simulator.ts';
export type { SeenTextRequest, TextTurn } from './text-simulator.ts';
