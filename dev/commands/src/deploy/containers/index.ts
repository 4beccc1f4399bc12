export { SERVERS_IMAGE } from './base-images.ts';
export { buildImages, imageName } from './build-images.ts';
export { ContainerTools } from './container-tools.ts';
