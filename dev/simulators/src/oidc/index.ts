export { OidcSimulator, type OidcClient, type OidcFault, type OidcPerson } from './oidc-simulator.ts';
