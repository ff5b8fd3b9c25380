import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client'

/** Figures for operators: counts and times by route and service, nothing about people or companies. */
export function createMetrics() {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  // Which version runs is nobody's business.
  registry.removeSingleMetric('nodejs_version_info')
  const calls = new Counter({
    name: 'renkei_service_calls_total',
    help: 'Calls to SmartHR and the services',
    labelNames: ['product', 'method', 'path', 'status'],
    registers: [registry],
  })
  const requests = new Histogram({
    name: 'renkei_request_seconds',
    help: 'Time to answer a browser',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.01, 0.03, 0.1, 0.3, 1, 3],
    registers: [registry],
  })
  return {
    serviceCall: (call: { product: string; method: string; path: string; status: number | 'none' }) =>
      calls.inc({ ...call, status: String(call.status) }),
    request: (labels: { method: string; route: string; status: string }, seconds: number) =>
      requests.observe(labels, seconds),
    registry,
    contentType: registry.contentType,
    text: () => registry.metrics(),
  }
}
