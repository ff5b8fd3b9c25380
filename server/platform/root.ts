import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

function nearestWithPackage(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder
  const parent = dirname(folder)
  if (parent === folder) throw new Error('no package.json above this file')
  return nearestWithPackage(parent)
}

/** The project's folder, the same from sources and from dist/. */
export const projectRoot = nearestWithPackage(dirname(fileURLToPath(import.meta.url)))
