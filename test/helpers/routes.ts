import type { Express } from 'express'

interface Layer {
  route?: { path: string; methods: Record<string, boolean> }
  handle?: { stack?: Layer[] }
}

/** Every route of the app as `METHOD /path`, whichever router it stands in. */
export function routesOf(app: Express): string[] {
  const found = new Set<string>()
  const walk = (layers: readonly Layer[]): void => {
    for (const { route, handle } of layers) {
      if (route) for (const method of Object.keys(route.methods)) found.add(`${method.toUpperCase()} ${route.path}`)
      if (handle?.stack) walk(handle.stack)
    }
  }
  walk((app as unknown as { router: { stack: Layer[] } }).router.stack)
  return [...found].sort()
}
