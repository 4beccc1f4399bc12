export { createGuidedModel, type GuidedModel } from './guided-model.ts';
