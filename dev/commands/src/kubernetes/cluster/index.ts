export { selfSigned, type Certificate } from '../../testing/self-signed.ts';
export { toolPath, type Tool } from '../tools.ts';
export { Cluster, type ApiObject } from './cluster.ts';
export { NODE_ADDRESS, PAUSE_IMAGE, writeSettings } from './cluster-settings.ts';
export { clusterPrograms } from './programs.ts';
