import { context, propagation, trace, type Span, type SpanOptions } from '@opentelemetry/api';
import { NodeSDK } from '@opentelemetry/sdk-node';

/** Starts the OpenTelemetry SDK when an OTLP endpoint is configured. Returns what stops it. */
export function startTracing(service: string, endpoint: string | undefined): () => Promise<void> {
  if (!endpoint) return () => Promise.resolve();
  const sdk = new NodeSDK({ serviceName: service });
  sdk.start();
  return () => sdk.shutdown();
}

const tracer = trace.getTracer('tandem');

/** A span whose parent came over a wire as a W3C traceparent; without one it starts a trace. */
export function startSpan(name: string, options: SpanOptions = {}, traceparent?: string): Span {
  const parent = traceparent ? propagation.extract(context.active(), { traceparent }) : context.active();
  return tracer.startSpan(name, options, parent);
}

/** The W3C traceparent of a span, to be sent along; undefined while tracing is off. */
export function traceparentOf(span: Span): string | undefined {
  const carrier: Record<string, string> = {};
  propagation.inject(trace.setSpan(context.active(), span), carrier);
  return carrier.traceparent;
}
