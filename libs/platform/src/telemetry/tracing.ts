import { context, propagation, trace, type Span, type SpanOptions } from '@opentelemetry/api';

/**
 * Starts the OpenTelemetry SDK, which exports spans to an OTLP endpoint; without an endpoint it does nothing.
 * @returns the function that flushes and stops it
 */
export async function startTracing(
  service: string,
  endpoint: string | undefined,
): Promise<() => Promise<void>> {
  if (!endpoint) return () => Promise.resolve();
  // A sixth of what a service loads: only where there is an endpoint.
  const { NodeSDK } = await import('@opentelemetry/sdk-node');
  const sdk = new NodeSDK({ serviceName: service });
  sdk.start();
  return () => sdk.shutdown();
}

const tracer = trace.getTracer('tandem');

/** Starts a span as a child of a W3C traceparent that came in a message; without one it starts a trace. */
export function startSpan(name: string, options: SpanOptions = {}, traceparent?: string): Span {
  const parent = traceparent ? propagation.extract(context.active(), { traceparent }) : context.active();
  return tracer.startSpan(name, options, parent);
}

/** Returns the W3C traceparent of a span for a message; undefined while tracing is off. */
export function traceparentOf(span: Span): string | undefined {
  const carrier: Record<string, string> = {};
  propagation.inject(trace.setSpan(context.active(), span), carrier);
  return carrier.traceparent;
}
