import { fromServiceLinks, loadConfig } from './load-config.ts';
import { afterCallSection } from './sections/after-call.section.ts';
import { asteriskSection, audioSocketSection } from './sections/asterisk.section.ts';
import { apiLimitSection, controlApiSection, crmApiSection } from './sections/apis.section.ts';
import { calendarAppsSection, calendarSyncSection } from './sections/calendars.section.ts';
import { consoleSection, oidcSection } from './sections/console.section.ts';
import { ingressSection, publicAddressSection } from './sections/call-ingress.section.ts';
import {
  carrierAccountSection,
  carrierApiSection,
  carrierKeysSection,
  carrierTokensSection,
} from './sections/carrier.section.ts';
import { relaySection } from './sections/media-relay.section.ts';
import { mailSection, mailSenderSection, messagesSection } from './sections/messages.section.ts';
import { guidedSection, modelSection } from './sections/models.section.ts';
import { processSection } from './sections/process.section.ts';
import { recordingsSection } from './sections/recordings.section.ts';
import { databaseSection, redisSection, secretSection } from './sections/stores.section.ts';
import { textModelSection } from './sections/text-model.section.ts';
import { trustedProxiesSection } from './sections/trusted-proxies.section.ts';
import { voiceSdkSection } from './sections/voice-sdk.section.ts';
import { webSearchSection } from './sections/web-search.section.ts';
import { outboundSection, webhookSection } from './sections/webhooks.section.ts';
import { postCallWorkerSection, toolWorkerSection } from './sections/workers.section.ts';

/** The sections each service reads. docs/configuration.md and .env.example are generated from them. */
export const serviceSections = {
  'call-ingress': [
    processSection,
    ingressSection,
    trustedProxiesSection,
    publicAddressSection,
    carrierAccountSection,
    carrierTokensSection,
    carrierKeysSection,
    carrierApiSection,
    asteriskSection,
    secretSection,
    redisSection,
    databaseSection,
  ],
  'media-relay': [
    processSection,
    relaySection,
    audioSocketSection,
    secretSection,
    redisSection,
    modelSection,
    guidedSection,
    recordingsSection,
  ],
  'tool-worker': [
    processSection,
    toolWorkerSection,
    secretSection,
    redisSection,
    outboundSection,
    webSearchSection,
  ],
  'post-call-worker': [
    processSection,
    postCallWorkerSection,
    secretSection,
    redisSection,
    databaseSection,
    outboundSection,
    webhookSection,
    messagesSection,
    afterCallSection,
    textModelSection,
    webSearchSection,
    publicAddressSection,
    carrierAccountSection,
    carrierTokensSection,
    carrierApiSection,
    mailSenderSection,
    mailSection,
    calendarSyncSection,
    calendarAppsSection,
  ],
  'crm-api': [
    processSection,
    crmApiSection,
    apiLimitSection,
    secretSection,
    redisSection,
    databaseSection,
    carrierAccountSection,
    mailSenderSection,
  ],
  'control-api': [
    processSection,
    controlApiSection,
    consoleSection,
    oidcSection,
    trustedProxiesSection,
    apiLimitSection,
    secretSection,
    redisSection,
    databaseSection,
    recordingsSection,
    outboundSection,
    carrierAccountSection,
    voiceSdkSection,
    calendarAppsSection,
  ],
} as const;

export type ServiceName = keyof typeof serviceSections;
export type ServiceConfig<Name extends ServiceName> = ReturnType<
  typeof loadConfig<(typeof serviceSections)[Name]>
>;

/** @throws ConfigurationFault listing every fault of the environment */
export function loadServiceConfig<Name extends ServiceName>(
  service: Name,
  environment: Record<string, string | undefined> = process.env,
): ServiceConfig<Name> {
  return loadConfig(service, serviceSections[service], environment);
}

/** Returns the variables the service ignores because they are {@link fromServiceLinks}. */
export function ignoredVariables(
  service: ServiceName,
  environment: Record<string, string | undefined> = process.env,
): string[] {
  return fromServiceLinks(serviceSections[service], environment);
}
