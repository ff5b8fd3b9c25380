import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { gallery } from './gallery.js'
import { openGallery } from './looking.js'

/** The widths of the design: a desk and a phone. */
const WIDTHS = [1280, 375] as const

/**
 * `npm run pictures -- <folder> [name …]`: the picture of every page of the gallery, or of those named, at both widths. Two
 * folders, of two releases, show what has changed.
 */
async function savePictures(folder: string, names: readonly string[]): Promise<void> {
  mkdirSync(folder, { recursive: true })
  // Pages that wait for a run stay as they are while the server is in trouble.
  const { page, url, close } = await openGallery(() => ({ status: 503, body: {} }))
  for (const name of names) {
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 812 })
      await page.goto(`${url}/${name}`)
      await page.screenshot({ path: join(folder, `${name}-${String(width)}.png`), fullPage: true })
    }
  }
  await close()
  process.stdout.write(`${String(names.length * WIDTHS.length)} pictures in ${folder}\n`)
}

const [folder, ...names] = process.argv.slice(2)
const unknown = names.filter(name => !(name in gallery))
if (folder === undefined || unknown.length > 0) {
  process.stderr.write(
    unknown.length > 0 ? `No such page: ${unknown.join(', ')}\n` : 'npm run pictures -- <folder> [page …]\n',
  )
  process.exitCode = 2
} else await savePictures(folder, names.length > 0 ? names : Object.keys(gallery))
