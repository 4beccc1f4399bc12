// The second door of this library: text models alone, for services that load no voice models.
export { anthropicMessagesModel, type AnthropicMessagesOptions } from './anthropic-messages.ts';
export { chatCompletionsModel, type ChatCompletionsOptions } from './chat-completions.ts';
export { demoTextModel } from './demo-text-model.ts';
export {
  completeStructured,
  type StructuredAnswer,
  type StructuredRequest,
} from './structured-completion.ts';
export { openTextModel, type TextModelOptions } from './open-text-model.ts';
export type {
  TextCompletion,
  TextFinish,
  TextMessage,
  TextModel,
  TextRequest,
  TextTool,
  TextToolCall,
  TextUsage,
} from './text-model.ts';
